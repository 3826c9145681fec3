/**
 * PDQ's matrices for coefficients in place of samples.
 *
 * A weighted sum over samples is the same sum over the coefficients of an orthonormal transform,
 * with the weights transformed likewise (Parseval). JPEG's DCT is orthonormal, so a row of weights
 * over the samples of an axis becomes one over its blocks' coefficients, and leaving out the high
 * ones is the best that can be done with so few of them: no image is ever made of them.
 * Samples beyond the picture's edge (the last block's padding) get no weight.
 */
import {
  type AxisMatrix,
  areaAverage,
  boxTwiceAndDecimate,
  identity,
  MatrixBuilder,
  reduceAndFilter,
  reversed,
  weightsOf,
} from '../pdq/mod.ts';
import type { Kept } from './coefficients.ts';

/** What the axis is turned into: PDQ's 64 samples, or the average of so many equal parts. */
export type AxisPurpose =
  /** Of a picture that is first reduced to 512. */
  | 'pdq-reduced'
  /** Of a picture with no side above 512. */
  | 'pdq-as-is'
  /** Of a picture of 64 × 64. */
  | 'pdq-64'
  | { readonly parts: number };

const cache = new Map<string, AxisMatrix>();
/** A matrix holds some 64 × 13 × n / 512 weights: 50 KB for 4,000 samples. */
const CACHED = 64;

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
  matrix = toCoefficients(matrix, kept);
  if (cache.size >= CACHED) cache.delete(cache.keys().next().value!);
  cache.set(key, matrix);
  return matrix;
}

function filterOf(n: number, purpose: AxisPurpose): AxisMatrix {
  if (purpose === 'pdq-reduced') return reduceAndFilter(n);
  if (purpose === 'pdq-as-is') return boxTwiceAndDecimate(n);
  if (purpose === 'pdq-64') return identity(n);
  return areaAverage(n, purpose.parts);
}

/** `basis[u · 8 + x]`: sample x of the u-th vector of the orthonormal 8-point DCT-II. */
const basis = Float64Array.from({ length: 64 }, (_, at) => {
  const u = at >> 3;
  const x = at & 7;
  return Math.cos(((2 * x + 1) * u * Math.PI) / 16) * Math.sqrt((u === 0 ? 1 : 2) / 8);
});

function toCoefficients(matrix: AxisMatrix, kept: Kept): AxisMatrix {
  const columns = Math.ceil(matrix.columns / 8) * kept;
  const room = matrix.rows * kept + Math.ceil((matrix.weights.length * kept) / 8);
  const result = new MatrixBuilder(matrix.rows, columns, room);
  for (let r = 0; r < matrix.rows; r++) {
    const start = matrix.start[r]!;
    const samples = weightsOf(matrix, r);
    const firstBlock = start >> 3;
    const blocks = ((start + samples.length - 1) >> 3) - firstBlock + 1;
    const weights = result.row(firstBlock * kept, blocks * kept);
    for (let i = 0, x = start & 7, block = 0; i < samples.length; i++) {
      const weight = samples[i]!;
      for (let u = 0; u < kept; u++) weights[block + u]! += weight * basis[u * 8 + x]!;
      if (++x === 8) {
        x = 0;
        block += kept;
      }
    }
  }
  return result.build();
}
