import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bmvbhash } from 'blockhash-core';
import sharp from 'sharp';
import sharpPhash from 'sharp-phash';
import type { CandidateImage } from '../../../src/dedupe/mod.ts';
import type { Inspector } from '../../../src/inspect/mod.ts';
import { CACHE, type Photo } from './photos.ts';
import { make, pixelsOf, VARIANTS } from './variants.ts';

/** Its types are those of an ES module, which it is not. */
const phash = sharpPhash as unknown as (image: Buffer) => Promise<string>;

/** A variant of a photo as every method sees it. */
export interface Sample {
  readonly variant: string;
  readonly same: boolean;
  readonly image: CandidateImage;
  /** 64 bits, as text of 0 and 1. */
  readonly phash: string;
  /** 256 bits, in hex. */
  readonly blockhash: string;
}

/** The photo and all its variants, from the cache unless `fresh`. */
export async function samplesOf(
  photo: Photo,
  inspector: Inspector,
  fresh: boolean,
): Promise<Sample[]> {
  const folder = join(CACHE, 'features');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${photo.name}.json`);
  if (!fresh && existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'), revive);
  const samples = [
    await sample('original', true, new Uint8Array(readFileSync(photo.file)), photo, inspector),
  ];
  const pixels = await pixelsOf(photo);
  for (const variant of VARIANTS) {
    const bytes = await make(pixels, variant);
    samples.push(await sample(variant.name, variant.same, bytes, photo, inspector));
  }
  writeFileSync(file, JSON.stringify(samples, replace));
  return samples;
}

async function sample(
  variant: string,
  same: boolean,
  bytes: Uint8Array<ArrayBuffer>,
  photo: Photo,
  inspector: Inspector,
): Promise<Sample> {
  const { data, info } = await sharp(bytes)
    .resize(256, 256, { fit: 'fill' })
    .ensureAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const image = await inspector.inspect(bytes);
  return {
    variant,
    same,
    image: {
      ...image,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      name: `${photo.name} ${variant}`,
      bytes: bytes.length,
    },
    phash: await phash(Buffer.from(bytes)),
    blockhash: bmvbhash({ data, width: info.width, height: info.height }, 16),
  };
}

function replace(_: string, value: unknown): unknown {
  return value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value;
}

function revive(_: string, value: unknown): unknown {
  const text = (value as { base64?: unknown } | null)?.base64;
  return typeof text === 'string' ? new Uint8Array(Buffer.from(text, 'base64')) : value;
}
