/** Colours for samples that are none: those of a palette, and greys of few bits or from white to black. */
import { TAG } from '../structure/tiff-directory.ts';
import type { Fields } from './fields.ts';

const WHITE_IS_ZERO = 0;
const BLACK_IS_ZERO = 1;
const PALETTE = 3;

/**
 * RGB, three bytes each. Undefined when samples are colours themselves, null when there is a palette that is
 * not as it should be.
 */
export function colorsOf(
  fields: Fields,
  photometric: number,
  bits: number,
): Uint8Array | undefined | null {
  if (photometric === PALETTE) return bits <= 8 ? paletteOf(fields, 2 ** bits) : null;
  const highest = 2 ** bits - 1;
  if (photometric === WHITE_IS_ZERO) return greys(highest, (sample) => highest - sample);
  if (photometric === BLACK_IS_ZERO && bits < 8) return greys(highest, (sample) => sample);
  return undefined;
}

function greys(highest: number, level: (sample: number) => number): Uint8Array {
  return Uint8Array.from(
    { length: 3 * (highest + 1) },
    (_, i) => (level(Math.floor(i / 3)) * 255) / highest,
  );
}

/** All reds, then all greens, then all blues, 16 bits each. */
function paletteOf(fields: Fields, places: number): Uint8Array | null {
  if (fields.count(TAG.colorMap) !== 3 * places) return null;
  const values = Array.from({ length: 3 * places }, (_, i) => fields.at(TAG.colorMap, i));
  if (values.some(Number.isNaN)) return null;
  // Old writers filled only the low bytes; libvips believes so when all high ones are zero.
  const old = values.every((value) => value < 256);
  return Uint8Array.from({ length: 3 * places }, (_, i) => {
    const value = values[(i % 3) * places + Math.floor(i / 3)]!;
    return old ? value : value >> 8;
  });
}
