/**
 * 100,000 distinct pictures through the executable's `dedupe`: time, memory, and every match on a page to
 * be looked at one by one.
 *
 *     npm run build
 *     node scripts/bench/dedupe-many.ts [--pictures 100000] [--page many.html] [--make-only]
 *
 * The pictures are files of Debian packages as they are (drawings, textures, frames of films, nebulae,
 * sprites of 10 KB and more), then tiles cut from the large ones, none of which overlaps another of its size, all
 * contents once: 256 × 192 pixels, when those are used up 144 × 108, in JPEG of quality 85. Some 600 MB
 * to fetch once, 1.5 GB in the folder for temporary files. What matches may still be one picture: the
 * packages hold screenshots of their wallpapers, steps of one tutorial, frames in which nothing moves. What has been
 * looked at by an interrupted run is in its cache.
 */
import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { CACHE, imageFiles, PACKAGES, photos } from './dedupe/photos.ts';
import { measure } from './measure.ts';

const { values } = parseArgs({
  options: {
    pictures: { type: 'string', default: '100000' },
    page: { type: 'string', default: 'many.html' },
    'make-only': { type: 'boolean', default: false },
  },
});
const wanted = Number(values.pictures);
const root = join(CACHE, `many-${wanted}`);

const WHOLE = [...PACKAGES, 'openclipart-png', 'stellarium-data', 'wesnoth-1.16-data'];
const MIN_BYTES = 10_000;
const TILES = [
  [256, 192],
  [144, 108],
] as const;
/** A picture of fewer tiles than this is too small to be cut. */
const MIN_TILES = 6;
/** Pixels of the longest side beyond which a picture is reduced first, for memory's sake. */
const LONGEST = 4096;

sharp.concurrency(1);

function filesOf(name: string): string[] {
  return imageFiles(name)
    .filter((path) => statSync(path).size >= MIN_BYTES)
    .sort();
}

let made = 0;

/** A thousand files a folder. */
function place(name: string): string {
  const folder = join(root, String(Math.floor(made / 1000)).padStart(3, '0'));
  if (made % 1000 === 0) mkdirSync(folder, { recursive: true });
  made++;
  return join(folder, name);
}

const digests = new Set<string>();

const digestOf = (content: string | Uint8Array) =>
  createHash('sha256').update(content).digest('hex');

/** Whether nothing with these bytes has been taken yet: many tiles are of one colour. */
function isNew(digest: string): boolean {
  const before = digests.size;
  return digests.add(digest).size > before;
}

/** The files themselves. */
function takeWhole(files: readonly string[]): void {
  for (const path of files) {
    if (made >= wanted) return;
    const digest = digestOf(readFileSync(path));
    if (!isNew(digest)) continue;
    const id = digest.slice(0, 8);
    const label = path
      .split('/')
      .slice(-2)
      .join('-')
      .replaceAll(/[^\w.-]+/g, '_');
    const to = place(`whole-${id}-${label.slice(-80)}`);
    if (!existsSync(to)) linkSync(path, to);
  }
}

/** The tiles of one picture, row by row. */
async function takeTiles(path: string, [width, height]: (typeof TILES)[number]): Promise<void> {
  const { data, info } = await sharp(path)
    .rotate()
    .flatten({ background: 'white' })
    .resize(LONGEST, LONGEST, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const [columns, rows] = [Math.floor(info.width / width), Math.floor(info.height / height)];
  if (columns * rows < MIN_TILES || info.channels !== 3) return;
  const id = digestOf(path).slice(0, 8);
  for (let tile = 0; tile < columns * rows && made < wanted; tile++) {
    const [left, top] = [(tile % columns) * width, Math.floor(tile / columns) * height];
    const bytes = await sharp(data, {
      raw: { width: info.width, height: info.height, channels: 3 },
    })
      .extract({ left, top, width, height })
      .jpeg({ quality: 85 })
      .toBuffer();
    if (!isNew(digestOf(bytes))) continue;
    writeFileSync(place(`tile-${id}-${width}-${left}-${top}.jpg`), bytes);
  }
}

async function make(): Promise<void> {
  const files = WHOLE.flatMap(filesOf);
  takeWhole(files);
  console.log(`${made} whole pictures`);
  // Those of the photos() are the same pictures but for the ones out of a resource file.
  const large = [...(await photos(['hold-out'])).map(({ file }) => file), ...files];
  for (const size of TILES) {
    for (const path of large) {
      if (made >= wanted) break;
      await takeTiles(path, size).catch((error: Error) => console.log(`${path}: ${error.message}`));
    }
    console.log(`${made} with tiles of ${size.join(' × ')}`);
  }
  writeFileSync(`${root}.done`, String(made));
}

if (!existsSync(`${root}.done`)) await make();
if (!values['make-only']) {
  const program = resolve(import.meta.dirname, '../../dist/imgtrawl');
  const page = resolve(values.page);
  process.env.XDG_CACHE_HOME = join(CACHE, 'many-cache');
  mkdirSync(dirname(page), { recursive: true });
  if (extname(page) !== '.html') throw new Error('--page ends in .html');
  for (const run of ['read or cached', 'cached']) {
    const command = [program, 'dedupe', root, '--html', page, '--json'] as const;
    const cost = await measure([...command], { scratch: CACHE, output: true });
    const groups = cost.output
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    const pairs = groups.reduce((sum: number, group) => sum + group.duplicates.length, 0);
    console.log(
      `${run}: exit ${cost.exit}, ${cost.wall.toFixed(1)} s, ${cost.cpu.toFixed(1)} s CPU, ` +
        `${(cost.memory / 1e6).toFixed(0)} MB; ${groups.length} groups, ${pairs} duplicates: ${page}`,
    );
  }
}
