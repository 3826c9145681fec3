/** The directory of a TIFF (TIFF 6.0, section 2) or BigTIFF: which fields there are, and their numbers. */

import { has, u16be, u16le, u32be, u32le, u64be, u64le } from './bytes.ts';

/** Numbers of the fields that are read. */
export const TAG = {
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  stripOffsets: 273,
  orientation: 274,
  samples: 277,
  rowsPerStrip: 278,
  stripLengths: 279,
  planes: 284,
  predictor: 317,
  colorMap: 320,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileLengths: 325,
  inks: 332,
  extraSamples: 338,
  sampleFormat: 339,
  jpegTables: 347,
  subsampling: 530,
  /** Of before TIFF 6.0: that there is alpha, what kind of number a sample is, and pictures in layers. */
  matteing: 32995,
  dataType: 32996,
  depth: 32997,
  tileDepth: 32998,
} as const;

/** Bytes of a value by type: BYTE, ASCII, SHORT, LONG, RATIONAL, … LONG8, SLONG8, IFD8. */
export const TYPE_SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];

/** Numbers in the byte order and offset size of one file. */
export interface Dialect {
  readonly big: boolean;
  readonly little: boolean;
  u16(at: number): number;
  u32(at: number): number;
  /** An offset or count: 32 bits, 64 in BigTIFF. */
  word(at: number): number;
}

export interface Field {
  readonly type: number;
  readonly count: number;
  /** Where the values are. */
  readonly at: number;
}

export type Directory = ReadonlyMap<number, Field>;

export function dialectOf(bytes: Uint8Array): Dialect {
  const little = has(bytes, 0, 'II');
  const big = bytes[little ? 2 : 3] === 43;
  const u16 = little ? u16le : u16be;
  const u32 = little ? u32le : u32be;
  const u64 = little ? u64le : u64be;
  return {
    big,
    little,
    u16: (at) => u16(bytes, at),
    u32: (at) => u32(bytes, at),
    word: big ? (at) => u64(bytes, at) : (at) => u32(bytes, at),
  };
}

export interface Place {
  readonly entries: number;
  /** The first entry. */
  readonly from: number;
  /** Where the offset of the next directory stands. */
  readonly to: number;
}

export function placeOf(bytes: Uint8Array, dialect: Dialect, at: number): Place | undefined {
  if (at < 8 || at + (dialect.big ? 8 : 2) > bytes.length) return undefined;
  const entries = dialect.big ? dialect.word(at) : dialect.u16(at);
  const from = at + (dialect.big ? 8 : 2);
  const to = from + entries * (dialect.big ? 20 : 12);
  return to <= bytes.length ? { entries, from, to } : undefined;
}

/**
 * @returns `odd`: an entry has a type that does not exist, no value, or a tag that came before or should have;
 *   `next`: where the next directory is, or 0
 */
export function readDirectory(
  bytes: Uint8Array,
  dialect: Dialect,
  at: number,
): { readonly fields: Directory; readonly odd: boolean; readonly next: number } | undefined {
  const place = placeOf(bytes, dialect, at);
  if (!place) return undefined;
  const fields = new Map<number, Field>();
  const inline = dialect.big ? 8 : 4;
  const step = dialect.big ? 20 : 12;
  let odd = false;
  let last = -1;
  for (let entry = place.from; entry < place.to; entry += step) {
    const tag = dialect.u16(entry);
    const type = dialect.u16(entry + 2);
    const count = dialect.word(entry + 4);
    const value = entry + step - inline;
    const size = (TYPE_SIZES[type] ?? 0) * count;
    odd ||= tag <= last || size === 0;
    last = tag;
    if (fields.has(tag) || size === 0) continue;
    fields.set(tag, { type, count, at: size <= inline ? value : dialect.word(value) });
  }
  return { fields, odd, next: dialect.word(place.to) };
}

/** Value `index` of a field of unsigned integers. */
export function numberOf(
  dialect: Dialect,
  field: Field | undefined,
  index: number,
  length: number,
): number | undefined {
  if (!field || index >= field.count) return undefined;
  const size = TYPE_SIZES[field.type]!;
  const at = field.at + index * size;
  if (at + size > length) return undefined;
  if (field.type === 3) return dialect.u16(at);
  if (field.type === 4 || field.type === 13) return dialect.u32(at);
  if (field.type === 16 || field.type === 18) return dialect.word(at);
  return field.type === 1 ? dialect.u16(at) & 0xff : undefined;
}
