/**
 * Printing colours to red, green and blue. Inks multiply, so this cannot be done to coefficients:
 * the kept ones of each block become a few samples, these are converted, and become coefficients again.
 * Without a colour profile, as browsers do it: light = (1 − ink) · (1 − black).
 */
import type { Component } from './coefficients.ts';
import type { Frame } from './frame.ts';

/** Red, green and blue as components that look like stored ones. */
export function withoutInk(frame: Frame): readonly Component[] {
  const like = frame.components[0]!;
  const [first, second, third, black] = frame.components.map(samplesOf) as Planes;
  const inks = [first, second, third];
  if (frame.color === 'ycck') fromYcc(inks);
  for (const plane of [...inks, black]) {
    // Adobe stores inks inverted: 255 is the light of bare paper.
    for (let i = 0; i < plane.length; i++) {
      const value = Math.max(0, Math.min(255, plane[i]!));
      plane[i] = frame.inverted ? value : 255 - value;
    }
  }
  return inks.map((ink) => {
    for (let i = 0; i < ink.length; i++) ink[i] = (ink[i]! * black[i]!) / 255 - 128;
    return { ...like, values: transformed(ink, like, 'forward') };
  });
}

type Planes = [Float32Array, Float32Array, Float32Array, Float32Array];

/** YCCK holds the complement of CMY as Y, Cb and Cr (as libjpeg reads it). */
function fromYcc([y, cb, cr]: Float32Array[]): void {
  if (!y || !cb || !cr) return;
  for (let i = 0; i < y.length; i++) {
    const light = y[i]!;
    const blue = cb[i]! - 128;
    const red = cr[i]! - 128;
    y[i] = 255 - (light + 1.402 * red);
    cb[i] = 255 - (light - 0.344136 * blue - 0.714136 * red);
    cr[i] = 255 - (light + 1.772 * blue);
  }
}

/** `kept` × `kept` samples of each block, 0–255. */
function samplesOf(component: Component): Float32Array {
  return transformed(component.values, component, 'inverse').map((sample) => sample + 128);
}

/**
 * The orthonormal DCT of `kept` points (or its inverse) on each block, scaled so that a flat block
 * of the 8-point transform keeps its level.
 */
function transformed(
  values: Float32Array,
  { kept, stride }: Component,
  direction: 'forward' | 'inverse',
): Float32Array {
  const scale = direction === 'forward' ? 8 / kept : kept / 8;
  const out = new Float32Array(values.length);
  for (let row = 0; row < values.length / stride; row += kept) {
    for (let column = 0; column < stride; column += kept) {
      for (let j = 0; j < kept; j++) {
        for (let i = 0; i < kept; i++) {
          let sum = 0;
          for (let y = 0; y < kept; y++) {
            const from = (row + y) * stride + column;
            const weight = direction === 'forward' ? cosine(kept, j, y) : cosine(kept, y, j);
            for (let x = 0; x < kept; x++) {
              const other = direction === 'forward' ? cosine(kept, i, x) : cosine(kept, x, i);
              sum += values[from + x]! * weight * other;
            }
          }
          out[(row + j) * stride + column + i] = sum * scale;
        }
      }
    }
  }
  return out;
}

const cosines = new Map<number, Float64Array>();

/** Sample x of the u-th vector of the orthonormal DCT-II of n points. */
function cosine(n: number, u: number, x: number): number {
  let table = cosines.get(n);
  if (!table) {
    table = Float64Array.from({ length: n * n }, (_, at) => {
      const frequency = Math.floor(at / n);
      const angle = ((2 * (at % n) + 1) * frequency * Math.PI) / (2 * n);
      return Math.cos(angle) * Math.sqrt((frequency === 0 ? 1 : 2) / n);
    });
    cosines.set(n, table);
  }
  return table[u * n + x]!;
}
