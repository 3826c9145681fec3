/** Textures, and what is to come out of them when every pixel counts. */
import { expect } from 'vitest';
import { vips } from '../../fixtures/encode.ts';
import { random } from '../../fixtures/photo.ts';
import { REDUCED } from '../../src/inspect/pdq/mod.ts';
import { type Digest, digestPixels } from '../../src/inspect/worker/picture.ts';

/** A weave in two vivid colours, with noise: next to nothing for PDQ to see, and values at both ends of 0–255. */
export function weave(width: number, height: number) {
  const next = random(width * height);
  const wave = (side: number) =>
    Float32Array.from({ length: side }, (_, at) =>
      Math.cos((2 * Math.PI * 23 * (at + 0.5)) / side),
    );
  const [across, down] = [wave(width), wave(height)];
  const data = new Uint8ClampedArray(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const light = across[x]! * down[y]!;
      data[at] = 130 + 180 * light + 20 * next();
      data[at + 1] = 100 + 40 * light;
      data[at + 2] = 140 - 170 * light + 30 * next();
    }
  }
  return { width, height, data: new Uint8Array(data.buffer) };
}

/** By wasm-vips. */
export async function digestByVips(file: Uint8Array): Promise<Digest> {
  const { Image } = await vips();
  const stored = Image.newFromBuffer(file, '', { fail_on: 'error', access: 'sequential' });
  const isSmall = Math.max(stored.width, stored.height) <= REDUCED;
  const upright = isSmall
    ? stored.autorot()
    : stored.thumbnailImage(REDUCED, { height: REDUCED, size: 'force' });
  const colors = upright.colourspace('srgb');
  const shown = colors.hasAlpha() ? colors.flatten({ background: [255, 255, 255] }) : colors.copy();
  const { width, height } = shown;
  const digest = digestPixels({ data: shown.writeToMemory() as Uint8Array, width, height });
  for (const image of [shown, colors, upright, stored]) image.delete();
  return digest;
}

/** To the last bit. */
export async function expectVips(
  digest: Digest | undefined,
  file: Uint8Array,
  what: string,
): Promise<void> {
  expect(digest, what).toBeDefined();
  expect(digest, what).toEqual(await digestByVips(file));
}

/** Both sides reduced, by whole boxes and not; one side or both too short; what little each box lacks is repeated. */
export const SIZES = [
  [800, 601],
  [517, 1023],
  [1024, 513],
  [2051, 2049],
  [700, 300],
  [97, 2100],
  [512, 512],
  [300, 201],
  [33, 17],
  [5, 5],
  [1, 1],
] as const;
