/**
 * PDQ, the perceptual hash of Meta (2017), 256 bits: the signs, around their median, of the 16 × 16
 * lowest frequencies of the picture's luminance. Written after the published algorithm. Where the
 * reference rounds each sum to float32, this is as exact or more: they differ in the bits of
 * coefficients that equal the median to seven digits, which no picture but a flat one has.
 */
import { BUFFER } from './filters.ts';

/** Coefficients a side: rows 1–16 of the DCT; row 0 holds the brightness, which does not count. */
const SIDE = 16;

export interface PdqHash {
  /** 64 lower-case hex digits; bit k of the hash is bit k of the number they write. */
  readonly hex: string;
  /** 0–100: how much structure there is. Below 50 the hash says little. */
  readonly quality: number;
  /**
   * A quarter of the coefficients lie so near to the median, or nearer, in grey levels. Photos have 1.9 and more;
   * below 1 what decides is how the pixels were rounded.
   */
  readonly margin: number;
}

/** Hash and quality of a 64 × 64 buffer of luminance (0–255, row-major). */
export function hashBuffer(buffer: Float32Array): PdqHash {
  const coefficients = dct(buffer);
  const sorted = coefficients.slice().sort();
  const bits = thresholdAt(medianOf(sorted), coefficients);
  return { hex: toHex(bits), quality: qualityOf(buffer), margin: marginOf(sorted) };
}

/** A picture with a side below 5 pixels has no hash: all zero, quality 0. */
export const NO_HASH: PdqHash = { hex: '0'.repeat(64), quality: 0, margin: 0 };

/** Sums the visible steps between neighbours: flat and blurred pictures stay below 50. */
function qualityOf(buffer: Float32Array): number {
  let sum = 0;
  const step = (from: number, to: number) =>
    Math.abs(Math.trunc(Math.fround(Math.fround((buffer[from]! - buffer[to]!) * 100) / 255)));
  for (let i = 0; i < BUFFER; i++) {
    for (let j = 0; j < BUFFER; j++) {
      const at = i * BUFFER + j;
      if (i + 1 < BUFFER) sum += step(at, at + BUFFER);
      if (j + 1 < BUFFER) sum += step(at, at + 1);
    }
  }
  return Math.min(100, Math.trunc(sum / 90));
}

let cosines: Float32Array | undefined;

/**
 * Left half of `D[i][j] = √(2/64) · cos(π/128 · (i + 1)(2j + 1))`, rows 1–16 of the DCT-II of 64
 * samples, in float32 as the reference has it. The right half mirrors it: D[i][63 − j] is D[i][j]
 * for odd i and −D[i][j] for even i.
 */
function halfDct(): Float32Array {
  cosines ??= Float32Array.from({ length: SIDE * HALF }, (_, at) => {
    const i = Math.floor(at / HALF);
    const j = at % HALF;
    return Math.sqrt(2 / BUFFER) * Math.cos((Math.PI / (2 * BUFFER)) * (i + 1) * (2 * j + 1));
  });
  return cosines;
}

const HALF = BUFFER / 2;

/** `D · A · Dᵀ`, 16 × 16: row i is vertical frequency i + 1, column j horizontal frequency j + 1. */
export function dct(buffer: Float32Array): Float32Array<ArrayBuffer> {
  return alongColumns(alongColumns(buffer, BUFFER), SIDE);
}

/** `(D · A)ᵀ` for a matrix A of 64 rows and `columns` columns; sums and differences of the mirrored rows halve the work. */
function alongColumns(a: Float32Array, columns: number): Float32Array<ArrayBuffer> {
  const d = halfDct();
  const out = new Float32Array(columns * SIDE);
  const sums = new Float32Array(HALF);
  const differences = new Float32Array(HALF);
  for (let j = 0; j < columns; j++) {
    for (let k = 0; k < HALF; k++) {
      const upper = a[k * columns + j]!;
      const lower = a[(BUFFER - 1 - k) * columns + j]!;
      sums[k] = upper + lower;
      differences[k] = upper - lower;
    }
    for (let i = 0; i < SIDE; i++) {
      const folded = (i & 1) === 0 ? differences : sums;
      let sum = 0;
      for (let k = 0; k < HALF; k++) sum += d[i * HALF + k]! * folded[k]!;
      out[j * SIDE + i] = sum;
    }
  }
  return out;
}

/** 256 bits in eight words: bit k is 1 when coefficient k is above the lower median. */
export function thresholdAtMedian(coefficients: Float32Array): Uint32Array<ArrayBuffer> {
  return thresholdAt(medianOf(coefficients.slice().sort()), coefficients);
}

/** The reference's Torben median of an even count is the lower of the two middle values. */
function medianOf(sorted: Float32Array): number {
  return sorted[sorted.length / 2 - 1]!;
}

function marginOf(sorted: Float32Array): number {
  const eighth = sorted.length / 8;
  return (sorted[5 * eighth - 1]! - sorted[3 * eighth - 1]!) / 2;
}

function thresholdAt(median: number, coefficients: Float32Array): Uint32Array<ArrayBuffer> {
  const bits = new Uint32Array(8);
  for (let k = 0; k < coefficients.length; k++) {
    if (coefficients[k]! > median) bits[k >>> 5]! |= 1 << (k & 31);
  }
  return bits;
}

/** Highest word first, so that bit k has the weight 2ᵏ in the number written. */
export function toHex(bits: Uint32Array): string {
  return Array.from(bits, (word) => word.toString(16).padStart(8, '0'))
    .reverse()
    .join('');
}

/** The inverse of {@link toHex}. `hex` must be 64 hex digits. */
export function fromHex(hex: string): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: 8 }, (_, word) =>
    Number.parseInt(hex.slice(56 - 8 * word, 64 - 8 * word), 16),
  );
}
