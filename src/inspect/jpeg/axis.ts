/**
 * PDQ's matrices for coefficients in place of samples.
 *
 * A weighted sum over samples is the same sum over the coefficients of an orthonormal transform,
 * with the weights transformed likewise (Parseval). JPEG's DCT is orthonormal, so a row of weights
 * over the samples of an axis becomes one over its blocks' coefficients, and no image is ever made of
 * them. What the missing high ones would have added is estimated from the neighbours (estimate.ts).
 * Samples beyond the picture's edge (the last block's padding) get no weight.
 */
import {
  type AxisMatrix,
  areaAverage,
  boxTwiceAndDecimate,
  identity,
  MatrixBuilder,
  REDUCED,
  reduceAndFilter,
  reversed,
} from '../pdq/mod.ts';
import type { Kept } from './coefficients.ts';
import { estimator, reachOf } from './estimate.ts';

/** What the axis is turned into: PDQ's 64 samples, or the average of so many equal parts. */
export type AxisPurpose =
  /** Of a picture that is first reduced to 512. */
  | 'pdq-reduced'
  /** The same, one axis being reduced and the other one enlarged. */
  | 'pdq-mixed'
  /** Of a picture with no side above 512. */
  | 'pdq-as-is'
  /** Of a picture of 64 × 64. */
  | 'pdq-64'
  | { readonly parts: number };

/** How PDQ takes a picture of that size. */
export function pdqPurpose(width: number, height: number): AxisPurpose {
  if (width > REDUCED || height > REDUCED) {
    return Math.min(width, height) < REDUCED ? 'pdq-mixed' : 'pdq-reduced';
  }
  return width === 64 && height === 64 ? 'pdq-64' : 'pdq-as-is';
}

const cache = new Map<string, AxisMatrix>();
/** A matrix holds some 64 × 13 × n / 512 weights: 50 KB for 4,000 samples. */
const CACHED = 192;

/** Weights over the `kept` lowest coefficients of each block of an axis of `n` samples. */
export function coefficientAxis(
  n: number,
  kept: Kept,
  purpose: AxisPurpose,
  backwards: boolean,
): AxisMatrix {
  const name = typeof purpose === 'string' ? purpose : purpose.parts;
  const key = `${n}/${kept}/${name}/${backwards}`;
  let matrix = cache.get(key);
  if (matrix) return matrix;
  matrix = filterOf(n, purpose);
  if (backwards) matrix = reversed(matrix);
  // Averages over parts of several blocks do not depend on what is estimated within a block.
  const reach = typeof purpose === 'string' ? reachOf(kept) : 0;
  matrix = toCoefficients(matrix, kept, reach);
  if (cache.size >= CACHED) cache.delete(cache.keys().next().value!);
  cache.set(key, matrix);
  return matrix;
}

/** Weights over the samples of an axis of `n`. */
export function filterOf(n: number, purpose: AxisPurpose): AxisMatrix {
  if (purpose === 'pdq-reduced') return reduceAndFilter(n, false);
  if (purpose === 'pdq-mixed') return reduceAndFilter(n, true);
  if (purpose === 'pdq-as-is') return boxTwiceAndDecimate(n);
  if (purpose === 'pdq-64') return identity(n);
  return areaAverage(n, purpose.parts);
}

function toCoefficients(matrix: AxisMatrix, kept: Kept, reach: number): AxisMatrix {
  const estimate = estimator(kept, reach);
  const span = (2 * reach + 1) * kept;
  const blocks = Math.ceil(matrix.columns / 8);
  const widest = Math.max(...matrix.length) / 8 + 2 + 2 * reach;
  const sums = new Float64Array(Math.ceil(widest) * kept);
  const result = new MatrixBuilder(matrix.rows, blocks * kept, matrix.rows * sums.length);
  for (let r = 0; r < matrix.rows; r++) {
    const start = matrix.start[r]!;
    const length = matrix.length[r]!;
    const from = matrix.offset[r]!;
    const first = (start >> 3) - reach;
    const last = ((start + length - 1) >> 3) + reach;
    sums.fill(0);
    for (let i = 0, x = start & 7, to = 0; i < length; i++) {
      const weight = matrix.weights[from + i]!;
      for (let j = 0; j < span; j++) sums[to + j]! += weight * estimate[x * span + j]!;
      if (++x === 8) {
        x = 0;
        to += kept;
      }
    }
    const inside = Math.max(0, first);
    const weights = result.row(inside * kept, (Math.min(blocks - 1, last) - inside + 1) * kept);
    for (let block = first; block <= last; block++) {
      // Beyond the edges the picture is continued by its mirror image, whose odd terms change sign.
      const outside = block < 0 || block >= blocks;
      const mirrored = block < 0 ? -1 - block : block >= blocks ? 2 * blocks - 1 - block : block;
      // A picture of one block has only that.
      const at = (Math.min(blocks - 1, Math.max(0, mirrored)) - inside) * kept;
      for (let u = 0; u < kept; u++) {
        const sum = sums[(block - first) * kept + u]!;
        weights[at + u]! += outside && u % 2 === 1 ? -sum : sum;
      }
    }
  }
  return result.build();
}
