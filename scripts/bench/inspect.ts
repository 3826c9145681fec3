/**
 * What a look at an image costs (SHA-256, size, PDQ hash, thumbnail) beside native libvips doing less
 * (sharp: SHA-256 and a reduction to 128 pixels with shrink-on-load) and beside Python (Pillow and numpy:
 * SHA-256 and a 64-bit pHash), on the same photos, in CPU time of one worker each: JPEGs as their packages
 * hold them, then all pictures in one format after the other.
 *
 * Run it with what the executable is run with (scripts/executable.ts), N photos at most, formats whose names have TEXT:
 *
 * node --experimental-web-worker --min-semi-space-size=20 --max-semi-space-size=20 scripts/bench/inspect.ts
 *   [--photos N] [--rounds N] [--only TEXT]
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import sharp, { type Sharp } from 'sharp';
import { createInspector } from '../../src/inspect/mod.ts';
import { CACHE, imageFiles, PACKAGES, photos } from './dedupe/photos.ts';
import { median, table } from './measure.ts';

const { values } = parseArgs({
  options: {
    photos: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
  },
});

sharp.concurrency(1);
sharp.cache(false);

/** Of photos whose longer side was reduced to 1600 pixels. */
const FORMATS: Record<string, (image: Sharp) => Pick<Sharp, 'toBuffer'>> = {
  'JPEG baseline': (image) => image.jpeg({ quality: 95 }),
  'JPEG progressive': (image) => image.jpeg({ quality: 95, progressive: true }),
  PNG: (image) => image.png(),
  'PNG filtered': (image) => image.png({ adaptiveFiltering: true }),
  WebP: (image) => image.webp({ quality: 85 }),
  AVIF: (image) => image.avif({ quality: 60, effort: 2 }),
  GIF: (image) => image.gif({ effort: 1 }),
  TIFF: (image) => image.tiff({ compression: 'deflate', predictor: 'horizontal' }),
  'TIFF LZW': (image) => image.tiff({ compression: 'lzw', predictor: 'horizontal' }),
  'TIFF plain': (image) => image.tiff({ compression: 'none' }),
  'TIFF of JPEG': (image) => image.tiff({ compression: 'jpeg', quality: 85 }),
  SVG: (image) => ({ toBuffer: (() => dots(image)) as Sharp['toBuffer'] }),
};

const PUBLISHED = {
  baseline: 'JPEG as published, baseline',
  progressive: 'JPEG as published, progressive',
};

/** Of how many images in a hundred the whole is made up, beside JPEGs. */
const MIX: Readonly<Record<string, number>> = {
  'PNG filtered': 20,
  WebP: 15,
  GIF: 5,
  AVIF: 4,
  TIFF: 1,
};

/** JPEGs that join the mix. */
const MIXED_IN: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'JPEGs as published': { [PUBLISHED.baseline]: 45, [PUBLISHED.progressive]: 10 },
  'JPEGs made here': { 'JPEG baseline': 45, 'JPEG progressive': 10 },
};

/** The photo as a drawing of 1,200 discs. */
async function dots(image: Sharp): Promise<Buffer> {
  const [columns, rows] = [40, 30];
  const pixels = await image.resize(columns, rows, { fit: 'fill' }).removeAlpha().raw().toBuffer();
  const discs = Array.from({ length: columns * rows }, (_, i) => {
    const center = `cx="${i % columns}.5" cy="${Math.floor(i / columns)}.5"`;
    return `<circle ${center} r=".7" fill="rgb(${pixels.subarray(3 * i, 3 * i + 3).join()})"/>`;
  });
  const size = `width="1600" height="1200" viewBox="0 0 ${columns} ${rows}"`;
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" ${size}>${discs.join('\n')}</svg>`);
}

/** Other formats cost more to make and vary less. */
const OTHERS = 30;

/** So many from all over the list: neighbours are of one package, and alike. */
function spread<Item>(all: readonly Item[], count: number): Item[] {
  const step = Math.max(1, all.length / count);
  return Array.from({ length: Math.min(count, all.length) }, (_, i) => all[Math.floor(i * step)]!);
}

async function corpus(format: string, originals: readonly string[]): Promise<string[]> {
  const folder = join(CACHE, 'inspect', format.replaceAll(' ', '-'));
  mkdirSync(folder, { recursive: true });
  const files: string[] = [];
  for (const original of originals) {
    const file = join(folder, basename(original, '.png'));
    if (!existsSync(file)) writeFileSync(file, await FORMATS[format]!(sharp(original)).toBuffer());
    files.push(file);
  }
  return files;
}

/** JPEGs of 100 KB and more in the packages, up to `count` of each kind. */
async function published(count: number): Promise<Record<string, readonly string[]>> {
  const kinds: Record<string, string[]> = {
    [PUBLISHED.baseline]: [],
    [PUBLISHED.progressive]: [],
  };
  const [baseline, progressive] = Object.values(kinds) as [string[], string[]];
  for (const path of PACKAGES.flatMap(imageFiles)) {
    const { size } = statSync(path);
    if (!/\.jpe?g$/i.test(path) || size < 100_000 || size > 6_000_000) continue;
    const kind = (await sharp(path).metadata()).isProgressive ? progressive : baseline;
    if (kind.length < count) kind.push(path);
  }
  return kinds;
}

/** Milliseconds of CPU for each file: the median over the rounds, after one that warms up. */
async function cost(
  files: readonly string[],
  look: (bytes: Uint8Array<ArrayBuffer>) => Promise<unknown>,
): Promise<number> {
  const loaded = files.map((file) => new Uint8Array(readFileSync(file)));
  const rounds: number[] = [];
  for (let round = 0; round <= Number(values.rounds); round++) {
    const before = process.cpuUsage();
    for (const bytes of loaded) await look(bytes);
    const { user, system } = process.cpuUsage(before);
    if (round > 0) rounds.push((user + system) / 1000 / files.length);
  }
  return median(rounds);
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const PYTHON = `
import sys, io, hashlib, resource
import numpy
from PIL import Image
n = numpy.arange(32)
dct = numpy.cos(numpy.pi * numpy.outer(n, 2 * n + 1) / 64)
files = sys.stdin.read().split('\\n')
before = resource.getrusage(resource.RUSAGE_SELF)
for path in files:
    data = open(path, 'rb').read()
    hashlib.sha256(data).hexdigest()
    image = Image.open(io.BytesIO(data)).convert('L').resize((32, 32), Image.LANCZOS)
    low = (dct @ numpy.asarray(image, dtype=float) @ dct.T)[:8, :8]
    (low > numpy.median(low)).tobytes()
after = resource.getrusage(resource.RUSAGE_SELF)
print((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000 / len(files))
`;

/** The same in Python, where Pillow (Debian: python3-pil, python3-numpy) reads the format. */
function pythonCost(files: readonly string[]): number {
  const { status, stdout } = spawnSync('/usr/bin/python3', ['-c', PYTHON], {
    input: files.join('\n'),
    encoding: 'utf8',
  });
  return status === 0 ? Number(stdout) : Number.NaN;
}

const originals: string[] = [];
for (const { file } of await photos()) {
  const { width = 0, height = 0 } = await sharp(file).metadata();
  // Large ones only: what a fast path saves on a small one, any program's overhead hides.
  if (Math.max(width, height) >= 1280 && originals.length < Number(values.photos))
    originals.push(file);
}
const ms = (value: number) => (Number.isNaN(value) ? '–' : value.toFixed(1));
const times = (value: number) => (Number.isNaN(value) ? '–' : `${value.toFixed(2)} ×`);
const rows = [['CPU ms an image', 'mean KB', 'imgtrawl', 'sharp', 'ratio', 'Pillow', 'ratio']];
const costs: Record<string, Record<'ours' | 'native' | 'python', number>> = {};
await using inspector = createInspector({ workers: 1 });
await inspector.warm();
const asPublished = await published(originals.length);
for (const format of [...Object.keys(asPublished), ...Object.keys(FORMATS)]) {
  if (!format.includes(values.only)) continue;
  const some = format.startsWith('JPEG') ? originals : spread(originals, OTHERS);
  const files = asPublished[format] ?? (await corpus(format, some));
  const bytes = files.reduce((sum, file) => sum + readFileSync(file).length, 0) / files.length;
  const ours = await cost(files, async (file) => {
    sha256(file);
    await inspector.inspect(file);
  });
  const native = await cost(files, async (file) => {
    sha256(file);
    await sharp(file).resize(128).raw().toBuffer();
  });
  const python = pythonCost(files);
  costs[format] = { ours, native, python };
  const kb = (bytes / 1000).toFixed(0);
  const row = [format, kb, ms(ours), ms(native), times(native / ours), ms(python)];
  rows.push([...row, times(python / ours)]);
  process.stderr.write(`${format}: ${files.length} images\n`);
}
process.stdout.write(`${table(rows)}\n`);
/** CPU of `other` on those of the mix's formats that it reads, over ours on the same. */
function mixed(mix: Readonly<Record<string, number>>, other: 'native' | 'python'): string {
  const some = Object.entries(mix).filter(([format]) => !Number.isNaN(costs[format]![other]));
  const sum = (whose: 'ours' | typeof other) =>
    some.reduce((total, [format, count]) => total + count * costs[format]![whose], 0);
  return times(sum(other) / sum('ours'));
}
for (const [jpegs, counts] of Object.entries(values.only ? {} : MIXED_IN)) {
  const mix = { ...counts, ...MIX };
  const what = Object.entries(mix)
    .map(([format, count]) => `${count} ${format}`)
    .join(', ');
  const [native, python] = [mixed(mix, 'native'), mixed(mix, 'python')];
  process.stdout.write(`${jpegs}: ${native} beside sharp, ${python} beside Pillow (${what})\n`);
}
