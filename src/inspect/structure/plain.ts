/**
 * Formats that no browser shows and that are kept undecoded: Photoshop, QOI, farbfeld, DirectDraw
 * Surface, Radiance HDR, OpenEXR. Their headers give the size; where the amount of data follows from
 * it, the file's length is checked as well.
 */

import { has, i32le, latin1, u16be, u32be, u32le } from './bytes.ts';
import {
  damaged,
  headerBroken,
  headerCut,
  type Structure,
  stateOf,
  truncated,
} from './structure.ts';

/** Adobe Photoshop File Formats, 2019: header, then five sections that begin with their lengths. */
export function readPsd(bytes: Uint8Array): Structure {
  if (bytes.length < 26) throw headerCut('PSD', bytes.length);
  const large = bytes[5] === 2;
  const channels = u16be(bytes, 12);
  const height = u32be(bytes, 14);
  const width = u32be(bytes, 18);
  const limit = large ? 300_000 : 30_000;
  const bitDepth = u16be(bytes, 22);
  checkSize('PSD', width, height, limit);
  if (channels === 0 || channels > 56 || ![1, 8, 16, 32].includes(bitDepth)) {
    throw headerBroken('PSD', `it announces ${channels} channels of ${bitDepth} bits`);
  }
  let at = 26;
  for (const wide of [false, false, large]) at += (wide ? 8 : 4) + u32be(bytes, wide ? at + 4 : at);
  const cut = at + 2 > bytes.length;
  return {
    format: 'psd',
    width,
    height,
    bitDepth,
    ...stateOf(cut ? truncated('the merged picture is beyond the file') : undefined),
  };
}

/** The Quite OK Image Format, version 1.0: ends with seven zeros and a one. */
export function readQoi(bytes: Uint8Array): Structure {
  if (bytes.length < 14) throw headerCut('QOI', bytes.length);
  const width = u32be(bytes, 4);
  const height = u32be(bytes, 8);
  const channels = bytes[12]!;
  checkSize('QOI', width, height);
  if (channels !== 3 && channels !== 4) throw headerBroken('QOI', `it has ${channels} channels`);
  const pixels = qoiPixels(bytes, width * height);
  return {
    format: 'qoi',
    width,
    height,
    bitDepth: 8,
    color: 'rgb',
    alpha: channels === 4,
    ...stateOf(
      pixels < width * height ? truncated('its codes end before the last pixel') : undefined,
    ),
  };
}

/** Pixels that the codes up to the end of the file stand for, `enough` at most. */
function qoiPixels(bytes: Uint8Array, enough: number): number {
  let pixels = 0;
  let at = 14;
  // The end mark is eight bytes that no decoder reads as codes.
  const end = bytes.length - 8;
  while (at < end && pixels < enough) {
    const code = bytes[at]!;
    if (code === 0xff) at += 5;
    else if (code === 0xfe) at += 4;
    else if (code >= 0xc0) {
      pixels += code & 63;
      at++;
    } else at += code >> 6 === 2 ? 2 : 1;
    pixels++;
  }
  return pixels;
}

/** farbfeld: 16 bits a sample, RGBA, nothing else. */
export function readFarbfeld(bytes: Uint8Array): Structure {
  if (bytes.length < 16) throw headerCut('farbfeld', bytes.length);
  const width = u32be(bytes, 8);
  const height = u32be(bytes, 12);
  checkSize('farbfeld', width, height);
  const missing = 16 + 8 * width * height - bytes.length;
  return {
    format: 'farbfeld',
    width,
    height,
    bitDepth: 16,
    color: 'rgb',
    alpha: true,
    ...stateOf(missing > 0 ? truncated(`${missing} bytes of pixels are missing`) : undefined),
  };
}

/** DirectDraw Surface (Microsoft, "DDS_HEADER"): the header of 124 bytes behind the mark. */
export function readDds(bytes: Uint8Array): Structure {
  if (bytes.length < 128) throw headerCut('DDS', bytes.length);
  const height = u32le(bytes, 12);
  const width = u32le(bytes, 16);
  checkSize('DDS', width, height);
  // Four bits a pixel is the least that its codecs use (BC1).
  const least = 128 + (width * height) / 2;
  const compressed = has(bytes, 84, 'DXT');
  const cut = compressed && bytes.length < least;
  return {
    format: 'dds',
    width,
    height,
    ...stateOf(cut ? truncated('the largest surface ends beyond the file') : undefined),
  };
}

/** Radiance RGBE: text lines, an empty one, then the resolution as `-Y height +X width`. */
export function readHdr(bytes: Uint8Array): Structure {
  const text = latin1(bytes, 0, 4096);
  const match = /\n\n([-+][XY]) (\d{1,9}) ([-+][XY]) (\d{1,9})\n/.exec(text);
  if (!match) {
    if (bytes.length < 4096 && !text.includes('\n\n')) throw headerCut('HDR', bytes.length);
    throw headerBroken('HDR', 'there is no line with the resolution');
  }
  const [, axis, first, , second] = match;
  const rows = Number(first);
  const columns = Number(second);
  const upright = axis!.endsWith('Y');
  const width = upright ? columns : rows;
  const height = upright ? rows : columns;
  checkSize('HDR', width, height);
  // A run of 127 equal pixels takes two bytes in each of four planes.
  const start = match.index + match[0].length;
  const least = rows * (columns >= 8 ? 4 : 1);
  const cut = bytes.length - start < least;
  return {
    format: 'hdr',
    width,
    height,
    bitDepth: 32,
    color: 'rgb',
    ...stateOf(cut ? truncated('the rows end beyond the file') : undefined),
  };
}

/** OpenEXR: attributes of name, type, length and value; the data window gives the size. */
export function readExr(bytes: Uint8Array): Structure {
  let at = 8;
  let window: readonly [number, number] | undefined;
  for (;;) {
    if (at >= bytes.length) throw headerCut('EXR', bytes.length);
    if (bytes[at] === 0) break;
    const nameEnd = bytes.indexOf(0, at);
    const typeEnd = nameEnd < 0 ? -1 : bytes.indexOf(0, nameEnd + 1);
    // Long names have 255 bytes at most; without the limit the search would be quadratic.
    if (typeEnd < 0 || typeEnd - at > 512) {
      if (bytes.length - at < 512) throw headerCut('EXR', bytes.length);
      throw headerBroken('EXR', `no attribute begins at byte ${at}`);
    }
    const value = typeEnd + 5;
    if (latin1(bytes, at, nameEnd - at) === 'dataWindow') {
      const [left, top, right, bottom] = [0, 4, 8, 12].map((i) => i32le(bytes, value + i));
      window = [right! - left! + 1, bottom! - top! + 1];
    }
    at = value + u32le(bytes, typeEnd + 1);
  }
  const [width, height] = window ?? [0, 0];
  checkSize('EXR', width, height);
  // The table of scan line or tile offsets follows; its first entry points to the data.
  const first = u32le(bytes, at + 1);
  const trouble =
    at + 9 > bytes.length || first > bytes.length
      ? truncated('the pixels are beyond the file')
      : first < at
        ? damaged('the table of offsets points into the header')
        : undefined;
  return { format: 'exr', width, height, bitDepth: 16, ...stateOf(trouble) };
}

function checkSize(name: string, width: number, height: number, limit = 0x7fff_ffff): void {
  if (width < 1 || height < 1 || width > limit || height > limit) {
    throw headerBroken(name, `it announces ${width}×${height} pixels`);
  }
}
