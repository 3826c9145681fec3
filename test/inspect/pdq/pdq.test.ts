import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { photo } from '../../../fixtures/photo.ts';
import {
  bufferOfPlane,
  dihedralHashes,
  distance,
  distanceHex,
  fromHex,
  hashPlane,
  NO_HASH,
  popcount,
  reduceAndFilter,
  toHex,
  weightsOf,
} from '../../../src/inspect/pdq/mod.ts';
import { naiveBuffer, naiveHash } from './naive.ts';

function luma(seed: number, width: number, height: number): Float32Array {
  const { data } = photo(seed, width, height);
  return Float32Array.from(
    { length: width * height },
    (_, i) => 0.299 * data[3 * i]! + 0.587 * data[3 * i + 1]! + 0.114 * data[3 * i + 2]!,
  );
}

describe('the hash is that of the algorithm as written down', () => {
  test.each([
    [512, 512],
    [512, 301],
    [300, 400],
    [129, 128],
    [64, 64],
    [64, 65],
    [37, 90],
    [5, 5],
  ])('%i × %i', (width, height) => {
    for (let seed = 1; seed <= 3; seed++) {
      const plane = luma(seed, width, height);
      const buffer = naiveBuffer(plane, width, height);
      const ours = bufferOfPlane(plane, width, height);
      for (let at = 0; at < 4096; at++)
        expect(Math.abs(ours[at]! - buffer[at]!)).toBeLessThan(1e-3);
      const { hex, quality } = hashPlane(plane, width, height);
      const naive = naiveHash(buffer);
      expect(distanceHex(hex, naive.hex)).toBeLessThanOrEqual(2);
      expect(Math.abs(quality - naive.quality)).toBeLessThanOrEqual(1);
    }
  });

  test('a side below 5 pixels has no hash', () => {
    expect(hashPlane(luma(1, 4, 200), 4, 200)).toEqual(NO_HASH);
  });

  test('a flat picture has quality 0', () => {
    expect(hashPlane(new Float32Array(200 * 100).fill(90), 200, 100).quality).toBe(0);
  });
});

/** Lengths of axes; those below 512 come with a longer one only. */
const AXES = (lengths: readonly number[]) =>
  lengths
    .flatMap((n) => [false, true].map((mixed) => ({ n, mixed })))
    .filter(({ n, mixed }) => mixed || n >= 512);

test.each(AXES([20, 148, 511, 512, 513, 3000]))(
  'a slope over $n samples stays one (mixed: $mixed)',
  ({ n, mixed }) => {
    const matrix = reduceAndFilter(n, mixed);
    for (let r = 0; r < matrix.rows; r++) {
      const weights = weightsOf(matrix, r);
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      expect(total).toBeCloseTo(1, 6);
      // Beyond the edges there is no slope.
      if (r < 16 || r >= 48) continue;
      const place = weights.reduce(
        (sum, weight, k) => sum + weight * (matrix.start[r]! + k + 0.5),
        0,
      );
      // Decimation picks the middle of 8 samples, and the boxes of 4 reach one further to the right: twice.
      const moved = mixed ? 0.5 / 8 : 0;
      expect((place / n) * 64 - r).toBeCloseTo(0.5 + 0.5 / 8 + 1 / 8 - moved, 2);
    }
  },
);

test('half of the bits are set', () => {
  const bits = fromHex(hashPlane(luma(7, 256, 256), 256, 256).hex);
  expect(bits.reduce((sum, word) => sum + popcount(word), 0)).toBe(128);
});

test('each of the eight orientations is the hash of the picture turned so', () => {
  const side = 448;
  const plane = luma(3, side, side);
  const turned = (at: (x: number, y: number) => number) => {
    const pixels = Float32Array.from({ length: side * side }, (_, i) => {
      return plane[at(i % side, Math.floor(i / side))]!;
    });
    return hashPlane(pixels, side, side).hex;
  };
  const last = side - 1;
  const pixel = (x: number, y: number) => y * side + x;
  const hashes = dihedralHashes(bufferOfPlane(plane, side, side));
  // The reference's names: rotations run counter-clockwise, flipX turns upside down.
  const expected = {
    original: turned(pixel),
    rotate90: turned((x, y) => pixel(last - y, x)),
    rotate180: turned((x, y) => pixel(last - x, last - y)),
    rotate270: turned((x, y) => pixel(y, last - x)),
    flipX: turned((x, y) => pixel(x, last - y)),
    flipY: turned((x, y) => pixel(last - x, y)),
    flipPlus1: turned((x, y) => pixel(y, x)),
    flipMinus1: turned((x, y) => pixel(last - y, last - x)),
  };
  for (const [name, hex] of Object.entries(expected)) {
    // Turned before the filter or after it: the windows of even size lie half a pixel off.
    expect(distanceHex(hashes[name as keyof typeof hashes], hex), name).toBeLessThanOrEqual(16);
  }
});

describe('distance', () => {
  const hash = fc.uint32Array({ minLength: 8, maxLength: 8 });

  test('counts the bits that differ', () => {
    expect(distanceHex('0'.repeat(64), 'f'.repeat(64))).toBe(256);
    expect(distanceHex(`${'0'.repeat(63)}1`, '0'.repeat(64))).toBe(1);
    fc.assert(
      fc.property(hash, hash, (a, b) => {
        let bits = 0;
        for (let k = 0; k < 256; k++) {
          if (((a[k >> 5]! >>> (k & 31)) & 1) !== ((b[k >> 5]! >>> (k & 31)) & 1)) bits++;
        }
        expect(distance(a, b)).toBe(bits);
        expect(distanceHex(toHex(a), toHex(b))).toBe(bits);
      }),
    );
  });

  test('hex and words are two ways to write the same', () => {
    fc.assert(
      fc.property(hash, (bits) => {
        expect([...fromHex(toHex(bits))]).toEqual([...bits]);
      }),
    );
  });
});

test('the reduction to 512 weighs the samples around its place, for any length of the axis', () => {
  const lengths = [64, 65, 100, 128, 129, 200, 255, 256, 257, 300, 400, 511, 512, 513, 1000, 4096];
  for (const { n, mixed } of AXES(lengths)) {
    const matrix = reduceAndFilter(n, mixed);
    for (let r = 0; r < matrix.rows; r++) {
      const weights = weightsOf(matrix, r);
      const sum = weights.reduce((total, one) => total + one, 0);
      expect(sum, `${n} samples, row ${r}`).toBeCloseTo(1, 6);
      if (r < 3 || r > 60) continue;
      const centre = weights.reduce((total, one, k) => total + one * (matrix.start[r]! + k), 0);
      // Decimation takes sample 8 r + 4 of 512, around which two box filters of 4 reach one further ahead.
      expect(centre, `${n} samples, row ${r}`).toBeCloseTo(
        ((8 * r + (mixed ? 5 : 5.5)) * n) / 512 - 0.5,
        1,
      );
    }
  }
});
