import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encode, vips } from '../../fixtures/encode.ts';
import { grain, type Picture, photo } from '../../fixtures/photo.ts';
import {
  createInspector,
  distanceHex,
  type Inspector,
  inspectHeader,
} from '../../src/inspect/mod.ts';
import { THUMBNAIL_BYTES } from '../../src/inspect/thumbnail.ts';
import { ensureWorker } from './assets.ts';

const picture = photo(11, 620, 410);
const reference = { pdq: '', thumbnail: new Uint8Array() };
let inspector: Inspector;

beforeAll(async () => {
  await ensureWorker();
  inspector = createInspector({ workers: 1 });
  const png = await inspector.inspect(await encode(picture, '.png'));
  reference.pdq = png.pdq!;
  reference.thumbnail = png.thumbnail as Uint8Array<ArrayBuffer>;
});
afterAll(() => inspector[Symbol.asyncDispose]());

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
}

async function decoded(file: Uint8Array): Promise<Picture> {
  const image = (await vips()).Image.newFromBuffer(file);
  const { width, height } = image;
  const data = new Uint8Array(image.writeToMemory());
  image.delete();
  return { data, width, height };
}

describe('the same picture in every format', () => {
  test.each([
    ['jpeg', '.jpg[Q=90]', 6, 1.5],
    ['jpeg', '.jpg[Q=90,interlace]', 6, 1.5],
    ['png', '.png[interlace]', 0, 0.1],
    ['png', '.png[bitdepth=16]', 2, 1],
    ['gif', '.gif', 12, 6],
    ['webp', '.webp[Q=90]', 6, 2],
    ['webp', '.webp[lossless]', 4, 1],
    ['avif', '.avif[Q=80,effort=0]', 6, 2],
    // As wasm-vips reduces it, not as the PNG is.
    ['tiff', '.tif', 4, 1],
  ] as const)('%s (%s)', async (format, suffix, bits, difference) => {
    const result = await inspector.inspect(await encode(picture, suffix));
    expect(result).toMatchObject({ format, width: 620, height: 410 });
    expect(result.quality).toBeGreaterThanOrEqual(50);
    expect(distanceHex(result.pdq!, reference.pdq)).toBeLessThanOrEqual(bits);
    expect(result.thumbnail).toHaveLength(THUMBNAIL_BYTES);
    expect(meanDifference(result.thumbnail!, reference.thumbnail)).toBeLessThan(difference);
  });

  test.each(['.jpg[Q=80]', '.png', '.webp[Q=80]'])(
    'a texture without low frequencies, whose hash is that of rounding: every pixel of it (%s)',
    async (suffix) => {
      const file = await encode(grain(900, 700), suffix);
      const result = await inspector.inspect(file);
      const whole = await inspector.inspect(await encode(await decoded(file), '.tif'));
      expect(result.quality).toBeGreaterThanOrEqual(50);
      expect(result.pdq).toBe(whole.pdq);
    },
  );

  test('SVG is drawn', async () => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200">
      <rect width="300" height="100" fill="#fff"/><rect y="100" width="300" height="100"/></svg>`;
    const result = await inspector.inspect(new TextEncoder().encode(svg));
    expect(result).toMatchObject({ format: 'svg', width: 300, height: 200 });
    const { thumbnail } = result;
    expect(thumbnail![0]).toBeGreaterThan(250);
    expect(thumbnail![48 * 47]).toBeLessThan(5);
  });

  test('BMP is recognised and not decoded', async () => {
    const bmp = new Uint8Array(54 + 4 * 12);
    const view = new DataView(bmp.buffer);
    bmp.set([0x42, 0x4d]);
    for (const [at, value] of [
      [2, bmp.length],
      [10, 54],
      [14, 40],
      [18, 4],
      [22, 4],
    ] as const) {
      view.setUint32(at, value, true);
    }
    view.setUint16(26, 1, true);
    view.setUint16(28, 24, true);
    const result = await inspector.inspect(bmp);
    expect(result).toMatchObject({ format: 'bmp', width: 4, height: 4 });
    expect(result.pdq).toBeUndefined();
  });
});

test('only the header, when no pixels are wanted', async () => {
  const file = await encode(picture, '.jpg');
  const result = await inspector.inspect(file, { pixels: false });
  expect(result).toEqual(inspectHeader(file));
  expect(result.pdq).toBeUndefined();
});

test('the eight orientations, when they are wanted', async () => {
  const { dihedral, pdq } = await inspector.inspect(await encode(picture, '.jpg'), {
    dihedral: true,
  });
  expect(Object.keys(dihedral!)).toHaveLength(8);
  expect(dihedral!.original).toBe(pdq);
});

test('large pictures are decoded too, though they have to ask for memory first', async () => {
  const large = await encode(photo(5, 2600, 2000, 0), '.tif[compression=lzw]');
  const many = createInspector({ workers: 2, decodeTimeout: 300 });
  // A Buffer, whose slice() would share its memory.
  const results = await Promise.all([1, 2, 3].map(() => many.inspect(Buffer.from(large))));
  for (const result of results) {
    expect(result).toMatchObject({ format: 'tiff', width: 2600, height: 2000 });
    expect(result.pdq).toBe(results[0]!.pdq);
  }
  await many[Symbol.asyncDispose]();
});

test('the bytes stay the caller’s, also those of a view', async () => {
  const file = await encode(picture, '.jpg');
  const around = new Uint8Array(file.length + 200).fill(7);
  around.set(file, 100);
  const view = around.subarray(100, 100 + file.length);
  const first = await inspector.inspect(view);
  expect(await inspector.inspect(view)).toEqual(first);
  expect(view.length).toBe(file.length);
});

describe('what is refused', () => {
  const code = (bytes: Uint8Array<ArrayBuffer>) =>
    inspector.inspect(bytes).then(
      () => 'accepted',
      (error) => error.code as string,
    );

  test('text, nothing, a part, a broken file', async () => {
    expect(await code(new TextEncoder().encode('<!doctype html><p>Not found'))).toBe(
      'not-an-image',
    );
    expect(await code(new Uint8Array())).toBe('empty-body');
    for (const suffix of ['.jpg', '.jpg[interlace]', '.png', '.webp', '.gif', '.avif']) {
      const file = await encode(picture, suffix);
      expect(await code(file.slice(0, file.length * 0.6)), suffix).toBe('truncated');
    }
    const png = await encode(picture, '.png');
    png.fill(0x55, 3000, 3400);
    expect(await code(png)).toBe('damaged');
  });

  test.each([300, 700])(
    'data that make no sense, in a picture of %d pixels a side',
    async (side) => {
      const file = await encode(photo(3, side, side), '.tif[compression=lzw]');
      file.fill(0xff, file.length / 2, file.length / 2 + 200);
      expect(await code(file)).toBe('damaged');
    },
  );

  test('a picture of too many pixels, by its header alone', async () => {
    const png = await encode(picture, '.png');
    new DataView(png.buffer).setUint32(16, 30_000);
    new DataView(png.buffer).setUint32(20, 30_000);
    // The checksum of the header is wrong now; size counts first.
    expect(['too-many-pixels', 'damaged']).toContain(await code(png));
    const strict = createInspector({ workers: 1, maxPixels: 620 * 410 - 1 });
    const file = await encode(picture, '.jpg');
    await expect(strict.inspect(file)).rejects.toMatchObject({ code: 'too-many-pixels' });
    await strict[Symbol.asyncDispose]();
  });

  test('an SVG that refers to itself a billion times ends soon', async () => {
    const uses = Array.from({ length: 30 }, (_, i) => {
      const inner = `<use href="#g${i}"/>`.repeat(10);
      return `<g id="g${i + 1}">${inner}</g>`;
    });
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"><defs>
      <rect id="g0" width="9" height="9"/>${uses.join('')}</defs><use href="#g30"/></svg>`;
    expect(await code(new TextEncoder().encode(svg))).not.toBe('accepted');
  });
});

test('an image that takes too long costs only itself', async () => {
  const impatient = createInspector({ workers: 1, decodeTimeout: 2 });
  // Minutes of work: each step makes noise for all pixels.
  const steps = '<feTurbulence baseFrequency="0.9" numOctaves="5"/>'.repeat(900);
  const slow = `<svg xmlns="http://www.w3.org/2000/svg" width="500" height="500"><filter id="f">${steps}</filter>
    <rect width="500" height="500" filter="url(#f)"/></svg>`;
  await expect(impatient.inspect(new TextEncoder().encode(slow))).rejects.toMatchObject({
    code: 'decode-timeout',
  });
  const jpeg = await encode(photo(12, 40, 30), '.jpg');
  await impatient.warm();
  expect((await impatient.inspect(jpeg)).format).toBe('jpeg');
  await impatient[Symbol.asyncDispose]();
});

test('many at once, more than there are workers', async () => {
  const many = createInspector({ workers: 2 });
  const files = await Promise.all([1, 2, 3].map((seed) => encode(photo(seed, 200, 150), '.jpg')));
  const results = await Promise.all(
    Array.from({ length: 30 }, (_, i) => many.inspect(files[i % 3]!)),
  );
  for (const [i, result] of results.entries()) expect(result.pdq).toBe(results[i % 3]!.pdq);
  await many[Symbol.asyncDispose]();
});
