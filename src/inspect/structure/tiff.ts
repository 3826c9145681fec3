/**
 * TIFF 6.0, BigTIFF and their pages: the chain of directories, and whether the strips or tiles of the
 * first page lie within the file.
 */

import { TrawlError } from '../../errors.ts';
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
import {
  type Dialect,
  type Directory,
  dialectOf,
  numberOf,
  type Place,
  placeOf,
  readDirectory,
  TAG,
  TYPE_SIZES,
} from './tiff-directory.ts';

/** Entries looked at over all pages: directories may overlap, and so multiply. */
const MAX_ENTRIES = 1_000_000;

/** Values without which no pixel can be decoded. */
const TABLES: ReadonlySet<number> = new Set([
  TAG.stripOffsets,
  TAG.stripLengths,
  TAG.tileOffsets,
  TAG.tileLengths,
  TAG.colorMap,
  TAG.jpegTables,
]);
const ICC = 34675;

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
  const width = number(TAG.width, 0);
  const height = number(TAG.height, 0);
  if (width === 0 || height === 0 || width > 0x7fff_ffff || height > 0x7fff_ffff) {
    throw headerBroken('TIFF', `it announces ${width}×${height} pixels`);
  }
  if (first.fields.get(TAG.width)!.count !== 1 || first.fields.get(TAG.height)!.count !== 1) {
    throw headerBroken('TIFF', 'its width or height is more than one number');
  }
  const orientation = number(TAG.orientation, 1);
  const pages = countPages(bytes, dialect, start);
  return {
    format: 'tiff',
    width,
    height,
    ...(orientation > 1 && orientation <= 8 && { orientation }),
    ...(pages.count > 1 && { frames: pages.count }),
    ...(first.fields.has(ICC) && { profile: true }),
    bitDepth: number(TAG.bits, 1),
    ...colorOf(
      number(TAG.photometric, 1),
      number(TAG.samples, 1),
      first.fields.has(TAG.extraSamples),
    ),
    ...stateOf(
      missingSamples(number(TAG.photometric, 1), number(TAG.samples, 1)) ??
        checkData(bytes, dialect, first.fields) ??
        pages.trouble,
    ),
  };
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
  if (!fields.has(TAG.photometric)) return damaged('the photometric interpretation is missing');
  const tiled = fields.has(TAG.tileOffsets);
  const offsets = fields.get(tiled ? TAG.tileOffsets : TAG.stripOffsets);
  const lengths = fields.get(tiled ? TAG.tileLengths : TAG.stripLengths);
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
