import { LUMA_SIDE } from '../inspect/thumbnail.ts';
import { newCore } from './memory.ts';
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
  sumsOf ??= new Sums();
  sumsOf.take(fixed, moved, side);
  for (let round = 0; round < rounds; round++) {
    const sums = sumsOf.at(p, scale);
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

/** Numbers of a system of six equations, the right side among them. */
const SYSTEM = 6 * 7;

/** One pair of pictures in the core's memory, and what it makes of them (core/normal-equations.ts). */
class Sums {
  readonly #core = newCore();
  readonly #fixed: Float32Array;
  readonly #moved: Float32Array;
  readonly #motion: Float64Array;
  /** The sum of absolute differences behind it. */
  readonly #system: Float64Array;
  #side = 0;

  constructor() {
    const { buffer } = this.#core.memory;
    const most = LUMA_SIDE ** 2;
    let at = (this.#core.roomsFrom.value + 7) & ~7;
    this.#motion = new Float64Array(buffer, at, 6);
    at += this.#motion.byteLength;
    this.#system = new Float64Array(buffer, at, SYSTEM + 1);
    at += this.#system.byteLength;
    this.#fixed = new Float32Array(buffer, at, most);
    this.#moved = new Float32Array(buffer, at + this.#fixed.byteLength, most);
  }

  take(fixed: Float32Array, moved: Float32Array, side: number): void {
    this.#fixed.set(fixed);
    this.#moved.set(moved);
    this.#side = side;
  }

  /** The weighted normal equations at `p`: 6 rows of 7 numbers, upper half, right side last; valid until the next call. */
  at(
    p: readonly number[],
    scale: number,
  ): { system: Float64Array; count: number; absolute: number } {
    this.#motion.set(p);
    const count = this.#core.normalEquations(
      this.#fixed.byteOffset,
      this.#moved.byteOffset,
      this.#side,
      this.#motion.byteOffset,
      scale,
      this.#system.byteOffset,
    );
    return { system: this.#system, count, absolute: this.#system[SYSTEM] as number };
  }
}

let sumsOf: Sums | undefined;

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
