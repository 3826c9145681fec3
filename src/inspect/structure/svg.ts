/**
 * SVG 1.1 and 2: the size of the root element, whether the document is well-formed XML, and whether
 * drawing it ends.
 */

import { TrawlError } from '../../errors.ts';
import { sniff } from './sniff.ts';
import { damaged, headerBroken, headerCut, type Structure, stateOf } from './structure.ts';
import { Drawing } from './svg-drawing.ts';
import { embeddedBytes } from './svg-embedded.ts';
import { encodingMark, readTag, rootOffset, type Tag } from './svg-root.ts';
import { checkXml } from './xml.ts';

/**
 * Pixels of a unit at 72 dpi, with a font of 12 px: what libvips and librsvg draw, so that the size is
 * that of the decoded picture. Browsers take 96 dpi; for `px` and plain numbers there is no difference.
 */
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  px: 1,
  pt: 1,
  pc: 12,
  in: 72,
  cm: 72 / 2.54,
  mm: 72 / 25.4,
  em: 12,
  ex: 6,
};

const NAMESPACE = 'http://www.w3.org/2000/svg';

/** CSS 2.1, 10.3.2: the size of a replaced element that has none. */
const DEFAULT_WIDTH = 300;
const DEFAULT_HEIGHT = 150;

/** @param inspect tells the size of a raster picture that the drawing holds */
export function readSvg(
  bytes: Uint8Array,
  inspect: (bytes: Uint8Array) => Structure,
  drawing = new Drawing(),
): Structure {
  const decoded = decode(bytes);
  const text = decoded.text;
  const at = rootOffset(text);
  const root = at < 0 ? undefined : readTag(text, at);
  if (!root) {
    if (at < 0 || text.indexOf('>', at) < 0) throw headerCut('SVG', bytes.length);
    throw headerBroken('SVG', 'the tag of its root element is broken');
  }
  const attribute = (name: string) => expand(root.attributes.get(name), text, at);
  const prefix = root.name.includes(':') ? `:${root.name.split(':')[0]}` : '';
  const namespace = attribute(`xmlns${prefix}`);
  // Without any namespace there are renderers that draw it; with another one there is none.
  if (namespace !== undefined && namespace !== NAMESPACE) {
    throw headerBroken('SVG', 'its root element is of another namespace');
  }
  const size = sizeOf(attribute('width'), attribute('height'), attribute('viewBox'));
  const width = Math.round(size.width);
  const height = Math.round(size.height);
  if (width < 1 || height < 1) throw headerBroken('SVG', `it announces ${width}×${height} pixels`);
  let embeddedPixels = 0;
  const watcher = {
    start(tag: Tag) {
      drawing.start(tag);
      const inner = readEmbedded(tag, inspect, drawing);
      if (!inner) return;
      const own = inner.format === 'svg' ? 0 : inner.width * inner.height;
      embeddedPixels = Math.max(embeddedPixels, own, inner.embeddedPixels ?? 0);
    },
    end: () => drawing.end(),
  };
  const trouble = decoded.sound
    ? (checkXml(text, watcher) ?? drawing.trouble())
    : damaged('its text is not of the encoding it says');
  return {
    format: 'svg',
    width,
    height,
    color: 'rgb',
    alpha: true,
    ...(embeddedPixels > 0 && { embeddedPixels }),
    ...stateOf(trouble),
  };
}

/** The picture that an element holds as data, if it does; decoders leave out what is none. */
function readEmbedded(
  { name, attributes }: Tag,
  inspect: (bytes: Uint8Array) => Structure,
  drawing: Drawing,
): Structure | undefined {
  if (!/^(?:.*:)?(?:image|feImage)$/.test(name)) return undefined;
  const address = attributes.get('href') ?? attributes.get('xlink:href');
  const bytes = address === undefined ? undefined : embeddedBytes(address);
  if (!bytes) return undefined;
  try {
    if (sniff(bytes) !== 'svg') {
      const inner = inspect(bytes);
      drawing.embed(inner.width * inner.height);
      return inner;
    }
    // Ends, because data are longer than what they stand for.
    const within = new Drawing();
    const inner = readSvg(bytes, inspect, within);
    drawing.embed(within);
    return inner;
  } catch (error) {
    if (!(error instanceof TrawlError)) throw error;
    return undefined;
  }
}

/** The document's text. */
export function svgText(bytes: Uint8Array): string {
  return decode(bytes).text;
}

/** By mark, declaration or UTF-8. `sound` is false where bytes had to be replaced. */
function decode(bytes: Uint8Array): { readonly text: string; readonly sound: boolean } {
  const start = String.fromCharCode(...bytes.subarray(0, 200));
  const declared = /^(?:\xef\xbb\xbf)?<\?xml[^>]*\sencoding\s*=\s*["']([\w.-]+)["']/.exec(
    start,
  )?.[1];
  const label = encodingMark(bytes) ?? declared ?? 'utf-8';
  try {
    return { text: new TextDecoder(label, { fatal: true }).decode(bytes), sound: true };
  } catch (error) {
    // A RangeError tells of an unknown label, a TypeError of bytes that are wrong.
    const text = new TextDecoder().decode(bytes);
    return { text, sound: error instanceof RangeError && !text.includes('\ufffd') };
  }
}

/** Puts in the entities that the document's own DTD declares; once, so that none can multiply. */
function expand(value: string | undefined, text: string, rootAt: number): string | undefined {
  if (!value?.includes('&')) return value;
  const prolog = text.slice(0, rootAt);
  return value.slice(0, 200).replace(/&([\w.-]{1,100});/g, (reference, name: string) => {
    const declaration = new RegExp(
      `<!ENTITY\\s+${name.replaceAll('.', '\\.')}\\s+["']([^"'&%]{0,200})["']`,
    );
    return declaration.exec(prolog)?.[1] ?? reference;
  });
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** SVG 2, 8.2 and CSS sizing: what one side lacks comes from the other and the viewBox's ratio. */
function sizeOf(
  widthText: string | undefined,
  heightText: string | undefined,
  viewBoxText: string | undefined,
): Size {
  const width = lengthOf(widthText);
  const height = lengthOf(heightText);
  const box = viewBoxOf(viewBoxText);
  if (width !== undefined && height !== undefined) return { width, height };
  if (width !== undefined) {
    return { width, height: box ? (width * box.height) / box.width : DEFAULT_HEIGHT };
  }
  if (height !== undefined) {
    return { width: box ? (height * box.width) / box.height : DEFAULT_WIDTH, height };
  }
  return box ?? { width: DEFAULT_WIDTH, height: DEFAULT_HEIGHT };
}

const NUMBER = '[+-]?(?:\\d{1,30}\\.?\\d{0,30}|\\.\\d{1,30})(?:[eE][+-]?\\d{1,3})?';
const LENGTH = new RegExp(`^\\s*(${NUMBER})(px|pt|pc|in|cm|mm|em|ex)?\\s*$`, 'i');
const VIEW_BOX = new RegExp(
  `^\\s*(${NUMBER})[\\s,]+(${NUMBER})[\\s,]+(${NUMBER})[\\s,]+(${NUMBER})\\s*$`,
);

/** Pixels; undefined for percentages, `auto`, negative and unknown values. */
function lengthOf(text: string | undefined): number | undefined {
  const match = text && text.length < 200 ? LENGTH.exec(text) : undefined;
  if (!match) return undefined;
  const pixels = Number(match[1]) * UNITS[(match[2] ?? '').toLowerCase()]!;
  return pixels >= 0 && Number.isFinite(pixels) ? pixels : undefined;
}

function viewBoxOf(text: string | undefined): Size | undefined {
  const match = text && text.length < 500 ? VIEW_BOX.exec(text) : undefined;
  const width = Number(match?.[3] ?? 0);
  const height = Number(match?.[4] ?? 0);
  return width > 0 && height > 0 && Number.isFinite(width * height) ? { width, height } : undefined;
}
