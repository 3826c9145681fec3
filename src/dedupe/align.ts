import { solveSymmetric } from './solve.ts';

/**
 * Lays one small picture over another: Gauss–Newton on the differences of brightness (Lucas & Kanade
 * 1981; Baker & Matthews 2004), with weights under which what a watermark covers counts little.
 *
 * The motion is a crop, so four numbers say it: how far each edge of `moved` lies inside `fixed`, as
 * a share of its side (negative: outside, then `fixed` is the cropped one or `moved` has a border).
 * Gain and bias of the brightness are found along with them; what they lift above white is clipped.
 */
export interface Alignment {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly gain: number;
  /** Grey levels. */
  readonly bias: number;
}

export const IDENTITY: Alignment = { left: 0, right: 0, top: 0, bottom: 0, gain: 1, bias: 0 };

/** Samples next to an edge hold a part of any border, and are left out. */
const MARGIN = 1;
/** An edge further away than this is no crop of a few percent any more. */
const MAX_EDGE = 0.12;
/** A difference so many times the mean one has half the weight. */
const TOLERATED = 2;
/** Keeps an edge still where there is too little structure to place it, in grey levels². */
const STILL = 400;
/** The same as good as infinite. */
const FIXED = 1e12;
/** Steps below this share of a side end the search: a fiftieth of a sample. */
const SETTLED = 0.0004;

/**
 * Improves `start` by at most `rounds` steps; with `none` only gain and bias. `undefined` when an edge runs away or less than half
 * of the pictures overlap.
 */
export function align(
  fixed: Float32Array,
  moved: Float32Array,
  side: number,
  start: Alignment,
  rounds: number,
  motion: 'edges' | 'none' = 'edges',
): Alignment | undefined {
  const still = motion === 'edges' ? STILL : FIXED;
  const p = [start.left, start.right, start.top, start.bottom, start.gain, start.bias];
  let scale = 24;
  for (let round = 0; round < rounds; round++) {
    const sums = accumulate(fixed, moved, side, p, scale);
    if (sums.count < (side * side) / 2) return undefined;
    for (let k = 0; k < 4; k++) sums.system[k * 8]! += still * sums.count;
    sums.system[32]! += sums.count;
    sums.system[40]! += sums.count / 1000;
    const step = solveSymmetric(sums.system, 6);
    if (step === undefined) return undefined;
    let moves = 0;
    for (let k = 0; k < 6; k++) {
      p[k]! += step[k] as number;
      if (k >= 4) continue;
      moves = Math.max(moves, Math.abs(step[k] as number));
      if (!(Math.abs(p[k] as number) <= MAX_EDGE)) return undefined;
    }
    scale = Math.max(3, (TOLERATED * sums.absolute) / sums.count);
    if (moves < SETTLED) break;
  }
  const [left, right, top, bottom, gain, bias] = p as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return { left, right, top, bottom, gain, bias };
}

/** The weighted normal equations at `p`: 6 rows of 7 numbers, upper half, right side last. */
function accumulate(
  fixed: Float32Array,
  moved: Float32Array,
  side: number,
  p: readonly number[],
  scale: number,
): { system: Float64Array; count: number; absolute: number } {
  const [l, r, t, b, g, c] = p as [number, number, number, number, number, number];
  const system = new Float64Array(42);
  const j = new Float64Array(6).fill(1);
  let absolute = 0;
  let count = 0;
  const last = side - 1 - MARGIN;
  for (let y = MARGIN; y <= last; y++) {
    const v = (y + 0.5) / side;
    const fy = (t + v * (1 - t - b)) * side - 0.5;
    if (fy < MARGIN || fy > last) continue;
    const y0 = Math.min(side - 2, Math.floor(fy));
    const dy = fy - y0;
    for (let x = MARGIN; x <= last; x++) {
      const u = (x + 0.5) / side;
      const fx = (l + u * (1 - l - r)) * side - 0.5;
      if (fx < MARGIN || fx > last) continue;
      const x0 = Math.min(side - 2, Math.floor(fx));
      const dx = fx - x0;
      const at = y0 * side + x0;
      const a = fixed[at] as number;
      const across = (fixed[at + 1] as number) - a;
      const below = fixed[at + side] as number;
      const acrossBelow = (fixed[at + side + 1] as number) - below;
      const upper = a + across * dx;
      const lower = below + acrossBelow * dx;
      const value = upper + (lower - upper) * dy;
      const expected = g * value + c;
      count++;
      const clipped = Math.max(0, Math.min(255, expected));
      const e = (moved[y * side + x] as number) - clipped;
      absolute += Math.abs(e);
      if (clipped !== expected) continue;
      const gx = (across + (acrossBelow - across) * dy) * g * side;
      const gy = (lower - upper) * g * side;
      j[0] = gx * (1 - u);
      j[1] = -gx * u;
      j[2] = gy * (1 - v);
      j[3] = -gy * v;
      j[4] = value;
      const ratio = e / scale;
      const weight = 1 / (1 + ratio * ratio);
      for (let row = 0; row < 6; row++) {
        const weighted = weight * (j[row] as number);
        for (let col = row; col < 6; col++) {
          system[row * 7 + col]! += weighted * (j[col] as number);
        }
        system[row * 7 + 6]! += weighted * e;
      }
    }
  }
  return { system, count, absolute };
}

export interface Overlap {
  /** By sample of `moved`; NaN outside the overlap. */
  readonly differences: Float32Array;
  /** What `fixed` lets expect there. */
  readonly expected: Float32Array;
}

/** Compares `moved` with the aligned `fixed`, sample by sample; values are clipped to low … high. */
export function overlap(
  fixed: Float32Array,
  moved: Float32Array,
  side: number,
  { left, right, top, bottom, gain, bias }: Alignment,
  [low, high]: readonly [number, number] = [0, 255],
): Overlap {
  const differences = new Float32Array(side * side).fill(Number.NaN);
  const expected = new Float32Array(side * side);
  const last = side - 1 - MARGIN;
  for (let y = MARGIN; y <= last; y++) {
    const fy = (top + ((y + 0.5) / side) * (1 - top - bottom)) * side - 0.5;
    if (fy < MARGIN - 0.01 || fy > last + 0.01) continue;
    const y0 = Math.min(side - 2, Math.floor(fy));
    for (let x = MARGIN; x <= last; x++) {
      const fx = (left + ((x + 0.5) / side) * (1 - left - right)) * side - 0.5;
      if (fx < MARGIN - 0.01 || fx > last + 0.01) continue;
      const x0 = Math.min(side - 2, Math.floor(fx));
      const at = y0 * side + x0;
      const dx = fx - x0;
      const upper = (fixed[at] as number) * (1 - dx) + (fixed[at + 1] as number) * dx;
      const lower = (fixed[at + side] as number) * (1 - dx) + (fixed[at + side + 1] as number) * dx;
      const value = gain * (upper + (lower - upper) * (fy - y0)) + bias;
      const clipped = Math.max(low, Math.min(high, value));
      expected[y * side + x] = clipped;
      differences[y * side + x] = (moved[y * side + x] as number) - clipped;
    }
  }
  return { differences, expected };
}
