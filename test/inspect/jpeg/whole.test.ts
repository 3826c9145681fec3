/** Every pixel of a JPEG, beside what wasm-vips makes of it: the same to the last bit. */
import sharp, { type JpegOptions } from 'sharp';
import { describe, expect, test } from 'vitest';
import { damage } from '../../../fixtures/damage.ts';
import { type EncodeOptions, encodeJpeg } from '../../../fixtures/encode-jpeg.ts';
import { photo, random } from '../../../fixtures/photo.ts';
import { digestWholeJpeg } from '../../../src/inspect/jpeg/whole/mod.ts';
import { inspectStructure } from '../../../src/inspect/structure/mod.ts';
import { digestByVips, expectVips, weave } from '../every-pixel.ts';
import { provideParts } from '../parts.ts';

provideParts();

type Wanted = JpegOptions & { grey?: boolean; orientation?: number };

async function jpeg(width: number, height: number, wanted: Wanted = {}) {
  const { grey, orientation, ...options } = wanted;
  let picture = sharp(weave(width, height).data, { raw: { width, height, channels: 3 } });
  if (grey) picture = picture.greyscale();
  if (orientation) picture = picture.withMetadata({ orientation });
  return new Uint8Array(await picture.jpeg(options).toBuffer());
}

const ours = (file: Uint8Array) => digestWholeJpeg(file, inspectStructure(file));

const expectSame = async (file: Uint8Array, what: string) =>
  expectVips(await ours(file), file, what);

describe('the digest of every pixel is that of wasm-vips', () => {
  test.each<[string, Wanted]>([
    ['4:2:0', { quality: 80 }],
    ['4:4:4', { quality: 95, chromaSubsampling: '4:4:4' }],
    ['coarse', { quality: 8 }],
    ['without loss of coefficients', { quality: 100 }],
    ['grey', { grey: true }],
    ['progressive', { progressive: true }],
    ['progressive and grey', { progressive: true, grey: true }],
    ['with tables of its own', { mozjpeg: true }],
  ])('%s', async (_, wanted) => {
    for (const [width, height] of [
      [800, 601],
      [517, 1023],
      [300, 201],
      [33, 17],
      [5, 5],
      [1, 1],
    ] as const) {
      await expectSame(await jpeg(width, height, wanted), `${width} × ${height}`);
    }
  });

  test.each([
    [512, 512],
    [512, 700],
    [1024, 513],
    [1536, 514],
    [1025, 2047],
    [2048, 600],
    [3073, 520],
    [530, 3200],
    [4100, 512],
    // One side is enlarged.
    [700, 300],
    [97, 2100],
    [512, 511],
    [1, 600],
    [4100, 3],
    // What little each box lacks is repeated.
    [2051, 2051],
  ])('%i × %i', async (width, height) => {
    await expectSame(await jpeg(width, height), 'colours');
    await expectSame(await jpeg(width, height, { grey: true }), 'grey');
  });

  test('turned as EXIF says', async () => {
    for (let orientation = 2; orientation <= 8; orientation++) {
      await expectSame(await jpeg(231, 150, { orientation }), `small, ${orientation}`);
      await expectSame(await jpeg(530, 640, { orientation }), `large, ${orientation}`);
      await expectSame(await jpeg(600, 90, { orientation }), `flat, ${orientation}`);
    }
  });

  const full = [1, 1] as const;
  test.each<[string, EncodeOptions]>([
    ['4:2:2', { color: 'ycc', sampling: [[2, 1], full, full] }],
    ['4:4:0', { color: 'ycc', sampling: [[1, 2], full, full] }],
    ['4:1:1', { color: 'ycc', sampling: [[4, 1], full, full] }],
    ['4:1:0', { color: 'ycc', sampling: [[4, 2], full, full] }],
    ['a restart after 7 MCUs', { color: 'ycc', sampling: [[2, 2], full, full], restart: 7 }],
    ['RGB, told by Adobe', { color: 'rgb', sampling: [full, full, full] }],
  ])('%s', async (_, options) => {
    for (const [width, height] of [
      [203, 157],
      [601, 523],
    ] as const) {
      await expectSame(encodeJpeg(weave(width, height), options), `${width} × ${height}`);
    }
  });
});

describe('left to wasm-vips', () => {
  test('CMYK and YCCK', async () => {
    for (const color of ['cmyk', 'ycck'] as const) {
      const sampling = Array.from({ length: 4 }, () => [1, 1] as const);
      expect(await ours(encodeJpeg(photo(1, 90, 70), { color, sampling }))).toBeUndefined();
    }
  });

  test('a scan for each component', async () => {
    const sampling = Array.from({ length: 3 }, () => [1, 1] as const);
    const file = encodeJpeg(photo(1, 90, 70), { color: 'ycc', sampling, separate: true });
    expect(await ours(file)).toBeUndefined();
  });

  test('one that is not of the size that it should be', async () => {
    const file = await jpeg(90, 70);
    const structure = { ...inspectStructure(file), width: 91 };
    expect(await digestWholeJpeg(file, structure)).toBeUndefined();
  });

  test('whatever the library warns of, and the next picture is read as ever', async () => {
    const file = await jpeg(300, 200);
    const structure = inspectStructure(file);
    for (let length = 700; length < file.length; length += 3001) {
      expect(await digestWholeJpeg(file.slice(0, length), structure)).toBeUndefined();
    }
    await expectSame(file, 'after them');
  });

  test('a progression that ends before its last bits', async () => {
    const file = await jpeg(300, 200, { progressive: true });
    const structure = inspectStructure(file);
    const scans = Array.from(file.keys()).filter((i) => file[i] === 0xff && file[i + 1] === 0xda);
    const early = Uint8Array.from([...file.subarray(0, scans.at(-1)), 0xff, 0xd9]);
    expect(await digestWholeJpeg(early, structure)).toBeUndefined();
  });
});

test('a damaged file that is taken, wasm-vips takes, too', async () => {
  const files = [await jpeg(230, 150), await jpeg(231, 150, { progressive: true })];
  const next = random(11);
  let taken = 0;
  for (let i = 0; i < 160; i++) {
    const { bytes, what } = damage(files[i % 2]!, next);
    if (!isWhole(bytes)) continue;
    if (!(await ours(bytes))) continue;
    taken++;
    // Not to the bit: values far beyond 0–255 are cut in several ways.
    await expect(digestByVips(bytes), what).resolves.toBeDefined();
  }
  expect(taken).toBeGreaterThan(0);
});

function isWhole(file: Uint8Array): boolean {
  try {
    const { state, width, height } = inspectStructure(file);
    return state === 'whole' && width * height < 1e6;
  } catch {
    return false;
  }
}
