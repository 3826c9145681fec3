/**
 * How far the hashes that imgtrawl takes by its short cuts are from PDQ of the whole picture, reduced to
 * 512 × 512 by lanczos3. Limits: JPEG coefficients: median 4, 95 % 10, none above 16; the other
 * formats' shrink-on-load: median 2, none above 10. What is above its limit is named, and the exit code is 1.
 *
 * node --experimental-web-worker scripts/bench/pdq-accuracy.ts [--photos N]
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import sharp, { type JpegOptions, type Sharp } from 'sharp';
import { createInspector, distanceHex } from '../../src/inspect/mod.ts';
import type { PdqHash } from '../../src/inspect/pdq/mod.ts';
import { photos } from './dedupe/photos.ts';
import { table } from './measure.ts';
import { pictureHash, QUALITY } from './picture-hash.ts';

const { values } = parseArgs({ options: { photos: { type: 'string', default: '400' } } });

interface Way {
  readonly name: string;
  readonly limits: readonly [median: number, most: number, largest: number];
  encode(original: string): Sharp;
}

const jpeg = (name: string, options: JpegOptions, width?: number): Way => ({
  name,
  limits: [4, 10, 16],
  encode: (original) =>
    sharp(original)
      .resize(width ? { width, withoutEnlargement: true } : {})
      .jpeg(options),
});

const WAYS: readonly Way[] = [
  jpeg('JPEG baseline, 4:2:0, quality 80', { quality: 80 }),
  jpeg('JPEG baseline, 4:4:4, quality 95', { quality: 95, chromaSubsampling: '4:4:4' }),
  jpeg('JPEG baseline, 1100 pixels', { quality: 85 }, 1100),
  jpeg('JPEG baseline, 700 pixels', { quality: 85 }, 700),
  jpeg('JPEG baseline, 300 pixels', { quality: 85 }, 300),
  jpeg('JPEG progressive, quality 80', { quality: 80, progressive: true }),
  jpeg('JPEG progressive, 700 pixels', { quality: 85, progressive: true }, 700),
  { name: 'PNG', limits: [2, 10, 10], encode: (original) => sharp(original).png() },
  { name: 'WebP', limits: [2, 10, 10], encode: (original) => sharp(original).webp() },
  { name: 'AVIF', limits: [2, 10, 10], encode: (original) => sharp(original).avif({ effort: 0 }) },
  {
    name: 'TIFF',
    limits: [2, 10, 10],
    encode: (original) => sharp(original).tiff({ compression: 'lzw' }),
  },
];

/** PDQ of all pixels; of the reduction to 512 × 512 when a side is longer. */
async function wholeHash(file: Uint8Array): Promise<PdqHash> {
  const { width, height } = await sharp(file).metadata();
  const picture = sharp(file).toColourspace('srgb').removeAlpha();
  if (width > 512 || height > 512) {
    picture.resize(512, 512, { fit: 'fill', kernel: 'lanczos3', fastShrinkOnLoad: false });
  }
  return pictureHash(picture);
}

const originals = (await photos()).slice(0, Number(values.photos));
const rows = [
  ['bits from the whole picture’s hash', 'photos', 'median', '95 %', '99 %', 'largest'],
];
await using inspector = createInspector();
for (const way of WAYS) {
  const distances: number[] = [];
  const far: string[] = [];
  for (const { file, name } of originals) {
    const bytes = new Uint8Array(await way.encode(file).toBuffer());
    const [whole, ours] = await Promise.all([wholeHash(bytes), inspector.inspect(bytes)]);
    if (whole.quality < QUALITY) continue;
    const distance = distanceHex(ours.pdq!, whole.hex);
    distances.push(distance);
    if (distance > way.limits[2]) far.push(`${name}: ${distance}`);
  }
  distances.sort((a, b) => a - b);
  const at = (share: number) =>
    distances[Math.min(distances.length - 1, Math.floor(distances.length * share))]!;
  const largest = distances.at(-1)!;
  rows.push([way.name, ...[distances.length, at(0.5), at(0.95), at(0.99), largest].map(String)]);
  const [median, most] = way.limits;
  if (at(0.5) > median || at(0.95) > most || far.length > 0) process.exitCode = 1;
  process.stderr.write(`${way.name}${far.length > 0 ? `\n  ${far.join('\n  ')}` : ''}\n`);
}
process.stdout.write(`${table(rows)}\n`);
