import { CHROMA_SIDE, LUMA_SIDE, THUMBNAIL_BYTES } from '../inspect/thumbnail.ts';
import { type Alignment, align, IDENTITY, overlap } from './align.ts';
import { measureColour, measureLuma } from './measure.ts';
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
/**
 * Difference left, as a share of the picture's own contrast, the four worst of 64 blocks left out
 * (a watermark covers that many). Copies up to 0.31.
 */
const MAX_DIFFERENCE = 0.33;
/** The tenth worst block against its own structure: copies up to 0.93 (clipped brightness). */
const MAX_TENTH_BLOCK = 1;
/** Brightness of one against the other, the darker one being 1: copies 0.84–1.26. */
const GAIN: readonly [number, number] = [0.75, 1.4];
/** Weaker chroma over stronger: copies from 0.41 (clipped), greyscale copies below 0.1. */
const MIN_CHROMA_RATIO = 0.35;
/** Below this a picture has no colour at all (rounding of a codec), in chroma levels. */
const COLOURLESS = 0.3;
/** And from here on it has some that can be seen. */
const COLOURED = 2;
/** Cosine of the angle between the two chroma fields: copies from 0.70. */
const MIN_CHROMA_COSINE = 0.65;
/** Width may be scaled by this much more than height before it is another shape. */
const MAX_STRETCH = 1.04;

/** `undefined` when it is no thumbnail of this version. */
export function preparePicture(thumbnail: Uint8Array): Picture | undefined {
  if (thumbnail.length !== THUMBNAIL_BYTES) return undefined;
  const luma = thumbnail.subarray(0, LUMA_SIDE * LUMA_SIDE);
  const chroma = Float32Array.from(thumbnail.subarray(luma.length), (value) => value - 128);
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

/**
 * Whether the two are one picture. `aspectChange` is the aspect ratio (width / height, as shown) of
 * `b` over that of `a`. The answer is the same when both are swapped.
 */
export function isSamePicture(a: Picture, b: Picture, aspectChange: number): boolean {
  // Always from the darker to the brighter one: what is clipped in that one can be foretold.
  const [dark, bright, change] = goesBefore(b, a) ? [b, a, 1 / aspectChange] : [a, b, aspectChange];
  // Smooth pictures with clipped lights can be pulled apart by their brightness: then without.
  return matches(dark, bright, change, 'edges') || matches(dark, bright, change, 'none');
}

function matches(
  fixed: Picture,
  moved: Picture,
  aspectChange: number,
  motion: 'edges' | 'none',
): boolean {
  const first = align(fixed.coarse, moved.coarse, COARSE, IDENTITY, 8, motion);
  if (first === undefined) return false;
  const glance = measureLuma(overlap(fixed.coarse, moved.coarse, COARSE, first), COARSE);
  if (glance.difference > MAX_COARSE) return false;

  const found = align(fixed.fine, moved.fine, LUMA_SIDE, first, 5, motion);
  if (found === undefined || !isPlausible(found, aspectChange)) return false;
  const luma = measureLuma(overlap(fixed.fine, moved.fine, LUMA_SIDE, found), LUMA_SIDE);
  if (luma.difference > MAX_DIFFERENCE || luma.tenthBlock > MAX_TENTH_BLOCK) return false;
  return hasSameColours(fixed, moved, found);
}

/** A crop scales both sides alike, and brightness changes by little. */
function isPlausible(found: Alignment, aspectChange: number): boolean {
  const stretch = (1 - found.left - found.right) / (1 - found.top - found.bottom) / aspectChange;
  const { gain } = found;
  return Math.max(stretch, 1 / stretch) <= MAX_STRETCH && gain >= GAIN[0] && gain <= GAIN[1];
}

function hasSameColours(fixed: Picture, moved: Picture, found: Alignment): boolean {
  const colour = measureColour(fixed, moved, found);
  if (colour.weaker < COLOURLESS && colour.stronger > COLOURED) return false;
  // Where there is hardly any colour, neither strength nor direction says anything.
  if (colour.stronger <= COLOURED) return true;
  return (
    (colour.weaker + 1) / (colour.stronger + 1) >= MIN_CHROMA_RATIO &&
    colour.cosine >= MIN_CHROMA_COSINE
  );
}

/** An order of pictures by what they show, for the sake of symmetry. */
function goesBefore(a: Picture, b: Picture): boolean {
  if (a.brightness !== b.brightness) return a.brightness < b.brightness;
  const at = a.fine.findIndex((value, i) => value !== b.fine[i]);
  return at >= 0 && (a.fine[at] as number) < (b.fine[at] as number);
}
