/** The PNG fast path beside sharp (native libvips), on random pictures of every kind, whole and broken. */
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { bytes, chunk, png } from '../../../fixtures/assemble.ts';
import { random } from '../../../fixtures/photo.ts';
import { COLORS_AND_DEPTHS, type PngKind, randomPng } from '../../../fixtures/random-png.ts';
import { applyBoth, reduceAndFilter } from '../../../src/inspect/pdq/mod.ts';
import { digestPng } from '../../../src/inspect/png/mod.ts';
import { type Digest, digestPixels } from '../../../src/inspect/worker/picture.ts';

/** All pixels in 8-bit sRGB on white. */
async function pixelsOf(file: Uint8Array) {
  const { data, info } = await sharp(file, { failOn: 'truncated' })
    .toColourspace('srgb')
    .flatten({ background: 'white' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const rgb =
    channels === 3
      ? data
      : Uint8Array.from({ length: 3 * width * height }, (_, i) => data[Math.floor(i / 3)]!);
  return { data: new Uint8Array(rgb), width, height };
}

function largest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
}

/** Levels by which a value may differ. */
function expectSame(ours: Digest | undefined, other: Digest, levels: number, what: string): void {
  expect(ours, what).toBeDefined();
  expect(largest(ours!.thumbnail, other.thumbnail), what).toBeLessThanOrEqual(levels);
  expect(ours!.buffer === undefined, what).toBe(other.buffer === undefined);
  if (other.buffer) {
    expect(largest(ours!.buffer!, other.buffer), what).toBeLessThanOrEqual(levels);
  }
}

const KINDS = COLORS_AND_DEPTHS.flatMap(([color, depth]) =>
  [false, true].map((interlaced) => ({ color, depth, interlaced })),
);
const named = ({ width, height, transparent }: PngKind) =>
  `${width} × ${height}${transparent ? ', transparent' : ''}`;

describe.each(KINDS)('colour type $color, $depth bits, interlaced: $interlaced', (kind) => {
  const next = random(100 * kind.color + 2 * kind.depth + Number(kind.interlaced));
  const sized = (most: number): PngKind => ({
    ...kind,
    width: 1 + Math.floor(next() * most),
    height: 1 + Math.floor(next() * most),
    transparent: next() < 0.5,
  });

  test('small pictures are as sharp has them', async () => {
    for (const most of [4, 9, 60, 200]) {
      for (let i = 0; i < 3; i++) {
        const one = sized(most);
        const { file } = randomPng(one, next);
        const pixels = await pixelsOf(file);
        // Of 16 bits, sharp blends before it rounds to 8.
        const levels = one.depth === 16 ? 2 : 1;
        expectSame(digestPng(file), digestPixels(pixels), levels, named(one));
      }
    }
  });

  test('broken data are never taken', async () => {
    for (let i = 0; i < 6; i++) {
      const one = sized(40);
      const { rows, with: withData } = randomPng(one, next);
      const data = deflateSync(rows);
      const broken = {
        'without the end of its data': withData(data.subarray(0, -1 - Math.floor(next() * 9))),
        'a row short': withData(deflateSync(rows.subarray(0, -1))),
        'a byte over': withData(deflateSync(bytes(rows, [0]))),
        'bytes behind the data': withData(bytes(data, [0, 0])),
        'an unknown filter': withData(deflateSync(bytes([5], rows.subarray(1)))),
        'a wrong checksum': withData(bytes(data.subarray(0, -1), [data.at(-1)! ^ 1])),
      };
      for (const [what, file] of Object.entries(broken)) {
        expect(digestPng(file), `${named(one)} ${what}`).toBeUndefined();
      }
      const flipped = data.slice();
      flipped[2 + Math.floor(next() * (data.length - 2))]! ^= 1 << Math.floor(next() * 8);
      const digest = digestPng(withData(flipped));
      // What the checksum lets pass (padding behind the last code) is the same picture.
      if (digest) expect(digest).toEqual(digestPng(withData(data)));
    }
  });
});

test('a large picture is reduced as one whose pixels are all there', async () => {
  const next = random(5);
  for (const [width, height] of [
    [513, 20],
    [1300, 700],
    [40, 1600],
  ] as const) {
    const kind = {
      width,
      height,
      color: 2,
      depth: 8,
      interlaced: height < 800,
      transparent: false,
    };
    const { file } = randomPng(kind, next);
    const { data } = await pixelsOf(file);
    const luma = Float32Array.from({ length: width * height }, (_, i) => {
      const [r, g, b] = [data[3 * i]!, data[3 * i + 1]!, data[3 * i + 2]!];
      return 0.299 * r + 0.587 * g + 0.114 * b;
    });
    const mixed = Math.min(width, height) < 512;
    const whole = applyBoth(luma, reduceAndFilter(width, mixed), reduceAndFilter(height, mixed));
    const digest = digestPng(file);
    expect(largest(digest!.buffer!, whole)).toBeLessThan(1.5);
    const { thumbnail } = digestPixels({ data, width, height });
    expect(largest(digest!.thumbnail, thumbnail)).toBeLessThanOrEqual(3);
  }
});

describe('what only wasm-vips judges', () => {
  const indexed = (...before: Uint8Array[]) =>
    png({ width: 2, height: 1, color: 3, before, data: deflateSync(bytes([0, 0, 1])) });
  const two = chunk('PLTE', [1, 2, 3, 4, 5, 6]);

  test('a colour that the palette lacks', async () => {
    expect(digestPng(indexed(two))).toBeDefined();
    expect(digestPng(indexed(chunk('PLTE', [1, 2, 3])))).toBeUndefined();
  });

  test('a chunk whose name has a small third letter', async () => {
    expect(digestPng(png({ before: [chunk('abCd', [1])] }))).toBeDefined();
    expect(digestPng(png({ before: [chunk('abcd', [1])] }))).toBeUndefined();
  });

  test('transparency of a wrong length, twice, or before the palette', async () => {
    const one = chunk('tRNS', [9]);
    expect(digestPng(indexed(two, one))).toBeDefined();
    expect(digestPng(indexed(two, chunk('tRNS', [1, 2, 3])))).toBeUndefined();
    expect(digestPng(indexed(two, one, one))).toBeUndefined();
    expect(digestPng(indexed(one, two))).toBeUndefined();
    expect(digestPng(png({ color: 6, before: [one] }))).toBeUndefined();
    expect(digestPng(png({ color: 2, before: [one] }))).toBeUndefined();
  });
});
