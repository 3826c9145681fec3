/** What the samples of a TIFF's pixels mean: photometric interpretation (TIFF 6.0, section 8 and part 3). */

import { damaged, type Structure, type Trouble } from './structure.ts';

/** Names, and samples of a pixel that are colour. Lab may be lightness alone. */
const COLORS: Readonly<Record<number, readonly [NonNullable<Structure['color']>, number]>> = {
  0: ['grey', 1],
  1: ['grey', 1],
  2: ['rgb', 3],
  3: ['palette', 1],
  5: ['cmyk', 4],
  6: ['ycc', 3],
  8: ['lab', 3],
};
const LAB = 8;

/** @param extra there are samples that are no colour */
export function colorOf(
  photometric: number,
  samples: number,
  extra: boolean,
): Pick<Structure, 'color' | 'alpha'> {
  const known = COLORS[photometric];
  return known ? { color: known[0], alpha: extra && samples > known[1] } : {};
}

/** Decoders differ in what they make of a picture with fewer samples than its colours need. */
export function missingSamples(photometric: number, samples: number): Trouble | undefined {
  const [color, needed] = COLORS[photometric] ?? [];
  if (needed === undefined || samples >= needed || photometric === LAB) return undefined;
  return damaged(`its colours are ${color}, with ${samples} of ${needed} samples a pixel`);
}
