/**
 * What the samples of a row were, as far as the kept coefficients tell: those of the sample's own block
 * and, because pictures are smooth, of its neighbours.
 *
 * The best linear estimate for a row of samples x whose neighbours correlate (first-order
 * autoregressive, the usual model of a picture's rows) from coefficients c = P x is
 * E[x | c] = R Pᵀ (P R Pᵀ)⁻¹ c, with R[i][j] = ρ^|i − j|. Without neighbours a block of which only the
 * mean is kept would be flat, and take frequencies for low ones that it cannot tell from them.
 */
import type { Kept } from './coefficients.ts';

/** Blocks to each side that are asked: where half a block's coefficients are known, its own suffice. */
export function reachOf(kept: Kept): number {
  return kept < 4 ? 1 : 0;
}

/** Correlation of neighbouring samples. Between 0.9 and 0.99 it makes next to no difference. */
const RHO = 0.95;

const estimators = new Map<string, Float64Array>();

/**
 * At `(x · (2 · reach + 1) + d + reach) · kept + u`: what coefficient u of the block that lies d blocks
 * further on adds to sample x of a block.
 */
export function estimator(kept: Kept, reach: number): Float64Array {
  const key = `${kept}/${reach}`;
  let table = estimators.get(key);
  if (!table) {
    table = build(kept, reach);
    estimators.set(key, table);
  }
  return table;
}

/** `basis[u · 8 + x]`: sample x of the u-th vector of the orthonormal 8-point DCT-II. */
const basis = Float64Array.from({ length: 64 }, (_, at) => {
  const u = at >> 3;
  const x = at & 7;
  return Math.cos(((2 * x + 1) * u * Math.PI) / 16) * Math.sqrt((u === 0 ? 1 : 2) / 8);
});

function build(kept: Kept, reach: number): Float64Array {
  // Estimated for the middle of more blocks than are asked, so that the ends of the row do not matter.
  const blocks = 4 * reach + 1;
  const count = blocks * kept;
  const middle = 2 * reach;
  const powers = Float64Array.from({ length: 8 * blocks }, (_, distance) => RHO ** distance);
  // R Pᵀ for the samples, and P R Pᵀ.
  const cross = Array.from({ length: blocks * 8 }, (_, i) =>
    Float64Array.from({ length: count }, (_, c) => {
      const [block, u] = [Math.floor(c / kept), c % kept];
      let sum = 0;
      for (let x = 0; x < 8; x++) sum += basis[u * 8 + x]! * powers[Math.abs(i - block * 8 - x)]!;
      return sum;
    }),
  );
  const gram = Array.from({ length: count }, (_, a) =>
    Float64Array.from({ length: count }, (_, c) => {
      const [block, u] = [Math.floor(a / kept), a % kept];
      let sum = 0;
      for (let x = 0; x < 8; x++) sum += basis[u * 8 + x]! * cross[block * 8 + x]![c]!;
      return sum;
    }),
  );
  const table = new Float64Array((2 * reach + 1) * 8 * kept);
  for (let u = 0; u < kept; u++) {
    // The samples' dependence on one coefficient of the middle block: a column of the product.
    const unit = Float64Array.from({ length: count }, (_, c) => (c === middle * kept + u ? 1 : 0));
    const column = solve(gram, unit);
    for (let i = 0; i < (2 * reach + 1) * 8; i++) {
      const samples = cross[(middle - reach) * 8 + i]!;
      const sum = samples.reduce((total, value, c) => total + value * column[c]!, 0);
      // Seen from the sample, the middle block lies on the other side.
      const d = reach - (i >> 3);
      table[((i & 7) * (2 * reach + 1) + d + reach) * kept + u] = sum;
    }
  }
  return table;
}

/** Gaussian elimination; the matrix is symmetric and positive definite, so no pivot is needed. */
function solve(matrix: readonly Float64Array[], right: Float64Array): Float64Array {
  const rows = matrix.map((row) => row.slice());
  const x = right.slice();
  for (let k = 0; k < x.length; k++) {
    for (let i = k + 1; i < x.length; i++) {
      const factor = rows[i]![k]! / rows[k]![k]!;
      for (let j = k; j < x.length; j++) rows[i]![j]! -= factor * rows[k]![j]!;
      x[i]! -= factor * x[k]!;
    }
  }
  for (let k = x.length - 1; k >= 0; k--) {
    for (let j = k + 1; j < x.length; j++) x[k]! -= rows[k]![j]! * x[j]!;
    x[k]! /= rows[k]![k]!;
  }
  return x;
}
