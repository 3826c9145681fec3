/** PDQ of a picture whose pixels are all there. */
import { type AxisMatrix, applyBoth } from './axis-matrix.ts';
import { BUFFER, boxTwiceAndDecimate, identity } from './filters.ts';
import { hashBuffer, NO_HASH, type PdqHash } from './hash.ts';

/** A picture with a side below this has no hash. */
export const MIN_SIDE = 5;

const matrices = new Map<number, AxisMatrix>();

/** The matrices of at most this many sizes are kept; they are small (one of 512 has 448 weights). */
const CACHED = 64;

function filterFor(n: number): AxisMatrix {
  let matrix = matrices.get(n);
  if (matrix === undefined) {
    if (matrices.size >= CACHED) matrices.delete(matrices.keys().next().value!);
    matrix = boxTwiceAndDecimate(n);
    matrices.set(n, matrix);
  }
  return matrix;
}

/**
 * The 64 × 64 buffer that the hash is taken of.
 * `luma` is row-major, 0–255, and as large as the reference would filter it (at most 512 × 512).
 */
export function bufferOfPlane(
  luma: Float32Array,
  width: number,
  height: number,
): Float32Array<ArrayBuffer> {
  if (width === BUFFER && height === BUFFER) {
    return applyBoth(luma, identity(BUFFER), identity(BUFFER));
  }
  return applyBoth(luma, filterFor(width), filterFor(height));
}

/** Hash and quality of a plane of luminance (see {@link bufferOfPlane}). */
export function hashPlane(luma: Float32Array, width: number, height: number): PdqHash {
  if (width < MIN_SIDE || height < MIN_SIDE) return NO_HASH;
  return hashBuffer(bufferOfPlane(luma, width, height));
}
