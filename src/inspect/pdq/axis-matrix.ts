/**
 * One axis of PDQ's way from pixels to its 64 × 64 buffer, as a sparse matrix.
 *
 * Reduction to 512, two box passes and decimation are linear and separable, so their product, 64
 * rows of weights over the picture's samples, does all of them at once: well under 1 ms, where
 * filtering 512 × 512 pixels step by step takes 4–5 ms in JavaScript.
 */

/** Row r weighs the samples `start[r] … start[r] + length[r] - 1`. Rows are stored one after the other. */
export interface AxisMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly start: Int32Array;
  readonly length: Int32Array;
  /** Where a row's weights begin in `weights`. */
  readonly offset: Int32Array;
  readonly weights: Float64Array;
}

/** Builds a matrix from rows given as [first column, weights]. */
export function fromRows(
  columns: number,
  rows: readonly { readonly start: number; readonly weights: ArrayLike<number> }[],
): AxisMatrix {
  const start = new Int32Array(rows.length);
  const length = new Int32Array(rows.length);
  const offset = new Int32Array(rows.length);
  let total = 0;
  for (const [r, row] of rows.entries()) {
    start[r] = row.start;
    length[r] = row.weights.length;
    offset[r] = total;
    total += row.weights.length;
  }
  const weights = new Float64Array(total);
  for (const [r, row] of rows.entries()) weights.set(row.weights, offset[r]!);
  return { rows: rows.length, columns, start, length, offset, weights };
}

/** The matrix product `left · right`: first `right` is applied to the samples, then `left`. */
export function compose(left: AxisMatrix, right: AxisMatrix): AxisMatrix {
  const rows = [];
  for (let r = 0; r < left.rows; r++) {
    const first = left.start[r]!;
    const last = first + left.length[r]! - 1;
    let start = right.columns;
    let end = 0;
    for (let k = first; k <= last; k++) {
      start = Math.min(start, right.start[k]!);
      end = Math.max(end, right.start[k]! + right.length[k]!);
    }
    const weights = new Float64Array(Math.max(0, end - start));
    for (let k = first; k <= last; k++) {
      const scale = left.weights[left.offset[r]! + k - first]!;
      const from = right.offset[k]!;
      const to = right.start[k]! - start;
      for (let c = 0; c < right.length[k]!; c++) {
        weights[to + c] = weights[to + c]! + scale * right.weights[from + c]!;
      }
    }
    rows.push({ start: Math.min(start, right.columns), weights });
  }
  return fromRows(right.columns, rows);
}

/** The matrix that does the same to the samples in reverse order. */
export function reversed(matrix: AxisMatrix): AxisMatrix {
  const rows = [];
  for (let r = 0; r < matrix.rows; r++) {
    const from = matrix.offset[r]!;
    const weights = matrix.weights.slice(from, from + matrix.length[r]!).reverse();
    rows.push({ start: matrix.columns - matrix.start[r]! - matrix.length[r]!, weights });
  }
  return fromRows(matrix.columns, rows);
}

/**
 * Applies one matrix along the columns of each row and another down the rows.
 * `plane` is row-major, `across.columns` wide and `down.columns` high, its rows `stride` apart;
 * the result is row-major, `across.rows` wide and `down.rows` high.
 */
export function applyBoth(
  plane: ArrayLike<number>,
  across: AxisMatrix,
  down: AxisMatrix,
  stride: number = across.columns,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(across.rows * down.rows);
  const row = new Float64Array(across.columns);
  for (let i = 0; i < down.rows; i++) {
    row.fill(0);
    addRows(plane, stride, down, i, row);
    for (let j = 0; j < across.rows; j++) {
      const start = across.start[j]!;
      const end = start + across.length[j]!;
      let weight = across.offset[j]!;
      let sum = 0;
      for (let x = start; x < end; x++) sum += row[x]! * across.weights[weight++]!;
      out[i * across.rows + j] = sum;
    }
  }
  return out;
}

/** Adds to `row` the rows of the plane, weighed by row `i` of the matrix. */
function addRows(
  plane: ArrayLike<number>,
  stride: number,
  matrix: AxisMatrix,
  i: number,
  row: Float64Array,
): void {
  const width = row.length;
  for (let k = 0; k < matrix.length[i]!; k++) {
    const weight = matrix.weights[matrix.offset[i]! + k]!;
    if (weight === 0) continue;
    const from = (matrix.start[i]! + k) * stride;
    for (let x = 0; x < width; x++) row[x] = row[x]! + weight * plane[from + x]!;
  }
}
