/** The WebP fast path beside sharp (native libvips and libwebp), on pictures of every kind, whole and broken. */
import sharp, { type WebpOptions } from 'sharp';
import { describe, expect, test } from 'vitest';
import { damage } from '../../../fixtures/damage.ts';
import { photo, random } from '../../../fixtures/photo.ts';
import { distanceHex, hashBuffer } from '../../../src/inspect/pdq/mod.ts';
import { digestPng } from '../../../src/inspect/png/mod.ts';
import { inspectStructure } from '../../../src/inspect/structure/mod.ts';
import { digestWebp } from '../../../src/inspect/webp/mod.ts';
import type { Digest } from '../../../src/inspect/worker/picture.ts';
import { provideParts } from '../parts.ts';
import { animation, chunk, extended, frame, imageChunks } from './chunks.ts';

provideParts();

interface Wanted extends WebpOptions {
  /** In a part of the picture, in steps of so many values. */
  readonly alpha?: number;
  readonly orientation?: number;
}

const pixels = new Map<string, Uint8Array>();

/** A photo's, made once. */
function pixelsOf(seed: number, width: number, height: number): Uint8Array {
  const key = `${seed}/${width}/${height}`;
  const known = pixels.get(key) ?? photo(seed, width, height).data;
  pixels.set(key, known);
  return known;
}

async function webp(seed: number, width: number, height: number, wanted: Wanted) {
  const { alpha, orientation, ...options } = wanted;
  let picture = sharp(pixelsOf(seed, width, height), { raw: { width, height, channels: 3 } });
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
  [700, 601],
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
      await expectSame(file, `${width}×${height}`, wanted.lossless ? 1 : 3);
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

test('what libvips does not look for either is left to it', async () => {
  const canvas = [64, 40] as const;
  const whole = await webp(1, ...canvas, { quality: 80 });
  const clear = await webp(2, ...canvas, { quality: 80, alpha: 5 });
  const small = frame(await webp(3, 32, 20, { quality: 80 }), [32, 20], [0, 0]);
  const taken = {
    'alpha in a frame, none in the header': animation(
      canvas,
      [frame(clear, canvas, [0, 0]), frame(whole, canvas, [0, 0])],
      { alpha: false },
    ),
    'a small frame, no alpha': animation(canvas, [small], { alpha: false }),
    'a canvas that libvips refuses': animation([16_384, 30], [small]),
  };
  for (const [what, file] of Object.entries(taken)) expect(await ours(file), what).toBeUndefined();
});

test('a header decides about alpha', async () => {
  const size = [90, 70] as const;
  for (const lossless of [false, true]) {
    const clear = imageChunks(await webp(1, ...size, { quality: 80, alpha: 5, lossless }));
    const opaque = imageChunks(await webp(1, ...size, { quality: 80, lossless }));
    await expectSame(extended(size, 0, clear), 'alpha that is not to be seen', 3);
    await expectSame(extended(size, 0x10, opaque), 'no alpha where some is announced', 3);
  }
});

test('chunks that are not known are skipped', async () => {
  const size = [90, 70] as const;
  const [picture] = imageChunks(await webp(4, ...size, { quality: 80 }));
  const odd = chunk('ABCD', Uint8Array.of(1, 2, 3));
  await expectSame(extended(size, 0, [odd, picture!, odd]), 'around the picture', 3);
});

describe('what sharp refuses is never taken', () => {
  test.each(Object.entries(KINDS))('%s', async (_, wanted) => {
    const canvas = [120, 90] as const;
    const still = await webp(3, ...canvas, wanted);
    const part = frame(await webp(4, 60, 50, wanted), [60, 50], [10, 20]);
    const moving = animation(canvas, [part, frame(still, canvas, [0, 0])]);
    const next = random(7);
    let taken = 0;
    for (let i = 0; i < 80; i++) {
      const { bytes, what } = damage(i % 2 ? still : moving, next);
      if (!isWhole(bytes) || !(await ours(bytes))) continue;
      taken++;
      await expect(sharp(bytes, { failOn: 'error' }).raw().toBuffer(), what).resolves.toBeDefined();
    }
    // Most bits of a picture may be anything.
    expect(taken).toBeGreaterThan(0);
  });

  test('ends that are missing', async () => {
    const still = await webp(3, 120, 90, { quality: 80 });
    const data = imageChunks(still)[0]!.subarray(8);
    for (let length = 12; length < data.length; length += 7) {
      const file = extended([120, 90], 0, [chunk('VP8 ', data.subarray(0, length))]);
      if (isWhole(file) && (await ours(file))) {
        await expect(sharp(file, { failOn: 'error' }).raw().toBuffer()).resolves.toBeDefined();
      }
    }
  });
});

function isWhole(file: Uint8Array): boolean {
  try {
    return inspectStructure(file).state === 'whole';
  } catch {
    return false;
  }
}
