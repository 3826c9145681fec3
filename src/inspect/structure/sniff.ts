/** Which format the bytes are, by their first ones alone; no extension or header is asked. */

import type { ImageFormat } from '../../model.ts';
import { has, u16le, u32be, u32le } from './bytes.ts';
import { heifFormat } from './isobmff.ts';
import { decodeStart, rootOffset } from './svg-root.ts';

/** Bytes at offset 0 that no other format begins with. */
const MAGIC: readonly (readonly [string, ImageFormat])[] = [
  ['\xff\xd8\xff', 'jpeg'],
  ['\x89PNG\r\n\x1a\n', 'png'],
  ['GIF87a', 'gif'],
  ['GIF89a', 'gif'],
  ['II*\0', 'tiff'],
  ['MM\0*', 'tiff'],
  ['II+\0', 'tiff'],
  ['MM\0+', 'tiff'],
  ['\xff\x0a', 'jxl'],
  ['\0\0\0\x0cJXL \r\n\x87\n', 'jxl'],
  ['\0\0\0\x0cjP  \r\n\x87\n', 'jp2'],
  ['\xff\x4f\xff\x51', 'jp2'],
  ['8BPS\0\x01', 'psd'],
  ['8BPS\0\x02', 'psd'],
  ['qoif', 'qoi'],
  ['DDS |\0\0\0', 'dds'],
  ['#?RADIANCE\n', 'hdr'],
  ['#?RGBE\n', 'hdr'],
  ['\x76\x2f\x31\x01', 'exr'],
  ['farbfeld', 'farbfeld'],
];

/**
 * Binary formats need 64 bytes at most; SVG may hide behind a long comment. TGA has no mark at its
 * start and is not recognised.
 */
export function sniff(bytes: Uint8Array): ImageFormat | undefined {
  for (const [magic, format] of MAGIC) if (has(bytes, 0, magic)) return format;
  if (has(bytes, 0, 'RIFF') && has(bytes, 8, 'WEBP')) return 'webp';
  if (has(bytes, 4, 'ftyp')) return heifFormat(bytes);
  return sniffBmp(bytes) ?? sniffIcon(bytes) ?? sniffPnm(bytes) ?? sniffSvg(bytes);
}

/** "BM" alone begins many a text: the length of the second header has to make sense. */
function sniffBmp(bytes: Uint8Array): ImageFormat | undefined {
  if (!has(bytes, 0, 'BM')) return undefined;
  const header = u32le(bytes, 14);
  return bytes.length < 18 || (header >= 12 && header <= 256) ? 'bmp' : undefined;
}

/** TGA files may begin with the same four bytes; their entry count is 0. */
function sniffIcon(bytes: Uint8Array): ImageFormat | undefined {
  const kind = u32be(bytes, 0);
  if ((kind !== 0x0000_0100 && kind !== 0x0000_0200) || u16le(bytes, 4) === 0) return undefined;
  return kind === 0x0000_0100 ? 'ico' : 'cur';
}

function sniffPnm(bytes: Uint8Array): ImageFormat | undefined {
  if (bytes[0] !== 0x50) return undefined;
  const kind = String.fromCharCode(bytes[1] ?? 0);
  const blank = /[\s#]/.test(String.fromCharCode(bytes[2] ?? 0));
  return /[1-7fF]/.test(kind) && blank ? 'pnm' : undefined;
}

/** The root element decides, so an HTML page with a drawing in it is none. */
function sniffSvg(bytes: Uint8Array): ImageFormat | undefined {
  if (!looksLikeMarkup(bytes)) return undefined;
  const text = decodeStart(bytes);
  const at = rootOffset(text);
  return at >= 0 && /^<(?:[\w.-]+:)?svg[\s/>]/.test(text.slice(at, at + 80)) ? 'svg' : undefined;
}

/** Spares the decoding of everything that is no text: the first visible character must be `<`. */
function looksLikeMarkup(bytes: Uint8Array): boolean {
  const end = Math.min(bytes.length, 1024);
  for (let i = 0; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === 0x3c) return true;
    const mark = i < 3 && byte >= 0xbb;
    const zero = byte === 0 && i < 4;
    if (!mark && !zero && byte !== 0x20 && !(byte >= 0x09 && byte <= 0x0d)) return false;
  }
  return false;
}
