/** The AVIF fast path beside sharp (native libvips, libheif and libaom), on pictures of every kind, whole and broken. */
import { readdirSync, readFileSync } from 'node:fs';
import sharp, { type AvifOptions } from 'sharp';
import { describe, expect, test } from 'vitest';
import { damage } from '../../../fixtures/damage.ts';
import { photo, random } from '../../../fixtures/photo.ts';
import { digestAvif } from '../../../src/inspect/avif/mod.ts';
import { distanceHex, hashBuffer } from '../../../src/inspect/pdq/mod.ts';
import { digestPng } from '../../../src/inspect/png/mod.ts';
import { inspectStructure } from '../../../src/inspect/structure/mod.ts';
import { provideParts } from '../parts.ts';

provideParts();

/** A photo, with alpha in a part of it when that is asked for. */
async function avif(
  seed: number,
  width: number,
  height: number,
  options: AvifOptions,
  alpha = false,
) {
  const { data } = photo(seed, width, height);
  let picture = sharp(data, { raw: { width, height, channels: 3 } });
  if (alpha) {
    const values = Uint8Array.from({ length: width * height }, (_, i) => (i % width) * 3);
    picture = picture.joinChannel(Buffer.from(values), { raw: { width, height, channels: 1 } });
  }
  return new Uint8Array(await picture.avif({ effort: 0, ...options }).toBuffer());
}

async function digestOther(file: Uint8Array) {
  const flat = sharp(file).flatten({ background: 'white' }).toColourspace('srgb');
  return digestPng(new Uint8Array(await flat.png({ compressionLevel: 1 }).toBuffer()));
}

const KINDS: Record<string, AvifOptions> = {
  '4:4:4': { quality: 60 },
  '4:2:0': { quality: 60, chromaSubsampling: '4:2:0' },
  lossless: { lossless: true },
  '10 bits': { quality: 60, bitdepth: 10 },
  '12 bits': { quality: 60, bitdepth: 12 },
};
const SIZES = [
  [900, 620],
  [301, 203],
  [64, 64],
  [1, 40],
  [33, 1],
  [17, 9],
] as const;

describe.each(Object.entries(KINDS))('%s', (_, options) => {
  test('pictures are as sharp has them', async () => {
    for (const [seed, [width, height]] of SIZES.entries()) {
      const eight = (options.bitdepth ?? 8) === 8;
      for (const alpha of eight ? [false, true] : [false]) {
        const file = await avif(seed, width, height, options, alpha);
        const what = `${width}×${height}${alpha ? ' with alpha' : ''}`;
        const [ours, other] = [await digestAvif(file), await digestOther(file)];
        expect(ours, what).toBeDefined();
        // How pixels are rounded is not followed, nor that RGB ends at 0 and 255: it tells where they are few.
        const far = ours!.thumbnail.map((value, i) => Math.abs(value - other!.thumbnail[i]!));
        expect(Math.max(...far), what).toBeLessThanOrEqual(width < 100 ? 8 : 3);
        expect(far.reduce((sum, value) => sum + value, 0) / far.length, what).toBeLessThan(1);
        expect(!ours!.buffer, what).toBe(!other!.buffer);
        if (!ours!.buffer || Math.min(width, height) < 64) continue;
        const [a, b] = [hashBuffer(ours!.buffer), hashBuffer(other!.buffer!)];
        if (b.quality >= 50) expect(distanceHex(a.hex, b.hex), what).toBeLessThanOrEqual(4);
      }
    }
  });

  test('what sharp refuses is never taken', async () => {
    const next = random(7);
    const good = await avif(3, 120, 90, options);
    for (let i = 0; i < 60; i++) {
      const { bytes, what } = damage(good, next);
      try {
        if (inspectStructure(bytes).state !== 'whole') continue;
      } catch {
        continue;
      }
      if (!(await digestAvif(bytes))) continue;
      await expect(sharp(bytes, { failOn: 'error' }).raw().toBuffer(), what).resolves.toBeDefined();
    }
    expect(await digestAvif(good)).toBeDefined();
  });
});

/**
 * What sharp does not write: turned and mirrored pictures, other matrices and ranges, 4:2:2 and monochrome. Made by
 * libavif's avifenc 0.11 of one photo of ours, by the options that the names tell. Those that are turned have even
 * sides: libheif turns 4:2:0 before it widens the colours, which moves them by a pixel when a side is odd.
 */
const FIXTURES = new URL('./fixtures/', import.meta.url);

test.each(readdirSync(FIXTURES))('%s is as sharp has it', async (name) => {
  const file = new Uint8Array(readFileSync(new URL(name, FIXTURES)));
  const [ours, other] = [await digestAvif(file), await digestOther(file)];
  const far = ours!.thumbnail.map((value, i) => Math.abs(value - other!.thumbnail[i]!));
  expect(Math.max(...far)).toBeLessThanOrEqual(3);
  expect(
    distanceHex(hashBuffer(ours!.buffer!).hex, hashBuffer(other!.buffer!).hex),
  ).toBeLessThanOrEqual(2);
});
