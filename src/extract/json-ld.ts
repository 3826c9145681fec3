/** The images of structured data (`application/ld+json`), however untidy. */

import { parse as parseTolerant } from 'jsonc-parser';
import { hasImageExtension, isOtherMedia } from './address.ts';

/** Addresses of one picture, as written. */
export interface JsonLdImage {
  readonly addresses: readonly JsonLdAddress[];
}

export interface JsonLdAddress {
  readonly url: string;
  /** The property that holds it. */
  readonly key: string;
  /** Pixels, when the ImageObject tells. */
  readonly width?: number;
  /** The thumbnail of an image that is there too. */
  readonly small?: boolean;
}

/** Properties of schema.org whose value is an image (an address or an ImageObject). */
const IMAGE_KEYS = new Set([
  'image',
  'images',
  'thumbnailUrl',
  'thumbnailURL',
  'thumbnail',
  'logo',
  'photo',
  'photos',
  'primaryImageOfPage',
  'screenshot',
]);
/** Properties of an ImageObject whose value is its address. */
const ADDRESS_KEYS = new Set(['url', 'contentUrl', 'contentURL', 'thumbnailUrl', 'embedUrl']);
/** Values looked at; a page has some hundred. */
const MAX_VALUES = 200_000;

type Json = string | number | boolean | null | undefined | Json[] | { [key: string]: Json };
interface Pending {
  readonly value: Json;
  readonly key: string;
  /** It stands where an image is expected. */
  readonly image: boolean;
}

export function readJsonLd(text: string): JsonLdImage[] {
  const root = parseUntidy(text);
  if (typeof root !== 'object' || root === null) return [];
  const images: JsonLdImage[] = [];
  const pending: Pending[] = [{ value: root, key: '', image: false }];
  let seen = 0;
  for (let at = pending.pop(); at !== undefined && seen < MAX_VALUES; at = pending.pop(), seen++) {
    const { value, key, image } = at;
    if (typeof value === 'string') {
      if (isImageValue(value, key, image)) images.push({ addresses: [{ url: value, key }] });
    } else if (Array.isArray(value)) {
      for (const item of value.toReversed()) pending.push({ value: item, key, image });
    } else if (typeof value === 'object' && value !== null) {
      readObject(value, key, image, images, pending);
    }
  }
  return images;
}

function readObject(
  object: { [key: string]: Json },
  key: string,
  expected: boolean,
  images: JsonLdImage[],
  pending: Pending[],
): void {
  const image = expected || isImageObject(object);
  const own: JsonLdAddress[] = [];
  const children: Pending[] = [];
  const width = pixels(object.width);
  for (const [name, value] of Object.entries(object)) {
    if (name === '@context' || name === 'width' || name === 'height') continue;
    if (image && ADDRESS_KEYS.has(name)) {
      for (const url of strings(value)) {
        if (isOtherMedia(url)) continue;
        const small = name.startsWith('thumbnail');
        const size = width === undefined || small ? {} : { width };
        own.push({ url, key: IMAGE_KEYS.has(key) ? key : name, small, ...size });
      }
      if (typeof value === 'string') continue;
    }
    if (image && name === '@id' && typeof value === 'string') {
      if (hasImageExtension(value.replace(/#.*$/s, '')))
        own.push({ url: value, key: key || 'image' });
      continue;
    }
    const isImageKey = IMAGE_KEYS.has(name);
    // "@list", "@set", "@value" stand between a property and what it holds.
    const isWrapper = name === '@list' || name === '@set' || name === '@value';
    children.push({
      value,
      key: isWrapper ? key : name,
      image: isImageKey || (isWrapper && expected),
    });
  }
  if (own.length > 0) images.push({ addresses: own });
  for (const child of children.toReversed()) pending.push(child);
}

function isImageValue(value: string, key: string, image: boolean): boolean {
  if (image) return value.trim() !== '' && !isOtherMedia(value);
  return (key === 'contentUrl' || key === 'contentURL') && hasImageExtension(value);
}

function isImageObject(object: { [key: string]: Json }): boolean {
  return strings(object['@type']).some((type) =>
    /(?:^|[/:])(?:ImageObject|Photograph)$/.test(type),
  );
}

const strings = (value: Json): string[] =>
  (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string');

/** `1200`, `"1200"`, `"1200px"` or a QuantitativeValue. */
function pixels(value: Json): number | undefined {
  const plain =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? value.value : value;
  const number = typeof plain === 'string' ? Number.parseInt(plain, 10) : plain;
  return typeof number === 'number' && number > 0 && number < 1e6 ? Math.round(number) : undefined;
}

const OPENING = /^(?:\s{0,99}(?:<!--|(?:\/\/|\/\*)?\s{0,99}<!\[CDATA\[(?:\s{0,99}\*\/)?))+/;
const CLOSING =
  /(?:(?:(?:\/\/|\/\*)?\s{0,99}\]\]>(?:\s{0,99}\*\/)?|(?:\/\/)?\s{0,99}-->)\s{0,99})+$/;

/**
 * JSON as it is found in pages: wrapped in comments or CDATA, with raw line breaks in strings,
 * comments, trailing commas, or several documents in a row.
 */
export function parseUntidy(text: string): Json {
  const bare = text.trim().replace(OPENING, '').replace(CLOSING, '').trim();
  if (bare === '') return undefined;
  try {
    return JSON.parse(bare);
  } catch {
    try {
      // Control characters may stand in no JSON string; between tokens a space is as good.
      const clean = bare.replace(/[\u0000-\u001f\u2028\u2029]+/g, ' ');
      return parseTolerant(clean, [], { allowTrailingComma: true }) as Json;
    } catch {
      // Nested deeper than the stack is: no page's own data.
      return undefined;
    }
  }
}
