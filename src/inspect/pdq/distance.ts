/** Hamming distance of two PDQ hashes. */
import { fromHex } from './hash.ts';

/** Bits that differ, 0–256, between two hashes of eight words. */
export function distance(a: Uint32Array, b: Uint32Array): number {
  let bits = 0;
  for (let word = 0; word < 8; word++) bits += popcount(a[word]! ^ b[word]!);
  return bits;
}

/** Bits that differ between two hashes in hex (64 digits each). */
export function distanceHex(a: string, b: string): number {
  return distance(fromHex(a), fromHex(b));
}

/** Counts bits in parallel: pairs, nibbles, then the bytes summed by one multiplication. */
export function popcount(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  v = (v + (v >>> 4)) & 0x0f0f0f0f;
  return Math.imul(v, 0x01010101) >>> 24;
}
