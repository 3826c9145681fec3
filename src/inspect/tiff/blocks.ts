/** The strips or tiles that a picture is cut into. */
import type { Size } from '../rows/cells.ts';
import { TAG } from '../structure/tiff-directory.ts';
import type { Fields } from './fields.ts';

export interface Blocks {
  readonly tiled: boolean;
  /** Pixels of a block; of a picture in strips, the last one may be lower. */
  readonly width: number;
  readonly height: number;
  /** Blocks side by side, and one below the other. */
  readonly across: number;
  readonly down: number;
  /** The data of one, left to right and then down. */
  data(index: number): Uint8Array;
}

/** Of the specification: both sides of a tile are multiples of it. */
const TILE_STEP = 16;
/** Pixels that are decoded and not shown, at the right and lower edge: as many as the picture has, and some. */
const MOST_BEYOND = 1 << 20;

/** Undefined when their number, size or places are not exactly as they should be. */
export function blocksOf(
  bytes: Uint8Array,
  fields: Fields,
  { width, height }: Size,
): Blocks | undefined {
  const tiled = fields.has(TAG.tileOffsets);
  const [offsets, lengths] = tiled
    ? [TAG.tileOffsets, TAG.tileLengths]
    : [TAG.stripOffsets, TAG.stripLengths];
  if (tiled && fields.has(TAG.stripOffsets)) return undefined;
  if (!tiled && (fields.has(TAG.tileWidth) || fields.has(TAG.tileHeight))) return undefined;
  const block = tiled
    ? { width: fields.one(TAG.tileWidth), height: fields.one(TAG.tileHeight) }
    : { width, height: rowsOfStrip(fields, height) };
  if (!(block.width > 0 && block.height > 0)) return undefined;
  if (tiled && (block.width % TILE_STEP !== 0 || block.height % TILE_STEP !== 0)) return undefined;
  const across = Math.ceil(width / block.width);
  const down = Math.ceil(height / block.height);
  const count = across * down;
  if (fields.count(offsets) !== count || fields.count(lengths) !== count) return undefined;
  const decoded = count * block.width * block.height;
  if (tiled && decoded > 2 * width * height + MOST_BEYOND) return undefined;
  return {
    tiled,
    ...block,
    across,
    down,
    data(index) {
      const from = fields.at(offsets, index);
      // structure/ has found all of them within the file.
      return bytes.subarray(from, from + fields.at(lengths, index));
    },
  };
}

/** All when the field is missing, or says 2³² − 1; libtiff does not count to other numbers of that size. */
function rowsOfStrip(fields: Fields, height: number): number {
  const rows = fields.one(TAG.rowsPerStrip, height);
  return rows < 2 ** 31 || rows === 2 ** 32 - 1 ? Math.min(height, rows) : Number.NaN;
}
