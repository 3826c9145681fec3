/** The linear filters that PDQ and the thumbnail are made of, each as a matrix for one axis. */
import { type AxisMatrix, compose, MatrixBuilder, weightsOf } from './axis-matrix.ts';
import { cubic, LanczosRow } from './lanczos.ts';

/** Side of the buffer that PDQ's DCT is taken of. */
export const BUFFER = 64;
/** Side to which the reference reduces a larger picture before filtering. */
export const REDUCED = 512;

/**
 * Two passes of PDQ's box filter, then its decimation: n samples to 64.
 *
 * The window over n samples is ⌊(n + 127) / 128⌋ (so that two passes make a tent about 1/64 of the
 * picture wide), is cut at the edges, and reaches one further to the right when even. Decimation picks
 * sample ⌊(i + ½) n / 64⌋. A picture of exactly 64 × 64 is taken as it is; its caller sees to that.
 */
export function boxTwiceAndDecimate(n: number): AxisMatrix {
  const pick = new MatrixBuilder(BUFFER, n);
  for (let i = 0; i < BUFFER; i++) pick.row(Math.trunc(((i + 0.5) * n) / BUFFER), 1)[0] = 1;
  const box = boxPass(n, Math.floor((n + 127) / 128));
  return compose(compose(pick.build(), box), box);
}

function boxPass(n: number, window: number): AxisMatrix {
  const ahead = Math.floor((window + 2) / 2) - 1;
  const behind = window - 1 - ahead;
  const box = new MatrixBuilder(n, n, n * window);
  for (let i = 0; i < n; i++) {
    const start = Math.max(0, i - behind);
    const length = Math.min(n - 1, i + ahead) - start + 1;
    box.row(start, length).fill(1 / length);
  }
  return box.build();
}

/** Takes every sample as it is. */
export function identity(n: number): AxisMatrix {
  const matrix = new MatrixBuilder(n, n);
  for (let i = 0; i < n; i++) matrix.row(i, 1)[0] = 1;
  return matrix.build();
}

/** What becomes of a reduced sample: box filters and decimation. By row of PDQ's buffer. */
type ReducedRows = readonly { readonly kernel: LanczosRow; readonly first: number }[];

let decimation: AxisMatrix | undefined;
let reducedRows: ReducedRows | undefined;
let movedRows: ReducedRows | undefined;

/**
 * Reduction (or enlargement) of n samples to 512 by Lanczos' windowed sinc with 3 lobes, then PDQ's
 * box filters and decimation: 64 rows. Samples beyond the edge repeat the last one.
 *
 * @param mixed one axis is reduced and the other one enlarged. libvips then moves the picture by half
 *   a sample of the 512, along both axes (8.18, vips_resize); without the same here, its hash would
 *   depend by up to 14 bits on the way in which its format is read.
 */
export function reduceAndFilter(n: number, mixed: boolean): AxisMatrix {
  const scale = REDUCED / n;
  const matrix = new MatrixBuilder(BUFFER, n, Math.ceil((BUFFER * 16) / scale));
  for (const { kernel, first } of rowsFor(scale, mixed)) kernel.addTo(matrix, n, scale, first);
  return matrix.build();
}

/**
 * A picture of which `n` samples are known in place of `size`: enlarged to those by Catmull and Rom's cubic,
 * centres aligned, then PDQ's box filters and decimation.
 *
 * @param mixed as in {@link reduceAndFilter}, the picture being one that libvips has moved
 */
export function enlargeAndFilter(n: number, size: number, mixed: boolean): AxisMatrix {
  let rows = boxTwiceAndDecimate(size);
  if (mixed) rows = compose(rows, movedByHalf(size));
  return compose(rows, enlarged(n, size));
}

/** Samples beyond the edge repeat the last one. */
function enlarged(n: number, size: number): AxisMatrix {
  const matrix = new MatrixBuilder(size, n, 4 * size);
  for (let i = 0; i < size; i++) {
    const center = ((i + 0.5) * n) / size - 0.5;
    const first = Math.floor(center) - 1;
    const start = Math.max(0, first);
    const weights = matrix.row(start, Math.min(n - 1, first + 3) - start + 1);
    const last = weights.length - 1;
    for (let k = first; k <= first + 3; k++) {
      weights[Math.max(0, Math.min(last, k - start))]! += cubic(k - center);
    }
  }
  return matrix.build();
}

function rowsFor(scale: number, mixed: boolean): ReducedRows {
  decimation ??= boxTwiceAndDecimate(REDUCED);
  if (scale > 1) return rowsAfterReduction(decimation, scale);
  if (mixed) {
    movedRows ??= rowsAfterReduction(compose(decimation, movedByHalf(REDUCED)), 1);
    return movedRows;
  }
  reducedRows ??= rowsAfterReduction(decimation, 1);
  return reducedRows;
}

function rowsAfterReduction(rows: AxisMatrix, widen: number): ReducedRows {
  // All rows but those at the edges have the same weights.
  let weights: Float64Array = new Float64Array();
  let kernel: LanczosRow;
  return Array.from({ length: BUFFER }, (_, r) => {
    const own = weightsOf(rows, r);
    if (own.length !== weights.length || own.some((weight, k) => weight !== weights[k])) {
      weights = own;
      kernel = new LanczosRow(own, widen);
    }
    return { kernel, first: rows.start[r]! };
  });
}

/** Half a sample towards the end, by Catmull and Rom's cubic; the first sample is repeated. */
function movedByHalf(n: number): AxisMatrix {
  const matrix = new MatrixBuilder(n, n, 4 * n);
  for (let i = 0; i < n; i++) {
    const start = Math.max(0, i - 2);
    const weights = matrix.row(start, Math.min(n - 1, i + 1) - start + 1);
    const last = weights.length - 1;
    for (const [k, weight] of [-1, 9, 9, -1].entries()) {
      weights[Math.max(0, Math.min(last, i - 2 + k - start))]! += weight / 16;
    }
  }
  return matrix.build();
}

/** Averages over `to` equal parts of the axis; samples across a border count in part on each side. */
export function areaAverage(from: number, to: number): AxisMatrix {
  const matrix = new MatrixBuilder(to, from, from + 2 * to);
  for (let i = 0; i < to; i++) {
    const begin = (i * from) / to;
    const end = ((i + 1) * from) / to;
    const start = Math.min(from - 1, Math.floor(begin));
    const stop = Math.max(start + 1, Math.min(from, Math.ceil(end - 1e-9)));
    const weights = matrix.row(start, stop - start);
    for (let k = 0; k < weights.length; k++) {
      const covered = Math.min(end, start + k + 1) - Math.max(begin, start + k);
      weights[k] = Math.max(0, covered) / (end - begin);
    }
  }
  return matrix.build();
}
