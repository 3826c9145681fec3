/** PDQ's and the thumbnail's matrices for means of cells in place of samples. */
import { type AxisPurpose, filterOf } from '../jpeg/axis.ts';
import { type AxisMatrix, MatrixBuilder, reversed, weightsOf } from '../pdq/mod.ts';
import { cellSide } from './cells.ts';

const cache = new Map<string, AxisMatrix>();
/** A matrix of some 560 cells holds up to 2,300 weights: 18 KB. */
const CACHED = 192;

/** What `purpose` makes of an axis of `n` samples, over the means of its cells. */
export function cellAxis(n: number, purpose: AxisPurpose, backwards = false): AxisMatrix {
  const key = `${n}/${typeof purpose === 'string' ? purpose : purpose.parts}/${backwards}`;
  let matrix = cache.get(key);
  if (matrix) return matrix;
  matrix = filterOf(n, purpose);
  if (backwards) matrix = reversed(matrix);
  matrix = overCells(matrix, cellSide(n));
  if (cache.size >= CACHED) cache.delete(cache.keys().next().value!);
  cache.set(key, matrix);
  return matrix;
}

/** What `matrix` does to samples, for the means of cells of so many samples. */
function overCells(matrix: AxisMatrix, side: number): AxisMatrix {
  if (side === 1) return matrix;
  const cells = Math.ceil(matrix.columns / side);
  const folded = new MatrixBuilder(matrix.rows, cells, matrix.weights.length);
  for (let r = 0; r < matrix.rows; r++) {
    const weights = weightsOf(matrix, r);
    const start = matrix.start[r]!;
    const first = Math.floor(start / side);
    const row = folded.row(first, Math.floor((start + weights.length - 1) / side) - first + 1);
    for (const [k, weight] of weights.entries())
      row[Math.floor((start + k) / side) - first]! += weight;
  }
  return folded.build();
}
