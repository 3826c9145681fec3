import { CHROMA_SIDE, LUMA_SIDE, THUMBNAIL_BYTES } from '../inspect/thumbnail.ts';
import { type Alignment, align, IDENTITY, overlap } from './align.ts';
import {
  differsInOneMark,
  measureBlocks,
  nthWorst,
  overallDifference,
  worstOfFew,
} from './blocks.ts';
import { isSameColouring, measureColour } from './colour.ts';
import { type DetailMeasure, measureDetail } from './detail.ts';
import { mean, pool, smooth } from './plane.ts';

/**
 * The second look: whether two thumbnails show one picture. One is laid over the other, which
 * allows for a crop of a few percent, a thin border and another brightness; then what still differs
 * is judged against the structure that is there.
 *
 * Calibration (492 Debian pictures of quality ≥ 50, 22 variants of each, 120,786 pairs of different
 * ones; extremes of the true copies against the nearest strangers) is beside each limit.
 */

/** A thumbnail made ready to be compared; keep it while it is compared with many. */
export interface Picture {
  /** 24 × 24, smoothed: where the search begins. */
  readonly coarse: Float32Array;
  /** 48 × 48, smoothed a little. */
  readonly fine: Float32Array;
  /** Less 128, so that 0 is neutral. */
  readonly cb: Float32Array;
  readonly cr: Float32Array;
  readonly brightness: number;
}

const COARSE = LUMA_SIDE / 2;
/** Copies in a coarse view, once aligned; 0.2 is the furthest copy. */
const MAX_COARSE = 0.4;
/** Difference left as a share of the picture's own contrast: copies up to 0.25, two drawings 0.33. */
const MAX_DIFFERENCE = 0.31;
/** The tenth worst of 64 blocks against its own structure: copies up to 0.94 (clipped lights). */
const MAX_TENTH_BLOCK = 0.97;
/**
 * The same where only a few blocks hold something: 4,027 copies of drawings have up to 0.37, of star clusters up to
 * 0.42; of 323 pairs of other drawings that all else took for one picture 17 have more.
 */
const MAX_OF_FEW = 0.45;
/**
 * Correlation of the detail (detail.ts). Copies that did not move from 0.988, moved ones from 0.95. Of
 * 1,777 pairs of drawings, cards, signs and tiles of a game's map that all else took for one picture, 1,030
 * have less; all of these that were looked at differ in what they show.
 */
const MIN_DETAIL = 0.985;
const MIN_DETAIL_MOVED = 0.95;
/**
 * Fields of stars, lawns, cloth hold more detail than a thumbnail can, so that moved copies agree less, but
 * so everywhere alike: from 0.83 in the worst part. Where something else is shown, some part agrees less.
 */
const MIN_DETAIL_EVEN = 0.92;
const MIN_EVERYWHERE = 0.8;
/**
 * A copy that was reduced to less than two pixels a sample of the thumbnail has lost detail that the other one's
 * still holds; of one that is smaller than the thumbnail, most: from 0.906.
 */
const REDUCED_SIDE = 2 * LUMA_SIDE;
const MIN_DETAIL_REDUCED = 0.95;
const TINY_SIDE = LUMA_SIDE;
const MIN_DETAIL_TINY = 0.9;
/** A border or a crop changes the size by less. */
const REDUCED = 1.15;
/** Brightness of one against the other, the darker one being 1: copies 0.82–1.26. */
const GAIN: readonly [number, number] = [0.75, 1.4];
/** Width may be scaled by this much more than height before it is another shape. */
const MAX_STRETCH = 1.04;

/**
 * Where nothing moved and the brightness is the same, only a codec or another size can be the cause:
 * then every block must be alike but for one mark. Copies differ by up to 0.28 in the eighth worst
 * block, pictures with another caption by 0.34 at least.
 */
const PLAIN_EDGES = 0.0025;
const PLAIN_GAIN = 0.035;
const PLAIN_BIAS = 6;
const MAX_PLAIN_BLOCK = 0.38;
/** A copy with a shorter side than this, in pixels, has lost too much detail to be held to it. */
const MIN_DETAILED_SIDE = 200;

/** Whether it is a thumbnail of this version. */
export function isThumbnail({ length }: Uint8Array): boolean {
  return length === THUMBNAIL_BYTES;
}

/** `undefined` when it is no thumbnail of this version. */
export function preparePicture(thumbnail: Uint8Array): Picture | undefined {
  if (!isThumbnail(thumbnail)) return undefined;
  const luma = thumbnail.subarray(0, LUMA_SIDE * LUMA_SIDE);
  // A plain loop takes a tenth of the time of Float32Array.from.
  const chroma = new Float32Array(thumbnail.length - luma.length);
  for (let i = 0; i < chroma.length; i++) chroma[i] = (thumbnail[luma.length + i] as number) - 128;
  let fine: Float32Array | undefined;
  return {
    coarse: smooth(pool(luma, LUMA_SIDE, 2), COARSE),
    // Most strangers are told apart by the coarse view.
    get fine() {
      fine ??= smooth(luma, LUMA_SIDE);
      return fine;
    },
    cb: chroma.subarray(0, CHROMA_SIDE * CHROMA_SIDE),
    cr: chroma.subarray(CHROMA_SIDE * CHROMA_SIDE),
    brightness: mean(luma),
  };
}

/** What is known of the pair beside the pictures. */
export interface Pair {
  /** Aspect ratio (width / height, as shown) of `b` over that of `a`. */
  readonly aspectChange: number;
  /** The shortest of the four sides, in pixels. */
  readonly shortSide: number;
  /** Shorter side of the larger one over that of the smaller one. */
  readonly reduction: number;
}

/** Whether the two are one picture. The answer is the same when both are swapped. */
export function isSamePicture(a: Picture, b: Picture, pair: Pair): boolean {
  // Always from the darker to the brighter one: what is clipped in that one can be foretold.
  const swap = goesBefore(b, a);
  const [dark, bright] = swap ? [b, a] : [a, b];
  const aspectChange = swap ? 1 / pair.aspectChange : pair.aspectChange;
  const oriented = { ...pair, aspectChange };
  // Smooth pictures with clipped lights can be pulled apart by their brightness: then without.
  return matches(dark, bright, oriented, 'edges') || matches(dark, bright, oriented, 'none');
}

function matches(
  fixed: Picture,
  moved: Picture,
  { aspectChange, shortSide, reduction }: Pair,
  motion: 'edges' | 'none',
): boolean {
  const first = align(fixed.coarse, moved.coarse, COARSE, IDENTITY, 8, motion);
  if (first === undefined) return false;
  const glance = measureBlocks(overlap(fixed.coarse, moved.coarse, COARSE, first), COARSE);
  if (overallDifference(glance) > MAX_COARSE) return false;

  const found = align(fixed.fine, moved.fine, LUMA_SIDE, first, 5, motion);
  if (found === undefined || !isPlausible(found, aspectChange)) return false;
  const both = overlap(fixed.fine, moved.fine, LUMA_SIDE, found);
  const blocks = measureBlocks(both, LUMA_SIDE);
  if (overallDifference(blocks) > MAX_DIFFERENCE) return false;
  if (nthWorst(blocks, 10) > MAX_TENTH_BLOCK || worstOfFew(blocks) > MAX_OF_FEW) return false;
  const detailed = shortSide >= MIN_DETAILED_SIDE;
  if (detailed && isPlain(found) && !differsInOneMark(blocks, MAX_PLAIN_BLOCK)) return false;
  const detail = measureDetail(both, LUMA_SIDE);
  const least = isMoved(found) ? leastOfMoved(detail, detailed) : MIN_DETAIL;
  const lost = reduction > REDUCED ? leastOfReduced(shortSide) : 1;
  if (detail.all < Math.min(least, lost)) return false;
  return isSameColouring(measureColour(fixed, moved, found), isLit(found));
}

function leastOfMoved({ worstPart }: DetailMeasure, detailed: boolean): number {
  return detailed && worstPart > MIN_EVERYWHERE ? MIN_DETAIL_EVEN : MIN_DETAIL_MOVED;
}

function leastOfReduced(shortSide: number): number {
  if (shortSide < TINY_SIDE) return MIN_DETAIL_TINY;
  return shortSide < REDUCED_SIDE ? MIN_DETAIL_REDUCED : 1;
}

/** A crop scales both sides alike, and brightness changes by little. */
function isPlausible(found: Alignment, aspectChange: number): boolean {
  const stretch = (1 - found.left - found.right) / (1 - found.top - found.bottom) / aspectChange;
  const { gain } = found;
  return Math.max(stretch, 1 / stretch) <= MAX_STRETCH && gain >= GAIN[0] && gain <= GAIN[1];
}

/** Neither moved nor brightened. */
function isPlain(found: Alignment): boolean {
  return !isMoved(found) && !isLit(found);
}

function isLit({ gain, bias }: Alignment): boolean {
  return Math.abs(gain - 1) > PLAIN_GAIN || Math.abs(bias) > PLAIN_BIAS;
}

function isMoved({ left, right, top, bottom }: Alignment): boolean {
  return Math.max(...[left, right, top, bottom].map(Math.abs)) > PLAIN_EDGES;
}

/** An order of pictures by what they show, for the sake of symmetry. */
function goesBefore(a: Picture, b: Picture): boolean {
  if (a.brightness !== b.brightness) return a.brightness < b.brightness;
  const at = a.fine.findIndex((value, i) => value !== b.fine[i]);
  return at >= 0 && (a.fine[at] as number) < (b.fine[at] as number);
}
