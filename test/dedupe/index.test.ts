import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hamming, parseHash, popcount } from '../../src/dedupe/hamming.ts';
import { HammingIndex } from '../../src/dedupe/index.ts';

/** A small generator, so that thousands of hashes cost no time (Vigna's splitmix32). */
function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
}

const randomHash = (next: () => number) => Uint32Array.from({ length: 8 }, next);

function flipped(hash: Uint32Array, bits: number, next: () => number): Uint32Array {
  const copy = hash.slice();
  for (let i = 0; i < bits; i++) {
    const bit = next() % 256;
    copy[bit >> 5] = ((copy[bit >> 5] as number) ^ (1 << (bit & 31))) >>> 0;
  }
  return copy;
}

function sorted(hits: { ids: readonly number[]; distances: readonly number[] }) {
  return hits.ids.map((id, i) => [id, hits.distances[i] as number]).sort((a, b) => a[0]! - b[0]!);
}

describe('distance', () => {
  it('counts the bits of a word', () => {
    for (const word of [0, 1, 0xffffffff, 0x80000001, 0x12345678]) {
      expect(popcount(word)).toBe(word.toString(2).replaceAll('0', '').length);
    }
  });

  it('reads hex with the lowest bits last, and refuses what is no hash', () => {
    const words = parseHash(`8${'0'.repeat(61)}1f`);
    expect(words?.[0]).toBe(0x1f);
    expect(words?.[7]).toBe(0x80000000);
    expect(parseHash('12')).toBeUndefined();
    expect(parseHash('g'.repeat(64))).toBeUndefined();
  });

  it('is 256 between a hash and its complement', () => {
    expect(hamming(new Uint32Array(8), new Uint32Array(8).fill(0xffffffff))).toBe(256);
  });
});

describe('HammingIndex', () => {
  it('answers as measuring every hash does, whatever was added and removed', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 40_000 }),
        fc.constantFrom(0, 1, 15, 16, 31, 32, 40, 90),
        (seed, count, radius) => {
          const next = random(seed);
          const centres = Array.from({ length: 20 }, () => randomHash(next));
          const index = new HammingIndex();
          const hashes: (Uint32Array | undefined)[] = [];
          for (let i = 0; i < count; i++) {
            const near = i % 8 === 0;
            const hash = near
              ? flipped(centres[next() % 20] as Uint32Array, next() % 60, next)
              : randomHash(next);
            // expect() takes longer than what it looks at.
            if (index.add(hash) !== i) expect.fail(`the id of hash ${i}`);
            hashes.push(hash);
            if (next() % 50 === 0) {
              const gone = next() % hashes.length;
              expect(index.remove(gone)).toBe(hashes[gone] !== undefined);
              hashes[gone] = undefined;
            }
          }
          const query = centres[0] as Uint32Array;
          const expected: number[][] = [];
          hashes.forEach((hash, id) => {
            if (hash === undefined) return;
            const distance = hamming(query, hash);
            if (distance <= radius) expected.push([id, distance]);
          });
          expect(sorted(index.query(query, radius))).toEqual(expected);
          expect(index.size).toBe(hashes.filter((hash) => hash !== undefined).length);
        },
      ),
      { numRuns: 12 },
    );
  });

  it('keeps a hash in less than 150 bytes, the fixed 12 MB of bucket heads aside', () => {
    const next = random(7);
    const index = new HammingIndex();
    for (let i = 0; i < 100_000; i++) index.add(randomHash(next));
    expect((index.byteLength - 12 * 2 ** 20) / index.size).toBeLessThan(150);
  });
});
