/** Every pixel of pictures that come row by row, beside what wasm-vips makes of it: the same to the last bit. */
import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import { random } from '../../fixtures/photo.ts';
import { randomGif } from '../../fixtures/random-gif.ts';
import { COLORS_AND_DEPTHS, randomPng } from '../../fixtures/random-png.ts';
import {
  COMPRESSIONS,
  type Compression,
  randomTiff,
  TIFF_COLORS,
} from '../../fixtures/random-tiff.ts';
import { inspectStructure } from '../../src/inspect/structure/mod.ts';
import { readWholeHere } from '../../src/inspect/worker/whole.ts';
import { expectVips, SIZES, weave } from './every-pixel.ts';
import { provideParts } from './parts.ts';

provideParts();

type File = Uint8Array<ArrayBuffer>;

const ours = (file: File) => readWholeHere(file, inspectStructure(file));

const expectSame = async (file: File, what: string) => expectVips(await ours(file), file, what);

const grey = (picture: Sharp) => picture.greyscale().toColourspace('b-w');

describe('the digest of every pixel is that of wasm-vips', () => {
  test.each<[string, (picture: Sharp) => Sharp]>([
    ['PNG', (picture) => picture.png({ compressionLevel: 1 })],
    ['PNG, grey', (picture) => grey(picture).png({ compressionLevel: 1 })],
    ['PNG with a palette', (picture) => picture.png({ palette: true, colours: 60, effort: 1 })],
    ['PNG, RGBA', (picture) => picture.ensureAlpha().png({ compressionLevel: 1 })],
    ['PNG, grey and alpha', (picture) => grey(picture).ensureAlpha().png({ compressionLevel: 1 })],
    // Of which one is transparent, and no pixel has it.
    ['GIF of 256 colours', (picture) => picture.gif({ effort: 1 })],
    ['TIFF', (picture) => picture.tiff({ compression: 'lzw', predictor: 'horizontal' })],
    ['TIFF, grey', (picture) => grey(picture).tiff({ compression: 'none' })],
  ])('%s', async (_, encode) => {
    for (const [width, height] of SIZES) {
      const picture = sharp(weave(width, height).data, { raw: { width, height, channels: 3 } });
      const file = new Uint8Array(await encode(picture).toBuffer());
      await expectSame(file, `${width} × ${height}`);
    }
  });

  test.each(COLORS_AND_DEPTHS.filter(([color, depth]) => color <= 3 && depth <= 8))(
    'PNG of colour type %i and %i bits',
    async (color, depth) => {
      const next = random(10 * color + depth);
      for (const size of sizes(next)) {
        const kind = { ...size, color, depth, interlaced: false, transparent: false };
        await expectSame(randomPng(kind, next).file, JSON.stringify(kind));
      }
    },
  );

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('GIF of %i bits', async (depth) => {
    const next = random(depth);
    for (const { width, height } of sizes(next)) {
      const screen = [width, height] as const;
      const place = [0, 0, width, height] as const;
      const kind = { screen, place, depth, interlaced: false, transparent: false, local: false };
      await expectSame(randomGif(kind, next).file, JSON.stringify(kind));
    }
  });

  const plain = TIFF_COLORS.flatMap(([name, photometric, bits, extra]) =>
    bits <= 8 && extra === undefined ? [[name, photometric, bits] as const] : [],
  );
  test.each(plain)('TIFF, %s (photometric %i, %i bits)', async (_, photometric, bits) => {
    const next = random(100 * photometric + bits);
    const names = Object.keys(COMPRESSIONS) as Compression[];
    for (const compression of names) {
      for (const size of sizes(next).slice(0, compression === 'lzw' ? 4 : 1)) {
        const predictor = bits === 8 && /lzw|deflate/.test(compression) && next() < 0.5;
        const isEven = size.width > 512 === size.height > 512;
        const tile = isEven && next() < 0.5 ? ([48, 32] as const) : undefined;
        const layout = { tile, rowsPerStrip: 50, little: next() < 0.5, big: next() < 0.5 };
        const kind = { ...size, photometric, bits, compression, predictor, ...layout };
        await expectSame(randomTiff(kind, next).file, JSON.stringify(kind));
      }
    }
  });

  // Where two places are as near, the way in which libvips adds up decides.
  test.each([
    [3080, 600],
    [600, 3080],
    [3080, 2100],
    [396, 830],
    [583, 198],
    [445, 3584],
    [3304, 448],
  ])('%i × %i', async (width, height) => {
    const { data } = weave(width, height);
    const picture = sharp(data, { raw: { width, height, channels: 3 } });
    const png = await picture.clone().png({ compressionLevel: 1 }).toBuffer();
    await expectSame(new Uint8Array(png), 'PNG');
    const tiff = new Uint8Array(await picture.tiff({ compression: 'none', tile: true }).toBuffer());
    if (Math.min(width, height) < 512) expect(await ours(tiff)).toBeUndefined();
    else await expectSame(tiff, 'TIFF in tiles');
  });

  test('a TIFF is turned as it says', async () => {
    const next = random(4);
    for (let orientation = 2; orientation <= 8; orientation++) {
      const made = randomTiff({ ...RGB, width: 530, height: 640 }, next);
      const file = made.with(made.blocks, [274, 'short', [orientation]]);
      expect(inspectStructure(file).orientation).toBe(orientation);
      await expectSame(file, `orientation ${orientation}`);
    }
  });
});

const RGB = {
  photometric: 2,
  bits: 8,
  compression: 'lzw' as const,
  predictor: false,
  rowsPerStrip: 50,
  little: true,
  big: false,
};

/** Some of each kind: both sides are reduced, one of them, or none. */
function sizes(next: () => number): { width: number; height: number }[] {
  const side = (from: number, to: number) => from + Math.floor(next() * (to - from));
  return [
    { width: side(513, 800), height: side(513, 800) },
    { width: side(1, 512), height: side(513, 800) },
    { width: side(513, 800), height: side(1, 512) },
    { width: side(1, 300), height: side(1, 300) },
  ];
}

const PLAIN_PNG = {
  width: 530,
  height: 90,
  color: 2,
  depth: 8,
  interlaced: false,
  transparent: false,
};

const PLAIN_GIF = {
  screen: [530, 90],
  place: [0, 0, 530, 90],
  interlaced: false,
  transparent: false,
  local: false,
  depth: 4,
} as const;

describe('what is transparent is laid on white before the picture is reduced', () => {
  /** wasm-vips would do it afterwards, with other roundings. */
  const expectFlattened = async (file: File, what: string) => {
    const flat = sharp(file).flatten({ background: 'white' }).toColourspace('srgb');
    const png = new Uint8Array(await flat.png({ compressionLevel: 1 }).toBuffer());
    const digest = await ours(file);
    expect(digest, what).toBeDefined();
    await expectVips(digest, png, what);
  };

  test.each(COLORS_AND_DEPTHS.filter(([, depth]) => depth <= 8))(
    'PNG of colour type %i and %i bits',
    async (color, depth) => {
      const next = random(20 * color + depth);
      for (const size of sizes(next)) {
        const kind = { ...size, color, depth, interlaced: false, transparent: color <= 3 };
        await expectFlattened(randomPng(kind, next).file, JSON.stringify(kind));
      }
    },
  );

  test('GIF', async () => {
    const { file } = randomGif({ ...PLAIN_GIF, transparent: true }, random(8));
    await expectFlattened(file, 'GIF');
  });

  test('TIFF', async () => {
    const next = random(9);
    for (const size of sizes(next)) {
      const { file } = randomTiff({ ...RGB, ...size, extra: 2 }, next);
      await expectFlattened(file, JSON.stringify(size));
    }
  });
});

describe('left to wasm-vips', () => {
  test('PNGs that are interlaced or of 16 bits', async () => {
    const next = random(2);
    for (const other of [{ interlaced: true }, { depth: 16 }]) {
      const { file } = randomPng({ ...PLAIN_PNG, ...other }, next);
      expect(await ours(file), JSON.stringify(other)).toBeUndefined();
    }
  });

  test('GIFs that are interlaced or leave some of their screen free', async () => {
    const next = random(3);
    for (const other of [{ interlaced: true }, { place: [3, 4, 200, 30] }] as const) {
      const { file } = randomGif({ ...PLAIN_GIF, ...other }, next);
      expect(await ours(file), JSON.stringify(other)).toBeUndefined();
    }
  });

  test('TIFFs of 16 bits, and of JPEGs', async () => {
    const { file } = randomTiff({ ...RGB, width: 530, height: 90, bits: 16 }, random(4));
    expect(await ours(file)).toBeUndefined();
    const { data, width, height } = weave(530, 90);
    const jpegs = sharp(data, { raw: { width, height, channels: 3 } }).tiff({
      compression: 'jpeg',
    });
    expect(await ours(new Uint8Array(await jpegs.toBuffer()))).toBeUndefined();
  });

  test('a file that is damaged, and the next one is read as ever', async () => {
    const next = random(5);
    const sound = randomPng(PLAIN_PNG, next);
    const short = sound.with(sound.rows.subarray(0, -1000));
    expect(await ours(short)).toBeUndefined();
    await expectSame(sound.file, 'after it');
  });

  test('a colour that the palette lacks', async () => {
    const next = random(6);
    const kind = { ...PLAIN_PNG, color: 3 };
    const sound = randomPng(kind, next);
    const rows = sound.rows.slice();
    // No filter, and the last of all places.
    rows.subarray(0, 531).fill(255).fill(0, 0, 1);
    expect(await ours(sound.with(rows))).toBeUndefined();
  });
});
