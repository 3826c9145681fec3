/** The folders that scripts/bench/memory.ts measures with, made once and kept in the photo cache. */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import sharp, { type Sharp } from 'sharp';
import { random } from '../../../fixtures/photo.ts';
import { CACHE, type Photo, photos } from '../dedupe/photos.ts';

/** What a phone takes: 12 megapixels. */
const LARGE = [4000, 3000] as const;

type Save = (image: Sharp) => Sharp;

const JPEGS: Record<string, Save> = {
  'baseline.jpg': (image) => image.jpeg({ quality: 92 }),
  'progressive.jpg': (image) => image.jpeg({ quality: 90, progressive: true }),
};

const MIX: Record<string, Save> = {
  ...JPEGS,
  'plain.png': (image) => image.png({ compressionLevel: 3 }),
  // What is decoded as a whole before a row of it is known.
  'interlaced.png': (image) => image.png({ compressionLevel: 3, progressive: true }),
  'deep.png': (image) => image.toColourspace('rgb16').png({ compressionLevel: 3 }),
  'lossy.webp': (image) => image.webp({ quality: 85, effort: 1 }),
  'lossless.webp': (image) => image.webp({ lossless: true, effort: 0 }),
  'photo.avif': (image) => image.avif({ quality: 60, effort: 1 }),
  'fine.avif': (image) => image.avif({ quality: 80, effort: 1, chromaSubsampling: '4:4:4' }),
  'colours.gif': (image) => image.gif({ effort: 1 }),
  'lzw.tiff': (image) => image.tiff({ compression: 'lzw' }),
  'tiles.tiff': (image) => image.tiff({ compression: 'deflate', tile: true }),
};

/** Photos of the cache, and some of 12 megapixels, as JPEG. */
export function jpegs(count: number): Promise<string> {
  return folder(`jpeg-${count}`, async (path) => {
    const originals = await spread(count);
    await saveAll(path, originals, JPEGS, (i) => i % 5 === 0);
  });
}

/** So many photos in every format, half of them of 12 megapixels, and as many drawings. */
export function mixed(count: number): Promise<string> {
  return folder(`mix-${count}`, async (path) => {
    const originals = await spread(count);
    await saveAll(path, originals, MIX, (i) => i % 2 === 0);
    for (const [i, { file }] of originals.entries()) {
      writeFileSync(join(path, `${i}-drawing.svg`), await drawing(file, i));
    }
  });
}

/** So many small JPEGs, no two of the same picture: mosaics of soft colours. */
export function many(count: number): Promise<string> {
  return folder(`many-${count}`, async (path) => {
    const next = random(count);
    const raw = { width: 12, height: 9, channels: 3 } as const;
    for (let from = 0; from < count; from += 1000) {
      const inside = join(path, String(from));
      mkdirSync(inside);
      const some = Array.from({ length: Math.min(1000, count - from) }, async (_, i) => {
        const colours = Uint8Array.from({ length: 12 * 9 * 3 }, () => 256 * next());
        const image = sharp(colours, { raw }).resize(120, 90, { kernel: 'cubic' });
        writeFileSync(join(inside, `${i}.jpg`), await image.jpeg({ quality: 75 }).toBuffer());
      });
      await Promise.all(some);
      report(`${from + some.length} of ${count} small JPEGs`);
    }
  });
}

async function spread(count: number): Promise<Photo[]> {
  const all = await photos();
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]!);
}

async function saveAll(
  path: string,
  originals: readonly Photo[],
  formats: Record<string, Save>,
  isLarge: (i: number) => boolean,
): Promise<void> {
  for (const [i, { file }] of originals.entries()) {
    for (const [name, save] of Object.entries(formats)) {
      const image = isLarge(i) ? sharp(file).resize(...LARGE) : sharp(file);
      writeFileSync(join(path, `${i}-${name}`), await save(image).toBuffer());
    }
    report(`${i + 1} of ${originals.length} photos in ${Object.keys(formats).length} formats`);
  }
}

/** A drawing with a photo in it, and a drawing without. */
async function drawing(photo: string, seed: number): Promise<string> {
  const next = random(seed);
  const shapes = Array.from({ length: 500 }, () => {
    const [x, y, r, hue] = [4000 * next(), 3000 * next(), 200 * next(), 360 * next()];
    return `<circle cx="${x}" cy="${y}" r="${r}" fill="hsl(${hue},80%,50%)" opacity=".8"/>`;
  });
  const jpeg = (await sharp(photo).jpeg().toBuffer()).toString('base64');
  const inner =
    seed % 2 === 0
      ? shapes.join('\n')
      : `<image width="4000" height="3000" href="data:image/jpeg;base64,${jpeg}"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="3000">${inner}</svg>`;
}

/** Made under another name first, so that what was not finished is not taken for it. */
async function folder(name: string, fill: (path: string) => Promise<void>): Promise<string> {
  const path = join(CACHE, 'memory', name);
  if (existsSync(path)) return path;
  const unfinished = `${path}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  await fill(unfinished);
  renameSync(unfinished, path);
  return path;
}

function report(text: string): void {
  process.stderr.write(`\r${text} made   `);
}
