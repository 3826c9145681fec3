/** The hashes of a picture's eight orientations, all from one DCT: turning and mirroring only swaps
 * axes and flips signs of coefficients. */
import { dct, thresholdAtMedian, toHex } from './hash.ts';

/** The names of the reference implementation, in its order. */
export const DIHEDRAL = [
  'original',
  'rotate90',
  'rotate180',
  'rotate270',
  'flipX',
  'flipY',
  'flipPlus1',
  'flipMinus1',
] as const;

export type Dihedral = (typeof DIHEDRAL)[number];

/** Whether to swap the axes, and which source coefficients (row i, column j) change sign. */
const RULES: Record<Dihedral, { swap: boolean; negate: (i: number, j: number) => boolean }> = {
  original: { swap: false, negate: () => false },
  rotate90: { swap: true, negate: (_, j) => j % 2 === 0 },
  rotate180: { swap: false, negate: (i, j) => (i + j) % 2 === 1 },
  rotate270: { swap: true, negate: (i) => i % 2 === 0 },
  flipX: { swap: false, negate: (i) => i % 2 === 0 },
  flipY: { swap: false, negate: (_, j) => j % 2 === 0 },
  flipPlus1: { swap: true, negate: () => false },
  flipMinus1: { swap: true, negate: (i, j) => (i + j) % 2 === 1 },
};

/** Eight hashes in hex of a 64 × 64 buffer of luminance. */
export function dihedralHashes(buffer: Float32Array): Record<Dihedral, string> {
  const source = dct(buffer);
  const hashes = DIHEDRAL.map((name) => {
    const { swap, negate } = RULES[name];
    const turned = new Float32Array(256);
    for (let i = 0; i < 16; i++) {
      for (let j = 0; j < 16; j++) {
        const value = source[i * 16 + j]!;
        turned[swap ? j * 16 + i : i * 16 + j] = negate(i, j) ? -value : value;
      }
    }
    return [name, toHex(thresholdAtMedian(turned))] as const;
  });
  return Object.fromEntries(hashes) as Record<Dihedral, string>;
}
