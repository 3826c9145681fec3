import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { vips } from '../../../fixtures/encode.ts';
import { type EncodeOptions, encodeJpeg } from '../../../fixtures/encode-jpeg.ts';
import { type Picture, photo } from '../../../fixtures/photo.ts';
import { TrawlError } from '../../../src/errors.ts';
import { digestJpeg } from '../../../src/inspect/jpeg/mod.ts';
import { distanceHex, hashBuffer } from '../../../src/inspect/pdq/mod.ts';
import { type Digest, digestPixels } from '../../../src/inspect/worker/picture.ts';

const small = photo(1, 203, 157);

const pdq = (digest: Digest | undefined) => hashBuffer(digest!.buffer!).hex;

/** Largest and mean difference of two thumbnails, luma and chroma. */
function difference(a: Uint8Array, b: Uint8Array) {
  const steps = Array.from(a, (value, i) => Math.abs(value - b[i]!));
  return { largest: Math.max(...steps), mean: steps.reduce((sum, d) => sum + d, 0) / steps.length };
}

/** The digest of the same pixels without JPEG, grey where the file is. */
function expected(picture: Picture, color: EncodeOptions['color']): Digest {
  if (color !== 'grey') return digestPixels(picture);
  const data = new Uint8Array(picture.data.length);
  for (let i = 0; i < data.length; i += 3) {
    const [r, g, b] = picture.data.subarray(i, i + 3) as unknown as [number, number, number];
    data.fill(Math.round(0.299 * r + 0.587 * g + 0.114 * b), i, i + 3);
  }
  return digestPixels({ ...picture, data });
}

describe('the digest of a JPEG equals that of its pixels', () => {
  const full = [1, 1] as const;
  const cases: [string, EncodeOptions][] = [
    ['grey', { color: 'grey', sampling: [full] }],
    ['grey whose sampling factors mean nothing', { color: 'grey', sampling: [[2, 2]] }],
    ['4:4:4', { color: 'ycc', sampling: [full, full, full] }],
    ['4:2:0', { color: 'ycc', sampling: [[2, 2], full, full] }],
    ['4:2:2', { color: 'ycc', sampling: [[2, 1], full, full] }],
    ['4:4:0', { color: 'ycc', sampling: [[1, 2], full, full] }],
    ['4:1:1', { color: 'ycc', sampling: [[4, 1], full, full] }],
    ['4:1:0', { color: 'ycc', sampling: [[4, 2], full, full] }],
    [
      'chroma of unlike factors',
      {
        color: 'ycc',
        sampling: [
          [2, 2],
          [2, 1],
          [1, 2],
        ],
      },
    ],
    ['a restart after each MCU', { color: 'ycc', sampling: [[2, 2], full, full], restart: 1 }],
    ['a restart after 7 MCUs', { color: 'ycc', sampling: [[2, 1], full, full], restart: 7 }],
    [
      'one scan for each component',
      { color: 'ycc', sampling: [[2, 2], full, full], separate: true },
    ],
    [
      'separate scans with restarts',
      { color: 'ycc', sampling: [[2, 1], full, full], separate: true, restart: 5 },
    ],
    ['RGB, told by Adobe', { color: 'rgb', sampling: [full, full, full] }],
    ['CMYK', { color: 'cmyk', sampling: [full, full, full, full] }],
    ['YCCK', { color: 'ycck', sampling: [full, full, full, full] }],
  ];
  test.each(cases)('%s', (_, options) => {
    const digest = digestJpeg(encodeJpeg(small, options), 1);
    const pixels = expected(small, options.color);
    expect(distanceHex(pdq(digest), pdq(pixels))).toBeLessThanOrEqual(6);
    const { largest, mean } = difference(digest!.thumbnail, pixels.thumbnail);
    expect(mean).toBeLessThan(1);
    expect(largest).toBeLessThan(24);
  });

  test('YCCK with reduced colour, when it is large; a small one is left to the full decoder', () => {
    const options: EncodeOptions = {
      color: 'ycck',
      sampling: [[2, 2], full, full, [2, 2]],
    };
    expect(digestJpeg(encodeJpeg(small, options), 1)).toBeUndefined();
    const large = photo(1, 700, 660);
    const digest = digestJpeg(encodeJpeg(large, options), 1)!;
    const { thumbnail } = digestPixels(large);
    expect(difference(digest.thumbnail, thumbnail).mean).toBeLessThan(1.5);
  });

  test('sampling factors that do not divide are left to the full decoder, which refuses them', () => {
    const sampling = [[2, 1], full, [3, 1]] as const;
    expect(digestJpeg(encodeJpeg(small, { color: 'ycc', sampling }), 1)).toBeUndefined();
  });

  test('nearly to the bit when nothing is lost', () => {
    const options: EncodeOptions = { color: 'ycc', sampling: [full, full, full], step: 1 };
    const digest = digestJpeg(encodeJpeg(small, options), 1);
    const pixels = expected(small, 'ycc');
    expect(distanceHex(pdq(digest), pdq(pixels))).toBeLessThanOrEqual(2);
    expect(difference(digest!.thumbnail, pixels.thumbnail).largest).toBeLessThanOrEqual(6);
  });
});

describe('large pictures, of which only the lowest coefficients are kept', () => {
  // Sides for which one, two and four coefficients an axis are kept.
  test.each([
    [1500, 1300],
    [1300, 700],
    [640, 520],
    // One axis is enlarged.
    [700, 300],
    [200, 1100],
  ])('%i × %i: as from a reduction to 512 × 512 by lanczos3', async (width, height) => {
    const { Image, BandFormat } = await vips();
    const picture = photo(width, width, height, 2);
    const full = Image.newFromMemory(picture.data, width, height, 3, BandFormat.uchar);
    const reduced = full.resize(512 / width, { vscale: 512 / height, kernel: 'lanczos3' });
    const pixels = digestPixels({
      data: reduced.writeToMemory() as Uint8Array,
      width: 512,
      height: 512,
    });
    for (const interlace of [false, true]) {
      const file = Uint8Array.from(full.jpegsaveBuffer({ Q: 90, interlace }));
      const digest = digestJpeg(file, 1);
      expect(distanceHex(pdq(digest), pdq(pixels))).toBeLessThanOrEqual(10);
      expect(difference(digest!.thumbnail, pixels.thumbnail).mean).toBeLessThan(1.5);
    }
    full.delete();
    reduced.delete();
  });
});

test('a progressive file gives what the baseline file of the same coefficients gives', async () => {
  const { Image, BandFormat } = await vips();
  const { data, width, height } = small;
  const image = Image.newFromMemory(data, width, height, 3, BandFormat.uchar);
  for (const subsample_mode of ['on', 'off']) {
    const [baseline, progressive] = [false, true].map((interlace) =>
      digestJpeg(Uint8Array.from(image.jpegsaveBuffer({ Q: 85, interlace, subsample_mode })), 1),
    );
    expect(pdq(progressive)).toBe(pdq(baseline));
    // Of colour only the low coefficients are read, and of those no refinement.
    expect(difference(progressive!.thumbnail, baseline!.thumbnail).largest).toBeLessThanOrEqual(3);
  }
  image.delete();
});

describe('EXIF orientation is applied', () => {
  /** Where pixel (x, y) of the picture as shown lies in the stored one (EXIF 2.32, 0x0112). */
  const stored: Record<number, (x: number, y: number, w: number, h: number) => [number, number]> = {
    1: (x, y) => [x, y],
    2: (x, y, w) => [w - 1 - x, y],
    3: (x, y, w, h) => [w - 1 - x, h - 1 - y],
    4: (x, y, _, h) => [x, h - 1 - y],
    5: (x, y) => [y, x],
    6: (x, y, _, h) => [y, h - 1 - x],
    7: (x, y, w, h) => [w - 1 - y, h - 1 - x],
    8: (x, y, w) => [w - 1 - y, x],
  };
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('%i', (orientation) => {
    const { width: w, height: h } = small;
    const [width, height] = orientation >= 5 ? [h, w] : [w, h];
    const data = new Uint8Array(w * h * 3);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const [sx, sy] = stored[orientation]!(x, y, w, h);
        data.set(
          small.data.subarray((sy * w + sx) * 3, (sy * w + sx) * 3 + 3),
          (y * width + x) * 3,
        );
      }
    }
    const file = encodeJpeg(small, {
      color: 'ycc',
      sampling: [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
      step: 1,
    });
    const digest = digestJpeg(file, orientation);
    const shown = digestPixels({ data, width, height });
    expect(distanceHex(pdq(digest), pdq(shown))).toBeLessThanOrEqual(2);
    expect(difference(digest!.thumbnail, shown.thumbnail).largest).toBeLessThanOrEqual(6);
  });
});

describe('hostile and broken files', () => {
  const file = encodeJpeg(photo(5, 90, 70), {
    color: 'ycc',
    sampling: [
      [2, 1],
      [1, 1],
      [1, 1],
    ],
    restart: 9,
  });
  const dataFrom = file.findIndex((byte, i) => byte === 0xff && file[i + 1] === 0xda) + 14;

  test('a file that ends within its data is truncated, wherever it ends', () => {
    for (let length = dataFrom; length < file.length - 3; length += 41) {
      let code: string | undefined;
      try {
        digestJpeg(file.slice(0, length), 1);
      } catch (error) {
        code = (error as TrawlError).code;
      }
      expect(code, `cut at ${length}`).toBe('truncated');
    }
  });

  test('data that end at a marker, or hold no code, are left to the full decoder', () => {
    const early = Uint8Array.from([...file.slice(0, dataFrom + 400), 0xff, 0xd9]);
    expect(digestJpeg(early, 1)).toBeUndefined();
    const ones = file.slice();
    // No code consists of ones only.
    for (let at = dataFrom; at < dataFrom + 30; at++) ones[at] = (at - dataFrom) % 2 ? 0 : 0xff;
    expect(digestJpeg(ones, 1)).toBeUndefined();
  });

  test('arithmetic coding, 12 bits and lossless are left to the full decoder', () => {
    const frame = file.findIndex((byte, i) => byte === 0xff && file[i + 1] === 0xc0);
    for (const marker of [0xc3, 0xc5, 0xc9, 0xca, 0xcb]) {
      const other = file.slice();
      other[frame + 1] = marker;
      expect(digestJpeg(other, 1)).toBeUndefined();
    }
    const deep = file.slice();
    deep[frame + 4] = 12;
    expect(digestJpeg(deep, 1)).toBeUndefined();
  });

  test('flipped bits never do more than refuse the file', async () => {
    const { Image, BandFormat } = await vips();
    const image = Image.newFromMemory(small.data, small.width, small.height, 3, BandFormat.uchar);
    const files = [file, Uint8Array.from(image.jpegsaveBuffer({ interlace: true }))];
    image.delete();
    const flips = fc.array(fc.nat(1 << 20), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.nat(1), flips, (which, positions) => {
        const broken = files[which]!.slice();
        for (const position of positions) {
          const at = position % (broken.length * 8);
          // The size may grow to 65,535 a side, whose coefficients would only cost the test time.
          broken[at >> 3]! ^= 1 << (at & 7);
        }
        try {
          const digest = digestJpeg(broken, 1);
          if (digest) expect(digest.thumbnail).toHaveLength(2816);
        } catch (error) {
          expect(error).toBeInstanceOf(TrawlError);
        }
      }),
      { numRuns: 1500 },
    );
  });
});
