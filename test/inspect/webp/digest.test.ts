/** The WebP fast path beside sharp (native libvips and libwebp), on pictures of every kind, whole and broken. */
import sharp, { type WebpOptions } from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { damage } from '../../../fixtures/damage.ts';
import { photo, random } from '../../../fixtures/photo.ts';
import { distanceHex, hashBuffer } from '../../../src/inspect/pdq/mod.ts';
import { digestPng } from '../../../src/inspect/png/mod.ts';
import { inspectStructure } from '../../../src/inspect/structure/mod.ts';
import { digestWebp } from '../../../src/inspect/webp/mod.ts';
import type { Digest } from '../../../src/inspect/worker/picture.ts';
import { provideParts } from '../parts.ts';
import { animation, chunk, extended, frame, imageChunks } from './chunks.ts';

let stop: () => void;
beforeAll(() => {
  stop = provideParts();
});
afterAll(() => stop());

interface Wanted extends WebpOptions {
  /** In a part of the picture, in steps of so many values. */
  readonly alpha?: number;
  readonly orientation?: number;
}

async function webp(seed: number, width: number, height: number, wanted: Wanted) {
  const { alpha, orientation, ...options } = wanted;
  const { data } = photo(seed, width, height);
  let picture = sharp(data, { raw: { width, height, channels: 3 } });
  if (alpha) {
    const values = Uint8Array.from({ length: width * height }, (_, i) =>
      Math.min(255, alpha * (i % width)),
    );
    picture = picture.joinChannel(Buffer.from(values), { raw: { width, height, channels: 1 } });
  }
  if (orientation) picture = picture.withMetadata({ orientation });
  return new Uint8Array(await picture.webp({ effort: 0, ...options }).toBuffer());
}

const ours = (file: Uint8Array) => digestWebp(file, inspectStructure(file));

/** The first frame, upright, on white. */
async function digestOther(file: Uint8Array) {
  const flat = sharp(file).autoOrient().flatten({ background: 'white' }).toColourspace('srgb');
  return digestPng(new Uint8Array(await flat.png({ compressionLevel: 1 }).toBuffer()));
}

/** @param most by how much a sample of the thumbnail may be off */
async function expectSame(file: Uint8Array, what: string, most: number) {
  const [own, other] = (await Promise.all([ours(file), digestOther(file)])) as [Digest, Digest];
  expect(own, what).toBeDefined();
  const far = own.thumbnail.map((value, i) => Math.abs(value - other.thumbnail[i]!));
  expect(Math.max(...far), what).toBeLessThanOrEqual(most);
  expect(far.reduce((sum, value) => sum + value, 0) / far.length, what).toBeLessThan(1);
  expect(!own.buffer, what).toBe(!other.buffer);
  if (!own.buffer || !other.buffer) return;
  const [a, b] = [hashBuffer(own.buffer), hashBuffer(other.buffer)];
  if (b.quality >= 50) expect(distanceHex(a.hex, b.hex), what).toBeLessThanOrEqual(2);
}

const KINDS: Record<string, Wanted> = {
  lossy: { quality: 80 },
  'lossy, coarse': { quality: 10 },
  lossless: { lossless: true },
  'near lossless': { nearLossless: true, quality: 50 },
  'lossy with alpha': { quality: 80, alpha: 3 },
  'lossy with lossy alpha': { quality: 80, alphaQuality: 30, alpha: 2 },
  'lossless with alpha': { lossless: true, alpha: 3 },
};
const SIZES = [
  [900, 620],
  [1203, 601],
  [301, 203],
  [64, 64],
  [1, 40],
  [33, 1],
  [17, 9],
  [1, 1],
] as const;

describe.each(Object.entries(KINDS))('%s', (_, wanted) => {
  test('pictures are as sharp has them', async () => {
    for (const [seed, [width, height]] of SIZES.entries()) {
      const file = await webp(seed, width, height, wanted);
      // How colours are widened and rounded is not followed, nor that RGB ends at 0 and 255: it tells where pixels are few.
      await expectSame(file, `${width}×${height}`, wanted.lossless ? 2 : width < 100 ? 16 : 3);
    }
  });
});

test('EXIF orientations are followed', async () => {
  for (let orientation = 2; orientation <= 8; orientation++) {
    const wanted = { quality: 80, orientation, lossless: orientation % 2 === 0 };
    const file = await webp(orientation, 230, 150, wanted);
    expect(inspectStructure(file).orientation).toBe(orientation);
    await expectSame(file, `orientation ${orientation}`, 3);
  }
});

describe('animations show their first frame', () => {
  const canvas = [200, 150] as const;
  const size = [120, 90] as const;
  const later = async (wanted: Wanted) => frame(await webp(9, ...canvas, wanted), canvas, [0, 0]);

  test.each(Object.entries(KINDS))('%s', async (_, wanted) => {
    const whole = await webp(1, ...canvas, wanted);
    const part = await webp(2, ...size, wanted);
    const frames = [frame(whole, canvas, [0, 0]), await later({ quality: 50 })];
    await expectSame(animation(canvas, frames), 'on the whole canvas', 3);
    for (const place of [
      [0, 0],
      [2, 4],
      [80, 60],
    ] as const) {
      const some = [frame(part, size, place), await later({ quality: 50 })];
      await expectSame(animation(canvas, some), `at ${place}`, 3);
    }
    await expectSame(animation(canvas, [frame(part, size, [40, 22])]), 'alone', 3);
  });

  test('without a word of alpha in the header', async () => {
    const opaque = frame(await webp(1, ...canvas, { quality: 80 }), canvas, [0, 0]);
    const file = animation(canvas, [opaque, await later({ quality: 50 })], { alpha: false });
    await expectSame(file, 'opaque', 3);
  });
});
