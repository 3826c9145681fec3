/** What of a TIFF its pixels depend on: the first page of a file that structure/ has found whole. */
import type { Size } from '../rows/cells.ts';
import {
  type Dialect,
  type Directory,
  dialectOf,
  readDirectory,
  TAG,
} from '../structure/tiff-directory.ts';
import { type Blocks, blocksOf } from './blocks.ts';
import { colorsOf } from './colors.ts';
import { Fields } from './fields.ts';

export interface TiffParts {
  readonly size: Size;
  readonly little: boolean;
  /** Bits a sample: 1, 2, 4, 8 or 16. */
  readonly bits: number;
  /** Samples a pixel: grey, a place in the palette, or RGB, and alpha. */
  readonly samples: number;
  /** The last sample is alpha, and whether the colours were multiplied by it. */
  readonly alpha: 'none' | 'apart' | 'multiplied';
  /** Colours by sample, three bytes each, where the samples themselves are none. */
  readonly palette: Uint8Array | undefined;
  readonly compression: number;
  readonly photometric: number;
  /** Samples are stored as the difference to the pixel before. */
  readonly predicted: boolean;
  readonly blocks: Blocks;
  /** Tables that all blocks share, where they are JPEGs. */
  readonly jpegTables: Uint8Array;
  /** Of light in those, as its sampling factors are written there; undefined when the TIFF does not tell. */
  readonly subsampling: number | undefined;
  readonly fileBytes: number;
}

export const PLAIN = 1;
export const LZW = 5;
export const JPEG = 7;
export const DEFLATE = 8;
export const DEFLATE_OLD = 32946;
export const PACK_BITS = 32773;

const COMPRESSIONS = new Set([PLAIN, LZW, JPEG, DEFLATE, DEFLATE_OLD, PACK_BITS]);
/** Those that a predictor comes before. */
const PREDICTED = new Set([LZW, DEFLATE, DEFLATE_OLD]);

export const RGB = 2;
export const YCC = 6;

/** By photometric interpretation: samples that are colour, and bits they may have. */
const KINDS: Readonly<Record<number, readonly [samples: number, bits: readonly number[]]>> = {
  0: [1, [1, 2, 4, 8]],
  1: [1, [1, 2, 4, 8, 16]],
  [RGB]: [3, [8, 16]],
  3: [1, [1, 2, 4, 8]],
  [YCC]: [3, [8]],
};

/** Fields that mean something which is not looked at here. */
const STRANGE = [TAG.inks, TAG.matteing, TAG.dataType, TAG.depth, TAG.tileDepth];

/** What is none of these, libvips takes for the nearest. */
const ORIENTATIONS = new Set([1, 2, 3, 4, 5, 6, 7, 8]);

/** A row of more pixels takes more memory than it is worth. */
const WIDEST = 1_000_000;

/** More pages are for libtiff to look at. */
const MAX_PAGES = 100;
/** Bytes of an offset, in the header of a BigTIFF. */
const OFFSET_BYTES = 8;

/**
 * Undefined for kinds that are not read here, and when anything is not exactly as it should be. That holds for
 * all pages: libvips counts them, and refuses the file for one whose directory libtiff refuses.
 */
export function partsOf(bytes: Uint8Array): TiffParts | undefined {
  const dialect = dialectOf(bytes);
  if (dialect.big && (dialect.u16(4) !== OFFSET_BYTES || dialect.u16(6) !== 0)) return undefined;
  let first: TiffParts | undefined;
  let at = dialect.word(dialect.big ? 8 : 4);
  for (let pages = 0; at !== 0; pages++) {
    const directory = readDirectory(bytes, dialect, at);
    if (!directory || directory.odd || pages === MAX_PAGES) return undefined;
    const page = pageOf(bytes, dialect, directory.fields);
    if (!page) return undefined;
    first ??= page;
    at = directory.next;
  }
  return first;
}

function pageOf(bytes: Uint8Array, dialect: Dialect, directory: Directory): TiffParts | undefined {
  const fields = new Fields(bytes, dialect, directory);
  const size = { width: fields.one(TAG.width), height: fields.one(TAG.height) };
  const [bits, samples] = [fields.at(TAG.bits, 0), fields.one(TAG.samples, 1)];
  const photometric = fields.one(TAG.photometric);
  const [colors, depths] = KINDS[photometric] ?? [];
  const compression = fields.one(TAG.compression);
  const predictor = fields.one(TAG.predictor, 1);
  const sound =
    size.width > 0 &&
    size.width <= WIDEST &&
    size.height > 0 &&
    depths?.includes(bits) &&
    fields.all(TAG.bits, samples, bits) &&
    COMPRESSIONS.has(compression) &&
    (compression === JPEG || photometric !== YCC) &&
    (predictor === 1 || (predictor === 2 && PREDICTED.has(compression) && bits >= 8)) &&
    fields.one(TAG.planes, 1) === 1 &&
    fields.one(TAG.fillOrder, 1) === 1 &&
    ORIENTATIONS.has(fields.one(TAG.orientation, 1)) &&
    (!fields.has(TAG.sampleFormat) || fields.all(TAG.sampleFormat, samples, 1)) &&
    !STRANGE.some((tag) => fields.has(tag));
  if (!sound) return undefined;
  const alpha = alphaOf(fields, samples, colors, bits);
  const palette = colorsOf(fields, photometric, bits);
  const blocks = blocksOf(bytes, fields, size);
  if (!alpha || palette === null || !blocks) return undefined;
  return {
    size,
    little: dialect.little,
    bits,
    samples,
    alpha,
    palette,
    compression,
    photometric,
    predicted: predictor === 2,
    blocks,
    jpegTables: fields.bytes(TAG.jpegTables),
    subsampling: fields.has(TAG.subsampling)
      ? (fields.at(TAG.subsampling, 0) << 4) | fields.at(TAG.subsampling, 1)
      : undefined,
    fileBytes: bytes.length,
  };
}

/** What the sample behind the colours is, by ExtraSamples; undefined when there are others. */
function alphaOf(
  fields: Fields,
  samples: number,
  colors: number | undefined,
  bits: number,
): TiffParts['alpha'] | undefined {
  if (samples === colors) return fields.has(TAG.extraSamples) ? undefined : 'none';
  if (colors === undefined || samples !== colors + 1 || bits < 8) return undefined;
  if (fields.one(TAG.photometric) !== RGB && fields.one(TAG.photometric) !== 1) return undefined;
  const kind = fields.one(TAG.extraSamples);
  // What it is not said to be, libvips takes for alpha.
  if (kind === 0 || kind === 2) return 'apart';
  return kind === 1 ? 'multiplied' : undefined;
}
