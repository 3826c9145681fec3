/**
 * TIFF 6.0, BigTIFF and their pages: the chain of directories, and whether the strips or tiles of the
 * first page lie within the file.
 */

import { TrawlError } from '../../errors.ts';
import { has, u16be, u16le, u32be, u32le, u64be, u64le } from './bytes.ts';
import {
  damaged,
  headerBroken,
  headerCut,
  MAX_FRAMES,
  type Structure,
  stateOf,
  type Trouble,
  tooManyFrames,
  truncated,
} from './structure.ts';
import { colorOf, missingSamples } from './tiff-color.ts';

/** Entries looked at over all pages: directories may overlap, and so multiply. */
const MAX_ENTRIES = 1_000_000;

const WIDTH = 256;
const HEIGHT = 257;
const BITS = 258;
const PHOTOMETRIC = 262;
const STRIP_OFFSETS = 273;
const ORIENTATION = 274;
const SAMPLES = 277;
const STRIP_LENGTHS = 279;
const TILE_OFFSETS = 324;
const TILE_LENGTHS = 325;
const COLOR_MAP = 320;
const JPEG_TABLES = 347;
/** Values without which no pixel can be decoded. */
const TABLES = new Set([
  STRIP_OFFSETS,
  STRIP_LENGTHS,
  TILE_OFFSETS,
  TILE_LENGTHS,
  COLOR_MAP,
  JPEG_TABLES,
]);
const EXTRA_SAMPLES = 338;
const ICC = 34675;

/** Bytes of a value by type: BYTE, ASCII, SHORT, LONG, RATIONAL, … LONG8, SLONG8, IFD8. */
const TYPE_SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];

/** Numbers in the byte order and offset size of one file. */
interface Dialect {
  readonly big: boolean;
  u16(at: number): number;
  u32(at: number): number;
  /** An offset or count: 32 bits, 64 in BigTIFF. */
  word(at: number): number;
}

interface Field {
  readonly type: number;
  readonly count: number;
  /** Where the values are. */
  readonly at: number;
}

type Directory = ReadonlyMap<number, Field>;

export function readTiff(bytes: Uint8Array): Structure {
  const dialect = dialectOf(bytes);
  const start = dialect.word(dialect.big ? 8 : 4);
  if (bytes.length < (dialect.big ? 16 : 8)) throw headerCut('TIFF', bytes.length);
  const first = readDirectory(bytes, dialect, start);
  if (!first) {
    if (start < 8) throw headerBroken('TIFF', `its directory is said to be at byte ${start}`);
    throw new TrawlError(
      'truncated',
      `The TIFF's directory at byte ${start} is beyond its end, byte ${bytes.length}.`,
    );
  }
  const number = (tag: number, otherwise: number) =>
    numberOf(dialect, first.fields.get(tag), 0, bytes.length) ?? otherwise;
  const width = number(WIDTH, 0);
  const height = number(HEIGHT, 0);
  if (width === 0 || height === 0 || width > 0x7fff_ffff || height > 0x7fff_ffff) {
    throw headerBroken('TIFF', `it announces ${width}×${height} pixels`);
  }
  if (first.fields.get(WIDTH)!.count !== 1 || first.fields.get(HEIGHT)!.count !== 1) {
    throw headerBroken('TIFF', 'its width or height is more than one number');
  }
  const orientation = number(ORIENTATION, 1);
  const pages = countPages(bytes, dialect, start);
  return {
    format: 'tiff',
    width,
    height,
    ...(orientation > 1 && orientation <= 8 && { orientation }),
    ...(pages.count > 1 && { frames: pages.count }),
    ...(first.fields.has(ICC) && { profile: true }),
    bitDepth: number(BITS, 1),
    ...colorOf(number(PHOTOMETRIC, 1), number(SAMPLES, 1), first.fields.has(EXTRA_SAMPLES)),
    ...stateOf(
      missingSamples(number(PHOTOMETRIC, 1), number(SAMPLES, 1)) ??
        checkData(bytes, dialect, first.fields) ??
        pages.trouble,
    ),
  };
}

function dialectOf(bytes: Uint8Array): Dialect {
  const little = has(bytes, 0, 'II');
  const big = bytes[little ? 2 : 3] === 43;
  const u16 = little ? u16le : u16be;
  const u32 = little ? u32le : u32be;
  const u64 = little ? u64le : u64be;
  return {
    big,
    u16: (at) => u16(bytes, at),
    u32: (at) => u32(bytes, at),
    word: big ? (at) => u64(bytes, at) : (at) => u32(bytes, at),
  };
}

interface Place {
  readonly entries: number;
  /** The first entry. */
  readonly from: number;
  /** Where the offset of the next directory stands. */
  readonly to: number;
}

function placeOf(bytes: Uint8Array, dialect: Dialect, at: number): Place | undefined {
  if (at < 8 || at + (dialect.big ? 8 : 2) > bytes.length) return undefined;
  const entries = dialect.big ? dialect.word(at) : dialect.u16(at);
  const from = at + (dialect.big ? 8 : 2);
  const to = from + entries * (dialect.big ? 20 : 12);
  return to <= bytes.length ? { entries, from, to } : undefined;
}

function readDirectory(
  bytes: Uint8Array,
  dialect: Dialect,
  at: number,
): { fields: Directory } | undefined {
  const place = placeOf(bytes, dialect, at);
  if (!place) return undefined;
  const fields = new Map<number, Field>();
  const inline = dialect.big ? 8 : 4;
  const step = dialect.big ? 20 : 12;
  for (let entry = place.from; entry < place.to; entry += step) {
    const tag = dialect.u16(entry);
    const type = dialect.u16(entry + 2);
    const count = dialect.word(entry + 4);
    const value = entry + step - inline;
    const size = (TYPE_SIZES[type] ?? 0) * count;
    if (fields.has(tag) || size === 0) continue;
    fields.set(tag, { type, count, at: size <= inline ? value : dialect.word(value) });
  }
  return { fields };
}

/** Value `index` of a field of unsigned integers. */
function numberOf(
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

/** Follows the chain; a directory met twice ends it. */
function countPages(
  bytes: Uint8Array,
  dialect: Dialect,
  start: number,
): { count: number; trouble?: Trouble } {
  const visited = new Set<number>();
  let at = start;
  let entries = 0;
  while (at !== 0) {
    if (visited.size === MAX_FRAMES) return { count: MAX_FRAMES, trouble: tooManyFrames() };
    if (visited.has(at)) {
      return { count: visited.size, trouble: damaged(`the directories form a loop at byte ${at}`) };
    }
    const place = placeOf(bytes, dialect, at);
    if (!place) {
      return {
        count: visited.size,
        trouble: truncated(`the directory of page ${visited.size + 1} is beyond the file`),
      };
    }
    visited.add(at);
    entries += place.entries;
    if (entries > MAX_ENTRIES) {
      return {
        count: visited.size,
        trouble: damaged(`more than ${MAX_ENTRIES} directory entries`),
      };
    }
    if (!tablesInside(bytes, dialect, place)) {
      return {
        count: visited.size,
        trouble: truncated(`the tables of page ${visited.size} end beyond the file`),
      };
    }
    at = dialect.word(place.to);
  }
  return { count: visited.size };
}

/** Whether the tables of a page are there; a cut comment or date matters to nobody. */
function tablesInside(bytes: Uint8Array, dialect: Dialect, place: Place): boolean {
  const step = dialect.big ? 20 : 12;
  const inline = dialect.big ? 8 : 4;
  for (let entry = place.from; entry < place.to; entry += step) {
    if (!TABLES.has(dialect.u16(entry))) continue;
    const size = (TYPE_SIZES[dialect.u16(entry + 2)] ?? 0) * dialect.word(entry + 4);
    if (size <= inline) continue;
    if (dialect.word(entry + step - inline) + size > bytes.length) return false;
  }
  return true;
}

function checkData(bytes: Uint8Array, dialect: Dialect, fields: Directory): Trouble | undefined {
  if (!fields.has(PHOTOMETRIC)) return damaged('the photometric interpretation is missing');
  const tiled = fields.has(TILE_OFFSETS);
  const offsets = fields.get(tiled ? TILE_OFFSETS : STRIP_OFFSETS);
  const lengths = fields.get(tiled ? TILE_LENGTHS : STRIP_LENGTHS);
  const name = tiled ? 'tile' : 'strip';
  if (!offsets) return damaged('there are no strips or tiles');
  // Each offset takes bytes of the file, so the loop is bounded by its length.
  for (let i = 0; i < offsets.count; i++) {
    const offset = numberOf(dialect, offsets, i, bytes.length);
    if (offset === undefined) return truncated(`the table of ${name}s ends beyond the file`);
    // Old writers left the lengths out; then the offset alone can be checked.
    const length = lengths ? numberOf(dialect, lengths, i, bytes.length) : 1;
    if (length === undefined) return truncated(`the lengths of the ${name}s end beyond the file`);
    // An empty tile is one that was never written (sparse files).
    if (length > 0 && offset + length > bytes.length) {
      return truncated(
        `${name} ${i + 1} of ${offsets.count} ends ${offset + length - bytes.length} bytes beyond the file`,
      );
    }
  }
  return undefined;
}
