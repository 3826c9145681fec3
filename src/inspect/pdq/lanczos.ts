/**
 * One output sample of "resample by Lanczos, then weigh some neighbours": a single kernel, kept as a
 * table, because its sines would cost more than all the rest of a hash.
 */
import type { MatrixBuilder } from './axis-matrix.ts';

const LOBES = 3;
/** Table entries per unit of the kernel; between them it is interpolated (error below 10⁻⁴). */
const STEPS = 256;

export class LanczosRow {
  readonly #table: Float64Array;
  readonly #reach: number;
  /** Table entries per sample of the reduced axis. */
  readonly #steps: number;
  /** Reduced samples from the first one that is weighed to the last. */
  readonly #span: number;
  /** Place on the reduced axis of the beginning of the source's first sample. */
  readonly #origin: number;

  /** @param widen 1 for a reduction, the factor of an enlargement */
  constructor(weights: Float64Array, widen: number) {
    this.#span = weights.length - 1;
    this.#reach = LOBES * widen;
    this.#steps = Math.ceil(STEPS / widen);
    // Centres aligned, or what libvips does when it enlarges.
    this.#origin = widen > 1 ? 0 : -0.5;
    // When enlarging, the kernel keeps the width of the source's samples: it is wider here. And it
    // is cubic, as in libvips, so that a picture's hash is the same whichever way it is read.
    const kernel = widen > 1 ? cubic : lanczos;
    const single = Float64Array.from(
      { length: Math.ceil(2 * this.#reach * this.#steps) },
      (_, at) => kernel((at / this.#steps - this.#reach) / widen),
    );
    const length = this.#span + 2 * this.#reach;
    this.#table = new Float64Array(Math.ceil(length * this.#steps) + 2);
    for (const [k, weight] of weights.entries()) {
      const from = k * this.#steps;
      for (let at = 0; at < single.length; at++) this.#table[from + at]! += weight * single[at]!;
    }
  }

  /**
   * Adds a row over `n` source samples.
   * @param scale reduced samples per source sample
   * @param first the reduced sample that the first weight belongs to
   */
  addTo(matrix: MatrixBuilder, n: number, scale: number, first: number): void {
    const table = this.#table;
    const steps = this.#steps;
    const origin = this.#origin;
    const left = first - this.#reach;
    const right = first + this.#span + this.#reach;
    const from = Math.ceil((left - origin) / scale - 0.5);
    const to = Math.floor((right - origin) / scale - 0.5);
    const start = Math.min(n - 1, Math.max(0, from));
    const weights = matrix.row(start, Math.max(start, Math.min(n - 1, to)) - start + 1);
    const last = weights.length - 1;
    let sum = 0;
    for (let x = from; x <= to; x++) {
      const at = ((x + 0.5) * scale + origin - left) * steps;
      const below = Math.trunc(at);
      const weight = table[below]! + (table[below + 1]! - table[below]!) * (at - below);
      weights[Math.min(last, Math.max(0, x - start))]! += weight;
      sum += weight;
    }
    for (let k = 0; k <= last; k++) weights[k]! /= sum;
  }
}

function lanczos(x: number): number {
  if (Math.abs(x) >= LOBES) return 0;
  const t = Math.PI * x;
  return Math.abs(t) < 1e-6 ? 1 : (LOBES * Math.sin(t) * Math.sin(t / LOBES)) / (t * t);
}

/** Catmull-Rom. */
export function cubic(x: number): number {
  const t = Math.abs(x);
  if (t < 1) return (1.5 * t - 2.5) * t * t + 1;
  return t < 2 ? ((-0.5 * t + 2.5) * t - 4) * t + 2 : 0;
}
