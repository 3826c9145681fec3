/** The TIFF fast path beside sharp (native libvips), on random pictures of every kind, whole and broken. */
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { random } from '../../../fixtures/photo.ts';
import {
  COMPRESSIONS,
  type Compression,
  randomTiff,
  TIFF_COLORS,
  type TiffKind,
} from '../../../fixtures/random-tiff.ts';
import { digestPng } from '../../../src/inspect/png/mod.ts';
import { inspectStructure } from '../../../src/inspect/structure/mod.ts';
import { digestTiff } from '../../../src/inspect/tiff/mod.ts';
import type { Digest } from '../../../src/inspect/worker/picture.ts';

/** What becomes of the same picture as a PNG; rejects when sharp cannot decode it. */
async function digestOther(file: Uint8Array) {
  const flat = sharp(file, { failOn: 'error' })
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
          expectSame(await digestTiff(file), await digestOther(file), levels, what);
        }
      }
    }
  }, 60_000);

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
        const shorter = await digestTiff(short);
        if (shorter) expectSame(shorter, await digestOther(short), 2, what);
        const flipped = file.slice();
        for (let k = 0; k < 1 + next() * 3; k++) {
          flipped[Math.floor(next() * file.length)]! ^= 1 << Math.floor(next() * 8);
        }
        await expectNotBetter(flipped, what);
      }
    }
  }, 60_000);
});

/** What structure/ lets pass and we take, sharp takes. */
async function expectNotBetter(file: Uint8Array<ArrayBuffer>, what: string) {
  let structure: ReturnType<typeof inspectStructure>;
  try {
    structure = inspectStructure(file);
  } catch {
    return;
  }
  const { state, orientation = 1, width, height, format } = structure;
  if (format !== 'tiff' || state !== 'whole' || orientation > 1 || width * height > 1e6) return;
  const digest = await digestTiff(file);
  if (digest) expectSame(digest, await digestOther(file), 2, what);
}
