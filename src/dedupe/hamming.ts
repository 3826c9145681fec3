/** 256-bit hashes as eight 32-bit words, and the number of bits in which two differ. */

export const HASH_BITS = 256;
export const HASH_WORDS = 8;

/** A hash as words, lowest bits first: bit k of the hash is bit k mod 32 of word k / 32. */
export type HashWords = Uint32Array;

/** Reads 64 hex digits (the first holds the highest bits). `undefined` when it is no such text. */
export function parseHash(hex: string): HashWords | undefined {
  if (!/^[0-9a-f]{64}$/i.test(hex)) return undefined;
  const words = new Uint32Array(HASH_WORDS);
  for (let w = 0; w < HASH_WORDS; w++) {
    const end = 64 - 8 * w;
    words[w] = Number.parseInt(hex.slice(end - 8, end), 16);
  }
  return words;
}

/** Bits set in a 32-bit word: sums of pairs, nibbles, bytes (Warren, Hacker's Delight, 5–1). */
export function popcount(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  v = (v + (v >>> 4)) & 0x0f0f0f0f;
  return Math.imul(v, 0x01010101) >>> 24;
}

/** Bits in which two hashes differ, 0–256. */
export function hamming(a: HashWords, b: HashWords): number {
  return hammingAt(a, b, 0, HASH_BITS);
}

/**
 * The same against the hash that starts at `offset` of a long array. Stops as soon as the distance
 * is above `limit`; the answer is then some number above it.
 */
export function hammingAt(
  query: HashWords,
  words: Uint32Array,
  offset: number,
  limit: number,
): number {
  let distance = 0;
  for (let w = 0; w < HASH_WORDS; w++) {
    distance += popcount((query[w] as number) ^ (words[offset + w] as number));
    if (distance > limit) return distance;
  }
  return distance;
}
