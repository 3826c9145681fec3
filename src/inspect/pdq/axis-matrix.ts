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

/** Collects the rows of a matrix one after the other. */
export class MatrixBuilder {
  readonly #columns: number;
  readonly #start: Int32Array;
  readonly #length: Int32Array;
  readonly #offset: Int32Array;
  #weights: Float64Array;
  #used = 0;
  #row = 0;

  /** @param room weights expected in all; it grows when there are more */
  constructor(rows: number, columns: number, room = rows) {
    this.#columns = columns;
    this.#start = new Int32Array(rows);
    this.#length = new Int32Array(rows);
    this.#offset = new Int32Array(rows);
    this.#weights = new Float64Array(room);
  }

  /** Opens the next row, of `length` weights from column `start` on; they are the result, all zero. */
  row(start: number, length: number): Float64Array {
    const from = this.#used;
    this.#used += length;
    if (this.#used > this.#weights.length) {
      const larger = new Float64Array(this.#used * 2);
      larger.set(this.#weights);
      this.#weights = larger;
    }
    this.#start[this.#row] = start;
    this.#length[this.#row] = length;
    this.#offset[this.#row++] = from;
    return this.#weights.subarray(from, this.#used);
  }

  build(): AxisMatrix {
    return {
      rows: this.#start.length,
      columns: this.#columns,
      start: this.#start,
      length: this.#length,
      offset: this.#offset,
      weights: this.#weights.slice(0, this.#used),
    };
  }
}

/** The weights of row `r`. */
export function weightsOf(matrix: AxisMatrix, r: number): Float64Array {
  const from = matrix.offset[r]!;
  return matrix.weights.subarray(from, from + matrix.length[r]!);
}

/** The matrix product `left · right`: first `right` is applied to the samples, then `left`. */
export function compose(left: AxisMatrix, right: AxisMatrix): AxisMatrix {
  const product = new MatrixBuilder(left.rows, right.columns);
  for (let r = 0; r < left.rows; r++) {
    const scales = weightsOf(left, r);
    const first = left.start[r]!;
    let start = right.columns;
    let end = 0;
    for (let k = 0; k < scales.length; k++) {
      start = Math.min(start, right.start[first + k]!);
      end = Math.max(end, right.start[first + k]! + right.length[first + k]!);
    }
    const sum = product.row(start, end - start);
    for (let k = 0; k < scales.length; k++) {
      const weights = weightsOf(right, first + k);
      const to = right.start[first + k]! - start;
      for (let c = 0; c < weights.length; c++) sum[to + c]! += scales[k]! * weights[c]!;
    }
  }
  return product.build();
}

/** The matrix that does the same to the samples in reverse order. */
export function reversed(matrix: AxisMatrix): AxisMatrix {
  const mirror = new MatrixBuilder(matrix.rows, matrix.columns, matrix.weights.length);
  for (let r = 0; r < matrix.rows; r++) {
    const weights = weightsOf(matrix, r);
    const start = matrix.columns - matrix.start[r]! - weights.length;
    mirror.row(start, weights.length).set(weights.slice().reverse());
  }
  return mirror.build();
}

/** Row `i` of a matrix, applied down the rows of a plane; valid until the next call. */
export type RowSums = (i: number) => Float64Array;

/** Of a plane whose rows, of `width` samples, are `stride` apart. */
export type SumRows = (
  plane: Float32Array,
  stride: number,
  width: number,
  matrix: AxisMatrix,
) => RowSums;

/**
 * Applies one matrix along the columns of each row and another down the rows.
 * `plane` is row-major, `across.columns` wide and `down.columns` high, its rows `stride` apart;
 * the result is row-major, `across.rows` wide and `down.rows` high.
 */
export function applyBoth(
  plane: Float32Array,
  across: AxisMatrix,
  down: AxisMatrix,
  stride: number = across.columns,
  sumRows: SumRows = sumRowsHere,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(across.rows * down.rows);
  const sums = sumRows(plane, stride, across.columns, down);
  for (let i = 0; i < down.rows; i++) {
    const row = sums(i);
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

const sumRowsHere: SumRows = (plane, stride, width, matrix) => {
  const row = new Float64Array(width);
  return (i) => {
    row.fill(0);
    addRows(plane, stride, matrix, i, row);
    return row;
  };
};

/** Adds to `row` the rows of the plane, weighed by row `i` of the matrix; four at once, to touch it less. */
function addRows(
  plane: Float32Array,
  stride: number,
  matrix: AxisMatrix,
  i: number,
  row: Float64Array,
): void {
  const { weights } = matrix;
  const width = row.length;
  const count = matrix.length[i]!;
  const first = matrix.offset[i]!;
  let a = matrix.start[i]! * stride;
  let k = 0;
  for (; k + 4 <= count; k += 4, a += 4 * stride) {
    // Not an array of four: this would be half the garbage that a JPEG makes.
    const wa = weights[first + k]!;
    const wb = weights[first + k + 1]!;
    const wc = weights[first + k + 2]!;
    const wd = weights[first + k + 3]!;
    const b = a + stride;
    const c = b + stride;
    const d = c + stride;
    for (let x = 0; x < width; x++) {
      row[x]! += wa * plane[a + x]! + wb * plane[b + x]! + wc * plane[c + x]! + wd * plane[d + x]!;
    }
  }
  for (; k < count; k++, a += stride) {
    const weight = weights[first + k]!;
    for (let x = 0; x < width; x++) row[x]! += weight * plane[a + x]!;
  }
}
