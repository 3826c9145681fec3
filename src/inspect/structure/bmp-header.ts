/**
 * The second header of a BMP, which icons use too: Windows 2–5 and OS/2 1–2. What is refused here is
 * what Chromium refuses; nobody else decodes these files for us.
 */

import { i32le, u16le, u32le } from './bytes.ts';

export const FILE_HEADER = 14;

/** Compression numbers. RLE24 shares its number with embedded JPEG, which nobody reads. */
const RGB = 0;
const RLE8 = 1;
const RLE4 = 2;
const BITFIELDS = 3;
const RLE24 = 4;
const ALPHA_BITFIELDS = 6;

const CORE_HEADER = 12;
/** Windows headers with a meaning of their own; the other lengths are OS/2's. */
const WINDOWS_HEADERS = new Set([40, 52, 56, 108, 124]);
/** Without a limit a width alone could announce gigabytes; Chromium has the same. */
const MAX_SIDE = 0xffff;

export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly coding: 'raw' | 'rle4' | 'rle8' | 'rle24';
  /** Behind header, masks and palette: where pixels lie when nothing else is said. */
  readonly end: number;
  readonly profile: boolean;
  readonly alpha: boolean;
}

/** The header at `at`, or what is wrong with it. In an icon the height covers the mask as well. */
export function readBmpHeader(bytes: Uint8Array, at: number, inIcon = false): BmpHeader | string {
  const size = u32le(bytes, at);
  if (!isHeaderSize(size)) return `a second header of ${size} bytes does not exist`;
  const core = size === CORE_HEADER;
  const width = core ? u16le(bytes, at + 4) : i32le(bytes, at + 4);
  const stored = core ? u16le(bytes, at + 6) : i32le(bytes, at + 8);
  // A negative height: the first row is the top one.
  const height = inIcon ? Math.trunc(Math.abs(stored) / 2) : Math.abs(stored);
  if (width <= 0 || width > MAX_SIDE || height === 0 || stored > 2 * MAX_SIDE) {
    return `it announces ${width}×${stored} pixels`;
  }
  if (!inIcon && stored > MAX_SIDE) return `it announces ${width}×${stored} pixels`;
  const bits = u16le(bytes, at + (core ? 10 : 14));
  const compression = size >= 20 ? u32le(bytes, at + 16) : RGB;
  const coding = codingOf(compression, bits, size);
  if (!coding) return `compression ${compression} with ${bits} bits does not exist`;

  const masks = compression === BITFIELDS ? 3 : compression === ALPHA_BITFIELDS ? 4 : 0;
  const inHeader = WINDOWS_HEADERS.has(size) && size > 40;
  if (!soundMasks(bytes, at + 40, masks, bits)) return 'a colour mask is no run of bits';
  const palette = paletteSize(bytes, at, size, bits);
  const end = at + size + (inHeader ? 0 : 4 * masks) + palette;
  if (at + size + palette > bytes.length) return 'the palette ends beyond the file';

  const profile = size === 124 && u32le(bytes, at + 56) === EMBEDDED_PROFILE;
  const profileEnd = u32le(bytes, at + 112) + u32le(bytes, at + 116);
  if (profile && at + profileEnd > bytes.length) return 'the colour profile ends beyond the file';
  const alpha = masks === 4 || (inHeader && size > 52 && u32le(bytes, at + 52) !== 0);
  return { width, height, bits, coding, end, profile, alpha: alpha || (inIcon && bits === 32) };
}

/** "MBED", the colour space of a header with an ICC profile. */
const EMBEDDED_PROFILE = 0x4d42_4544;

function isHeaderSize(size: number): boolean {
  if (size === CORE_HEADER || WINDOWS_HEADERS.has(size)) return true;
  return size >= 16 && size <= 64 && (size % 4 === 0 || size === 42 || size === 46);
}

function codingOf(
  compression: number,
  bits: number,
  size: number,
): BmpHeader['coding'] | undefined {
  const depths = size === CORE_HEADER ? [1, 4, 8, 24] : [1, 2, 4, 8, 16, 24, 32];
  if (!depths.includes(bits)) return undefined;
  switch (compression) {
    case RGB:
      return 'raw';
    case RLE8:
      return bits === 8 ? 'rle8' : undefined;
    case RLE4:
      return bits === 4 ? 'rle4' : undefined;
    case RLE24:
      return bits === 24 && !WINDOWS_HEADERS.has(size) ? 'rle24' : undefined;
    case BITFIELDS:
    case ALPHA_BITFIELDS:
      return bits === 16 || bits === 32 ? 'raw' : undefined;
  }
  return undefined;
}

function soundMasks(bytes: Uint8Array, at: number, count: number, bits: number): boolean {
  for (let i = 0; i < count; i++) {
    let mask = u32le(bytes, at + 4 * i);
    if (mask >= 2 ** bits) return false;
    while (mask > 0 && mask % 2 === 0) mask /= 2;
    // A run of ones is one less than a power of two.
    if (mask > 0 && !Number.isInteger(Math.log2(mask + 1))) return false;
  }
  return true;
}

/** Bytes; a palette never has more colours than the bits can name. */
function paletteSize(bytes: Uint8Array, at: number, size: number, bits: number): number {
  if (bits > 8) return 0;
  const most = 2 ** bits;
  const used = size >= 36 ? u32le(bytes, at + 32) : 0;
  const colors = used === 0 || used > most ? most : used;
  return colors * (size === CORE_HEADER ? 3 : 4);
}

/** Bytes of a row, padded to 32 bits. */
export function rowBytes(width: number, bits: number): number {
  return Math.ceil((width * bits) / 32) * 4;
}
