/** The GIF fast path beside sharp (native libvips), on random pictures of every kind, whole and broken. */
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { bytes } from '../../../fixtures/assemble.ts';
import { random } from '../../../fixtures/photo.ts';
import { type GifKind, randomGif } from '../../../fixtures/random-gif.ts';
import { digestGif } from '../../../src/inspect/gif/mod.ts';
import { digestPng } from '../../../src/inspect/png/mod.ts';

/** What becomes of the same picture as a PNG; rejects when sharp cannot decode it. */
async function digestOther(file: Uint8Array) {
  const flat = sharp(file, { failOn: 'truncated' }).flatten({ background: 'white' });
  return digestPng(new Uint8Array(await flat.png({ compressionLevel: 1 }).toBuffer()));
}

function kind(next: () => number, most: number, depth: number): GifKind {
  const below = (n: number) => Math.floor(next() * n);
  const [width, height] = [1 + below(most), 1 + below(most)];
  const [left, top] = next() < 0.5 ? [0, 0] : [below(9), below(9)];
  const around = next() < 0.5 ? 0 : below(9);
  return {
    screen: [left + width + around, Math.max(1, top + height + around - below(5))],
    place: [left, top, width, height],
    depth,
    interlaced: next() < 0.5,
    transparent: next() < 0.5,
    local: next() < 0.5,
  };
}

describe.each([1, 2, 3, 4, 5, 6, 7, 8])('%i bits a pixel', (depth) => {
  const next = random(depth);

  test('pictures are as sharp has them', async () => {
    for (const most of [4, 9, 60, 200, 900]) {
      for (let i = 0; i < 4; i++) {
        const one = kind(next, most, depth);
        const { file } = randomGif(one, next);
        const what = JSON.stringify(one);
        const [, , width, height] = one.place;
        const covers = width === one.screen[0] && height >= one.screen[1];
        // All 256 colours are the frame's: none is left for what lies around it.
        if (depth === 8 && !covers && !one.transparent) {
          expect(digestGif(file), what).toBeUndefined();
        } else expect(digestGif(file), what).toEqual(await digestOther(file));
      }
    }
  });

  test('broken data are never taken', () => {
    for (let i = 0; i < 20; i++) {
      const one = { ...kind(next, 60, depth), transparent: true };
      const { file, data, with: withData } = randomGif(one, next);
      const what = JSON.stringify(one);
      const digest = digestGif(file);
      expect(digest, what).toBeDefined();
      expect(digestGif(withData(data.subarray(0, -3))), what).toBeUndefined();
      expect(digestGif(withData(new Uint8Array())), what).toBeUndefined();
      expect(digestGif(withData(bytes(data, [1, 2, 3]))), what).toEqual(digest);
      const flipped = data.slice();
      flipped[Math.floor(next() * data.length)]! ^= 1 << Math.floor(next() * 8);
      digestGif(withData(flipped));
    }
  });
});

test('any data end', () => {
  const next = random(9);
  const place = [0, 0, 300, 300] as const;
  const one = { ...kind(next, 9, 8), screen: [300, 300], place, transparent: true } as const;
  const { with: withData } = randomGif(one, next);
  for (let i = 0; i < 300; i++) {
    // Few values, so that codes of all kinds follow each other.
    const [least, most] = [next() * 256, next() * 256];
    const length = Math.floor(next() * 40_000);
    const data = Uint8Array.from({ length }, () => least + next() * (most - least));
    expect(() => digestGif(withData(data))).not.toThrow();
  }
});

describe('what only wasm-vips judges', () => {
  const next = random(10);
  const plain = { depth: 4, interlaced: false, transparent: false, local: false };
  const of = (width: number, height: number) =>
    randomGif({ ...plain, screen: [width, height], place: [1, 1, 20, 10] }, next).file;
  const good = of(21, 11);
  const control = [0x21, 0xf9, 4, 0, 0, 0, 0, 0];

  test('blocks between which there is something else', () => {
    const [all, end] = [good.subarray(0, -1), good.subarray(-1)];
    expect(digestGif(bytes(all, control, end))).toBeDefined();
    expect(digestGif(bytes(all, [0], end))).toBeUndefined();
    expect(digestGif(bytes(all, 'junk', end))).toBeUndefined();
    expect(digestGif(bytes(good, 'junk'))).toBeDefined();
    expect(digestGif(bytes(all))).toBeDefined();
  });

  test('a colour that the table lacks', () => {
    const { file, pixels } = randomGif(
      { ...plain, screen: [20, 10], place: [0, 0, 20, 10] },
      random(3),
    );
    expect(new Set(pixels).size).toBeGreaterThan(8);
    expect(digestGif(file)).toBeDefined();
    // Eight colours, and those that follow stand in a comment.
    const fewer = bytes(
      file.subarray(0, 10),
      [0x82, 0, 0],
      file.subarray(13, 37),
      [0x21, 0xfe, 24],
    );
    expect(digestGif(bytes(fewer, file.subarray(37, 61), [0], file.subarray(61)))).toBeUndefined();
  });

  test('a screen of a size that libnsgif does not believe, unless the frame fills it', () => {
    expect(digestGif(of(800, 601))).toBeDefined();
    expect(digestGif(of(800, 600))).toBeUndefined();
    expect(digestGif(of(10, 2049))).toBeUndefined();
    const full = { ...plain, screen: [640, 480], place: [0, 0, 640, 480] } as const;
    expect(digestGif(randomGif(full, next).file)).toBeDefined();
  });
});
