/** Every pixel of a WebP, beside what wasm-vips makes of it: the same to the last bit. */
import sharp, { type WebpOptions } from 'sharp';
import { describe, expect, test } from 'vitest';
import { damage } from '../../../fixtures/damage.ts';
import { random } from '../../../fixtures/photo.ts';
import { inspectStructure } from '../../../src/inspect/structure/mod.ts';
import { digestWholeWebp } from '../../../src/inspect/webp/mod.ts';
import { digestByVips, expectVips, SIZES, weave } from '../every-pixel.ts';
import { provideParts } from '../parts.ts';
import { animation, frame } from './chunks.ts';

provideParts();

type Wanted = WebpOptions & { alpha?: boolean; orientation?: number };

async function webp(width: number, height: number, wanted: Wanted = {}) {
  const { alpha, orientation, ...options } = wanted;
  let picture = sharp(weave(width, height).data, { raw: { width, height, channels: 3 } });
  if (alpha) picture = picture.ensureAlpha(0.5);
  if (orientation) picture = picture.withMetadata({ orientation });
  return new Uint8Array(await picture.webp({ effort: 0, ...options }).toBuffer());
}

const ours = (file: Uint8Array) => digestWholeWebp(file, inspectStructure(file));

const expectSame = async (file: Uint8Array, what: string) =>
  expectVips(await ours(file), file, what);

describe('the digest of every pixel is that of wasm-vips', () => {
  test.each<[string, Wanted]>([
    ['lossy', { quality: 80 }],
    ['coarse', { quality: 5 }],
    ['without filter at the edges of blocks', { quality: 100 }],
    ['lossless', { lossless: true }],
  ])('%s', async (_, wanted) => {
    for (const [width, height] of SIZES) {
      await expectSame(await webp(width, height, wanted), `${width} × ${height}`);
    }
  });

  test('turned as EXIF says', async () => {
    for (let orientation = 2; orientation <= 8; orientation++) {
      const file = await webp(530, 640, { orientation });
      expect(inspectStructure(file).orientation).toBe(orientation);
      await expectSame(file, `orientation ${orientation}`);
    }
  });

  test('the first frame of an animation that fills its canvas', async () => {
    const canvas = [600, 530] as const;
    const frames = [await webp(...canvas), await webp(...canvas, { lossless: true })];
    const whole = frames.map((file) => frame(file, canvas, [0, 0]));
    await expectSame(animation(canvas, whole, { alpha: false }), 'lossy first');
    await expectSame(animation(canvas, whole.reverse(), { alpha: false }), 'lossless first');
  });
});

describe('left to wasm-vips', () => {
  test('what may be transparent', async () => {
    for (const lossless of [false, true]) {
      expect(await ours(await webp(600, 530, { alpha: true, lossless }))).toBeUndefined();
    }
  });

  test('a first frame that leaves some of its canvas free', async () => {
    const part = frame(await webp(300, 200), [300, 200], [20, 30]);
    expect(await ours(animation([600, 530], [part], { alpha: false }))).toBeUndefined();
    expect(await ours(animation([600, 530], [part]))).toBeUndefined();
  });

  test('one that is not of the size that it should be', async () => {
    const file = await webp(600, 530);
    const structure = { ...inspectStructure(file), height: 531 };
    expect(await digestWholeWebp(file, structure)).toBeUndefined();
  });
});

test('a damaged file that is taken, wasm-vips takes, too, and sees the same', async () => {
  const files = [await webp(530, 150), await webp(530, 150, { lossless: true })];
  const next = random(5);
  let taken = 0;
  for (let i = 0; i < 120; i++) {
    const { bytes, what } = damage(files[i % 2]!, next);
    if (!isWhole(bytes)) continue;
    const own = await ours(bytes);
    if (!own) continue;
    taken++;
    expect(own, what).toEqual(await digestByVips(bytes));
  }
  expect(taken).toBeGreaterThan(0);
  await expectSame(files[0]!, 'after them');
});

function isWhole(file: Uint8Array): boolean {
  try {
    const { state, width, height } = inspectStructure(file);
    return state === 'whole' && width * height < 1e6;
  } catch {
    return false;
  }
}
