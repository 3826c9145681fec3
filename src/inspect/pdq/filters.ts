/** The linear filters that PDQ and the thumbnail are made of, each as a matrix for one axis. */
import { type AxisMatrix, compose, fromRows } from './axis-matrix.ts';

/** Side of the buffer that PDQ's DCT is taken of. */
export const BUFFER = 64;
/** Side to which the reference reduces a larger picture before filtering. */
export const REDUCED = 512;

/**
 * Two passes of PDQ's box filter, then its decimation: n samples to 64.
 *
 * The window over n samples is ⌊(n + 127) / 128⌋ (so that two passes make a tent about 1/64 of the
 * picture wide), is cut at the edges, and reaches one further to the right when even. Decimation picks
 * sample ⌊(i + ½) n / 64⌋. A side of exactly 64 is only taken as it is when both sides are: see hash.ts.
 */
export function boxTwiceAndDecimate(n: number): AxisMatrix {
  const window = Math.floor((n + 127) / 128);
  const box = boxPass(n, window);
  const pick = Array.from({ length: BUFFER }, (_, i) => ({
    start: Math.trunc(((i + 0.5) * n) / BUFFER),
    weights: [1],
  }));
  return compose(compose(fromRows(n, pick), box), box);
}

function boxPass(n: number, window: number): AxisMatrix {
  const ahead = Math.floor((window + 2) / 2) - 1;
  const behind = window - 1 - ahead;
  const rows = Array.from({ length: n }, (_, i) => {
    const start = Math.max(0, i - behind);
    const end = Math.min(n - 1, i + ahead);
    const length = end - start + 1;
    return { start, weights: new Float64Array(length).fill(1 / length) };
  });
  return fromRows(n, rows);
}

/** Takes every sample as it is. */
export function identity(n: number): AxisMatrix {
  return fromRows(
    n,
    Array.from({ length: n }, (_, i) => ({ start: i, weights: [1] })),
  );
}

/** Resampling by Lanczos' windowed sinc, 3 lobes, pixel centres aligned, edge samples repeated. */
export function lanczos3(from: number, to: number): AxisMatrix {
  const scale = from / to;
  // When enlarging, the kernel keeps the width of the source's samples.
  const stretch = Math.max(1, scale);
  const reach = 3 * stretch;
  const rows = Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale - 0.5;
    const first = Math.ceil(centre - reach);
    const last = Math.floor(centre + reach);
    const start = clamp(first, 0, from - 1);
    const weights = new Float64Array(clamp(last, 0, from - 1) - start + 1);
    let sum = 0;
    for (let x = first; x <= last; x++) {
      const weight = kernel((x - centre) / stretch);
      const at = clamp(x, 0, from - 1) - start;
      weights[at] = weights[at]! + weight;
      sum += weight;
    }
    for (let k = 0; k < weights.length; k++) weights[k] = weights[k]! / sum;
    return { start, weights };
  });
  return fromRows(from, rows);
}

/** Steps of the kernel's table within one lobe: its error stays below 10⁻⁵, its sines are taken once. */
const STEPS = 1024;
let kernelTable: Float64Array | undefined;

function kernel(x: number): number {
  kernelTable ??= Float64Array.from({ length: 3 * STEPS + 2 }, (_, i) => {
    const t = (Math.PI * i) / STEPS;
    if (i === 0) return 1;
    return i >= 3 * STEPS ? 0 : (3 * Math.sin(t) * Math.sin(t / 3)) / (t * t);
  });
  const at = Math.abs(x) * STEPS;
  const below = Math.floor(at);
  const rest = at - below;
  return (kernelTable[below] ?? 0) * (1 - rest) + (kernelTable[below + 1] ?? 0) * rest;
}

/** Averages over `to` equal parts of the axis; samples that lie across a border count in part on each side. */
export function areaAverage(from: number, to: number): AxisMatrix {
  const rows = Array.from({ length: to }, (_, i) => {
    const begin = (i * from) / to;
    const end = ((i + 1) * from) / to;
    const start = Math.min(from - 1, Math.floor(begin));
    const stop = Math.max(start + 1, Math.ceil(end - 1e-9));
    const weights = Array.from({ length: stop - start }, (_, k) => {
      const covered = Math.min(end, start + k + 1) - Math.max(begin, start + k);
      return Math.max(0, covered) / (end - begin);
    });
    return { start, weights };
  });
  return fromRows(from, rows);
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
