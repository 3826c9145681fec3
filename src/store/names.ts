/** The file name of an image, from its address and its format. Pure. */
import type { ImageFormat } from '../model.ts';
import { cleanName, cutBytes, MAX_NAME_BYTES } from './clean-name.ts';

/** A name without its extension, and the extension that the address had, if it is one of an image. */
export interface NameParts {
  readonly stem: string;
  readonly extension: string | undefined;
}

/** Extensions in use for each format; the first is the one that is added. */
export const EXTENSIONS: { readonly [format in ImageFormat]: readonly [string, ...string[]] } = {
  jpeg: ['jpg', 'jpeg', 'jpe', 'jfif', 'pjpeg', 'pjp'],
  png: ['png', 'apng'],
  gif: ['gif'],
  webp: ['webp'],
  avif: ['avif', 'avifs'],
  tiff: ['tif', 'tiff'],
  svg: ['svg', 'svgz'],
  jxl: ['jxl'],
  bmp: ['bmp', 'dib'],
  ico: ['ico'],
  cur: ['cur'],
  heic: ['heic', 'heif', 'hif'],
  jp2: ['jp2', 'j2k', 'jpf', 'jpx', 'jpm', 'j2c', 'jpc'],
  psd: ['psd', 'psb'],
  qoi: ['qoi'],
  pnm: ['pnm', 'ppm', 'pgm', 'pbm', 'pam', 'pfm'],
  dds: ['dds'],
  tga: ['tga'],
  hdr: ['hdr', 'rgbe'],
  exr: ['exr'],
  farbfeld: ['ff'],
};

const IMAGE_EXTENSIONS = new Set(Object.values(EXTENSIONS).flat());

/** Extensions that say how the server made the answer, not what it is. */
const SCRIPT_EXTENSIONS = new Set(
  'php php3 php5 phtml asp aspx ashx axd jsp jspx do action cgi pl py rb cfm dll exe html htm xhtml shtml'.split(
    ' ',
  ),
);

/** Leaves room for the longest extension with its dot. */
const STEM_BYTES = MAX_NAME_BYTES - 8;

/** From the last segment of the path that says something, else the host's name, else `image`. */
export function nameParts(url: string): NameParts {
  const { hostname, pathname } = URL.parse(url) ?? { hostname: '', pathname: '' };
  // The path of a data: address is the picture itself.
  const segments = hostname === '' && !url.startsWith('file:') ? [] : pathname.split('/');
  for (const segment of segments.reverse()) {
    const parts = splitExtension(cleanName(decodeSegment(segment.slice(0, 65_536)), 65_536));
    const stem = cleanName(parts.stem, STEM_BYTES);
    if (stem !== '') return { ...parts, stem };
  }
  return {
    stem: cleanName(hostname.replace(/^\[|\]$/g, ''), STEM_BYTES) || 'image',
    extension: undefined,
  };
}

/** `stem.ext`; the extension is the address's own when that is one of the format's. */
export function fileName(stem: string, extension: string | undefined, format: ImageFormat): string {
  const usual = EXTENSIONS[format];
  const fits = extension !== undefined && usual.includes(extension.toLowerCase());
  return `${stem}.${fits ? extension : usual[0]}`;
}

/** The stem told apart from others by some hex digits. */
export function withSuffix(stem: string, digits: string): string {
  const suffix = `-${digits}`;
  return cutBytes(stem, STEM_BYTES - suffix.length) + suffix;
}

function splitExtension(name: string): NameParts {
  const match = /^(.*)\.([a-z0-9]{1,6})$/i.exec(name);
  const stem = match?.[1];
  const extension = match?.[2];
  if (stem === undefined || extension === undefined) return { stem: name, extension: undefined };
  const key = extension.toLowerCase();
  if (IMAGE_EXTENSIONS.has(key)) return { stem, extension };
  if (SCRIPT_EXTENSIONS.has(key)) return { stem, extension: undefined };
  // `v2.1` is no extension.
  return { stem: name, extension: undefined };
}

/** UTF-8 where the bytes are that, else Windows-1252, which old servers mean; never throws. */
function decodeSegment(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    const bytes: number[] = [];
    for (const [part, hex] of segment.matchAll(/%([0-9a-f]{2})|./gisu)) {
      if (hex === undefined) bytes.push(...new TextEncoder().encode(part));
      else bytes.push(Number.parseInt(hex, 16));
    }
    return decodeBytes(Uint8Array.from(bytes));
  }
}

function decodeBytes(bytes: Uint8Array<ArrayBuffer>): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
