/** Addresses as browsers resolve them, and what can be told of one by looking at it. */

/** No server accepts longer ones; a hostile page could make gigabytes of them. */
const MAX_LENGTH = 1 << 16;

/**
 * The absolute http(s) address of `raw` against `base`, without fragment; undefined when it names
 * nothing that can be fetched: empty, a fragment of the page itself, `blob:`, `javascript:` …
 */
export function resolveAddress(raw: string, base: string): string | undefined {
  if (raw.length > MAX_LENGTH) return undefined;
  const trimmed = raw.trim();
  if (trimmed === '' || trimmed.startsWith('#')) return undefined;
  const url = URL.parse(trimmed, base);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  if (url.href.includes('#')) url.hash = '';
  return url.href;
}

/** An inline image, as written but for white space; undefined when `raw` is none. */
export function inlineImage(raw: string): string | undefined {
  const trimmed = raw.trim();
  if (!/^data:image\//i.test(trimmed.slice(0, 16))) return undefined;
  return trimmed.replace(/[\n\r\t]+/g, '');
}

const EXTENSIONS =
  'jpe?g|jfif|pjpe?g|png|apng|gif|webp|avif|svg|bmp|ico|cur|tiff?|heic|heif|jxl|jp2|jpx';
const ENDS_IN_IMAGE = new RegExp(`\\.(?:${EXTENSIONS})$`, 'i');
/** `photo.jpg!large`, `photo.jpg:large`, `photo.jpg@200w.webp`, `photo.jpg/640px-photo.jpg`. */
const CONTAINS_IMAGE = new RegExp(`\\.(?:${EXTENSIONS})(?:[!:@_/,;~-]|%[0-9a-f]{2}|$)`, 'i');
/** Cheap first look at an attribute's value: could there be an image's address in it? */
export const MENTIONS_IMAGE = new RegExp(`\\.(?:${EXTENSIONS})(?![a-z0-9])`, 'i');
const FORMAT_IN_QUERY = /[?&](?:fm|format|f|fmt|ext)=(?:jpe?g|pjpg|png|gif|webp|avif)(?:&|$)/i;

/** The path of an address, absolute or as written, without query. */
export function pathOf(url: string): string {
  const slashes = url.indexOf('//');
  const isAbsolute = slashes === 0 || (slashes > 0 && url[slashes - 1] === ':');
  const start = isAbsolute ? url.indexOf('/', slashes + 2) : 0;
  if (start < 0) return '/';
  const end = url.indexOf('?', start);
  return url.slice(start, end < 0 ? undefined : end);
}

/** The path ends in an image's extension. */
export function hasImageExtension(url: string): boolean {
  return ENDS_IN_IMAGE.test(pathOf(url));
}

/** Anything in the address says that it is an image: extension, nested address, format. */
export function looksLikeImage(url: string): boolean {
  if (CONTAINS_IMAGE.test(pathOf(url))) return true;
  const query = url.indexOf('?');
  if (query < 0) return false;
  return FORMAT_IN_QUERY.test(url.slice(query)) || MENTIONS_IMAGE.test(url.slice(query));
}

const OTHER_MEDIA =
  /\.(?:html?|xhtml|js|mjs|css|json|xml|txt|pdf|woff2?|ttf|otf|eot|mp4|webm|ogv|ogg|mp3|m4[av]|mov|avi|m3u8|mpd|zip|swf|htc)$/i;

/** The extension says that it is something else. (`.php` and the like serve anything.) */
export function isOtherMedia(url: string): boolean {
  return OTHER_MEDIA.test(pathOf(url));
}

/** Blogger links to its originals without extension: `…/img/a/AVvXs=s1600`. */
const GOOGLE_IMAGE = /^https?:\/\/[a-z0-9-]+\.googleusercontent\.com\/[^?]+=[swh]\d+[a-z0-9-]*$/;

/**
 * A link's target that is an image and not a page about one: `/wiki/File:Photo.jpg` and
 * `/blob/main/logo.png` end like an image and are HTML.
 */
export function isImageLink(url: string): boolean {
  if (GOOGLE_IMAGE.test(url)) return true;
  if (!hasImageExtension(url)) return false;
  const path = pathOf(url);
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (/^[\p{L}%0-9A-F_]+(?::|%3A)./iu.test(name)) return false;
  return !/^\/[^/]+\/[^/]+\/blob\//.test(path);
}

const TYPES: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  jfif: 'image/jpeg',
  png: 'image/png',
  apng: 'image/apng',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  svg: 'image/svg+xml',
  bmp: 'image/bmp',
  ico: 'image/x-icon',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  heic: 'image/heic',
  jxl: 'image/jxl',
};

/** MIME type by the extension of the path, if it is an image's. */
export function typeByExtension(url: string): string | undefined {
  const path = pathOf(url);
  return TYPES[path.slice(path.lastIndexOf('.') + 1).toLowerCase()];
}
