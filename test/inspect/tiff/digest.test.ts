/** The TIFF fast path beside sharp (native libvips), on random pictures of every kind, whole and broken. */
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { photo, random } from '../../../fixtures/photo.ts';
import {
  COMPRESSIONS,
  type Compression,
  randomTiff,
  TIFF_COLORS,
  type TiffKind,
} from '../../../fixtures/random-tiff.ts';
import type { Entry } from '../../../fixtures/tiff-file.ts';
import { distanceHex, hashBuffer } from '../../../src/inspect/pdq/mod.ts';
import { digestPng } from '../../../src/inspect/png/mod.ts';
import { inspectStructure } from '../../../src/inspect/structure/mod.ts';
import { digestTiff } from '../../../src/inspect/tiff/mod.ts';
import type { Digest } from '../../../src/inspect/worker/picture.ts';

/** What becomes of the same picture as a PNG; rejects when sharp cannot decode it. */
async function digestOther(file: Uint8Array) {
  const flat = sharp(file, { failOn: 'error' })
    .autoOrient()
    .toColourspace('srgb')
    .flatten({ background: 'white' });
  return digestPng(new Uint8Array(await flat.png({ compressionLevel: 1 }).toBuffer()));
}

function largest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
}

/** @param levels by which a value may differ */
function expectSame(
  ours: Digest | undefined,
  other: Digest | undefined,
  levels: number,
  what: string,
) {
  expect(ours, what).toBeDefined();
  expect(largest(ours!.thumbnail, other!.thumbnail), what).toBeLessThanOrEqual(levels);
  expect(ours!.buffer === undefined, what).toBe(other!.buffer === undefined);
  if (other!.buffer)
    expect(largest(ours!.buffer!, other!.buffer), what).toBeLessThanOrEqual(levels);
}

type Color = (typeof TIFF_COLORS)[number];

function anyKind(
  next: () => number,
  most: number,
  [, photometric, bits, extra]: Color,
  compression: Compression,
): TiffKind {
  const below = (n: number) => Math.floor(next() * n);
  return {
    width: 1 + below(most),
    height: 1 + below(most),
    photometric,
    bits,
    extra,
    compression,
    predictor: bits >= 8 && /lzw|deflate/.test(compression) && next() < 0.6,
    tile: next() < 0.3 ? [16 * (1 + below(4)), 16 * (1 + below(4))] : undefined,
    rowsPerStrip: next() < 0.3 ? 2 ** 32 - 1 : 1 + below(most),
    little: next() < 0.5,
    big: next() < 0.3,
  };
}

const names = Object.keys(COMPRESSIONS) as Compression[];

describe.each(TIFF_COLORS)('%s (photometric %i, %i bits, extra %s)', (...color) => {
  const next = random(100 * color[1] + color[2] + 7 * (color[3] ?? 5));

  test('pictures are as sharp has them', async () => {
    for (const compression of names) {
      for (const most of [4, 40, 150, 700]) {
        for (let i = 0; i < (most > 200 ? 1 : 3); i++) {
          const kind = anyKind(next, most, color as unknown as Color, compression);
          const { file } = randomTiff(kind, next);
          // Where sharp blends before it rounds to 8 bits, and takes colours for what they were before alpha.
          const levels = color[3] === undefined ? 0.01 : 2;
          const what = JSON.stringify(kind);
          expectSame(digestTiff(file), await digestOther(file), levels, what);
        }
      }
    }
  });

  test('data that end or have changed are never taken where sharp does not', async () => {
    for (const compression of names) {
      for (let i = 0; i < 6; i++) {
        const kind = anyKind(next, 40, color as unknown as Color, compression);
        const { file, blocks, with: withData } = randomTiff(kind, next);
        const what = JSON.stringify(kind);
        const which = Math.floor(next() * blocks.length);
        const one = blocks[which]!;
        const changed = (block: Uint8Array) =>
          withData(blocks.map((b, k) => (k === which ? block : b)));
        // Of LZW and PackBits, the last bytes may be padding or an end that nobody needs.
        const short = changed(one.subarray(0, -Math.min(one.length, 4)));
        const shorter = digestTiff(short);
        if (shorter) expectSame(shorter, await digestOther(short), 2, what);
        const flipped = file.slice();
        for (let k = 0; k < 1 + next() * 3; k++) {
          flipped[Math.floor(next() * file.length)]! ^= 1 << Math.floor(next() * 8);
        }
        await expectNotBetter(flipped, what);
      }
    }
  });
});

/** What structure/ lets pass and we take, sharp takes. */
async function expectNotBetter(file: Uint8Array<ArrayBuffer>, what: string) {
  let structure: ReturnType<typeof inspectStructure>;
  try {
    structure = inspectStructure(file);
  } catch {
    return;
  }
  const { state, orientation, width, height, format } = structure;
  if (format !== 'tiff' || state !== 'whole' || width * height > 1e6) return;
  const digest = digestTiff(file, orientation);
  if (digest) expectSame(digest, await digestOther(file), 2, what);
}

test('pictures are shown as their orientation says', async () => {
  const next = random(4);
  for (let orientation = 1; orientation <= 8; orientation++) {
    for (const most of [60, 700]) {
      const { blocks, with: withData } = randomTiff(
        anyKind(next, most, TIFF_COLORS[9], 'lzw'),
        next,
      );
      const file = withData(blocks, [274, 'short', [orientation]]);
      expect(inspectStructure(file).orientation ?? 1).toBe(orientation);
      const ours = digestTiff(file, orientation);
      expectSame(ours, await digestOther(file), 0.6, String(orientation));
    }
  }
});

describe('what only wasm-vips judges', () => {
  const next = random(3);
  const plain: TiffKind = {
    width: 20,
    height: 12,
    photometric: 2,
    bits: 8,
    compression: 'none',
    predictor: false,
    rowsPerStrip: 5,
    little: true,
    big: false,
  };
  const of = (kind: Partial<TiffKind> = {}) => randomTiff({ ...plain, ...kind }, next);

  test('fields that mean something else, come twice, or are of another kind', async () => {
    const { blocks, with: withData } = of();
    expect(digestTiff(withData(blocks))).toBeDefined();
    const others: Entry[] = [
      [266, 'short', [2]],
      [274, 'short', [9]],
      [274, 'byte', [1]],
      [284, 'short', [2]],
      [317, 'short', [2]],
      [338, 'short', [0]],
      [339, 'short', [3, 3, 3]],
      [277, 'short', [3, 3]],
      [258, 'short', [8, 8, 4]],
      [259, 'short', [4]],
      [262, 'short', [5]],
      [278, 'long', [0]],
      [278, 'long', [2 ** 32 - 2]],
      [273, 'long', [8]],
      [322, 'long', [16]],
      [32995, 'short', [1]],
    ];
    for (const entry of others) {
      expect(digestTiff(withData(blocks, entry)), String(entry)).toBeUndefined();
    }
  });

  test('lengths that libtiff does not trust, and runs that go on in the next row', async () => {
    const { blocks, with: withData } = of();
    const [first, ...rest] = blocks;
    const longer = new Uint8Array(first!.length + 1);
    expect(digestTiff(withData([longer, ...rest]))).toBeUndefined();
    expect(digestTiff(withData([first!.subarray(1), ...rest]))).toBeUndefined();
    const small = of({ width: 2, height: 2, rowsPerStrip: 2, compression: 'packed bits' });
    const rows = [257 - 6, 9];
    expect(digestTiff(small.with([Uint8Array.of(...rows, ...rows)]))).toBeDefined();
    expect(digestTiff(small.with([Uint8Array.of(257 - 12, 9)]))).toBeUndefined();
  });

  test('tiles of which next to nothing is shown', async () => {
    const sides = { width: 3, height: 3, bits: 1, photometric: 1, compression: 'deflate' } as const;
    expect(digestTiff(of({ ...sides, tile: [512, 512] }).file)).toBeDefined();
    expect(digestTiff(of({ ...sides, tile: [2048, 1024] }).file)).toBeUndefined();
  });

  test('a page behind the first that libtiff refuses', async () => {
    const { file } = of();
    const second = (height: number) => {
      const pages = file.slice();
      const view = new DataView(pages.buffer);
      // The first directory again, which then is no loop, as it lies elsewhere.
      const start = view.getUint32(4, true);
      view.setUint32(pages.length - 4, pages.length, true);
      const copy = file.slice(start);
      new DataView(copy.buffer).setUint16(2, height === 0 ? 300 : 256, true);
      return Uint8Array.from([...pages, ...copy]);
    };
    expect(digestTiff(second(1))).toBeDefined();
    expect(digestTiff(second(0))).toBeUndefined();
  });
});

/** Colour may differ more than light: libjpeg smooths it when it enlarges it. */
describe('strips that are JPEGs', () => {
  const saved = async (width: number, height: number, options: object, grey = false) => {
    const { data } = photo(5, width, height);
    const image = sharp(data, { raw: { width, height, channels: 3 } });
    const shown = grey ? image.toColourspace('b-w') : image;
    return new Uint8Array(await shown.tiff({ compression: 'jpeg', ...options }).toBuffer());
  };

  test.each([
    ['one strip', 200, 100, { quality: 80 }],
    ['two, the last one lower', 300, 401, { quality: 80 }],
    ['RGB', 120, 500, { quality: 95 }],
    ['grey', 120, 500, { quality: 80 }],
  ])('%s', async (name, width, height, options) => {
    const file = await saved(width, height, options, name === 'grey');
    expectSame(digestTiff(file), await digestOther(file), 4, name);
  });

  test('a large one has the hash that all of its pixels have', async () => {
    const file = await saved(1100, 1500, { quality: 85 });
    const [ours, other] = [digestTiff(file), await digestOther(file)];
    expect(largest(ours!.thumbnail, other!.thumbnail)).toBeLessThanOrEqual(8);
    expect(distanceHex(hashBuffer(ours!.buffer!).hex, hashBuffer(other!.buffer!).hex)).toBeLessThan(
      9,
    );
  });

  test('damaged ones are never taken where sharp does not, nor are tiles', async () => {
    expect(digestTiff(await saved(300, 300, { tile: true }))).toBeUndefined();
    const file = await saved(96, 600, { quality: 80 });
    const next = random(8);
    for (let i = 0; i < 150; i++) {
      const flipped = file.slice();
      flipped[Math.floor(next() * file.length)]! ^= 1 << Math.floor(next() * 8);
      const ours = digestTiff(flipped);
      if (ours) await expect(digestOther(flipped)).resolves.toBeDefined();
    }
  });
});
