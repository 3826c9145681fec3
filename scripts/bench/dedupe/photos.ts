import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join, relative } from 'node:path';
import sharp from 'sharp';

/** Debian packages with photographs, mirrored everywhere; about 300 MB to fetch once. */
export const PACKAGES = [
  'gnome-backgrounds',
  'lomiri-wallpapers-16.04',
  'lomiri-wallpapers-20.04',
  'mate-backgrounds',
  'plasma-workspace-wallpapers',
  'ukui-wallpapers',
  'palapeli-data',
  'tuxpaint-stamps-default',
  'opencv-doc',
];

sharp.concurrency(1);

/**
 * Photos that no limit was calibrated with: the photographic activities of GCompris, which come in
 * Qt resource files.
 */
const HOLD_OUT = 'gcompris-qt-data';
const HOLD_OUT_FILES = /^(erase|explore_.*|details|paintings|categorization)\.rcc$/;

/**
 * A second hold-out that is less kind: photographs and drawings of stars, painted portraits and
 * stories of a game, on transparent ground many of them. About 400 MB to fetch once.
 */
const THIRD: readonly (readonly [name: string, files: RegExp])[] = [
  ['stellarium-data', /\/(nebulae\/default|skycultures|landscapes)\//],
  ['wesnoth-1.16-data', /\/(portraits|story|titlescreen|backgrounds)\//],
];

/** Longest side of the originals, in pixels: what a web page shows at most. */
const LONGEST = 1600;

export const CACHE = join(tmpdir(), 'imgtrawl-bench-dedupe');

export const SETS = ['calibration', 'hold-out', 'third'] as const;

export interface Photo {
  readonly name: string;
  readonly set: (typeof SETS)[number];
  /** A PNG of at most 1600 × 1600 pixels. */
  readonly file: string;
}

/**
 * Fetches and unpacks the packages and makes the originals, unless the cache holds them.
 * @param wanted the sets; default: all
 */
export async function photos(wanted: readonly Photo['set'][] = SETS): Promise<Photo[]> {
  const folder = join(CACHE, 'photos');
  mkdirSync(folder, { recursive: true });
  const found: Photo[] = [];
  const take = async (label: string, set: Photo['set'], input: string | Buffer) => {
    const name = label.replaceAll(/[^\w-]+/g, '_');
    const file = join(folder, `${name}.png`);
    if (!existsSync(file)) writeFileSync(file, await original(input));
    if (statSync(file).size > 0) found.push({ name, set, file });
  };
  const takeAll = async (set: Photo['set'], paths: readonly string[]) => {
    for (const path of paths) {
      const id = createHash('sha256').update(relative(CACHE, path)).digest('hex').slice(0, 6);
      await take(`${basename(dirname(path))}-${basename(path, extname(path))}-${id}`, set, path);
    }
  };
  if (wanted.includes('calibration')) await takeAll('calibration', PACKAGES.flatMap(pictures));
  if (wanted.includes('hold-out')) {
    for (const [label, bytes] of resources()) await take(label, 'hold-out', bytes);
  }
  if (wanted.includes('third')) {
    const paths = THIRD.flatMap(([name, files]) =>
      pictures(name).filter((path) => files.test(path)),
    );
    await takeAll('third', paths);
  }
  return found;
}

/** As PNG; empty when it cannot be decoded. */
async function original(input: string | Buffer): Promise<Buffer> {
  try {
    return await sharp(input)
      .rotate()
      .flatten({ background: 'white' })
      .resize(LONGEST, LONGEST, { fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .png({ compressionLevel: 3 })
      .toBuffer();
  } catch {
    return Buffer.alloc(0);
  }
}

/** Images in Qt resource files: each is preceded by its length, 32 bits, big endian. */
function* resources(): Generator<[label: string, bytes: Buffer]> {
  const root = unpacked(HOLD_OUT);
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!HOLD_OUT_FILES.test(entry.name)) continue;
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    for (const signature of ['RIFF', '\xff\xd8\xff']) {
      let at = bytes.indexOf(signature, 4, 'latin1');
      while (at >= 0) {
        const length = bytes.readUInt32BE(at - 4);
        const fits = length > 15_000 && at + length <= bytes.length;
        if (fits) yield [`${basename(entry.name, '.rcc')}-${at}`, bytes.subarray(at, at + length)];
        at = bytes.indexOf(signature, at + (fits ? length : 4), 'latin1');
      }
    }
  }
}

/** The folder of a package's files. */
export function unpacked(name: string): string {
  const root = join(CACHE, 'packages', name);
  if (!existsSync(root)) {
    const downloads = join(CACHE, 'debs', name);
    mkdirSync(downloads, { recursive: true });
    mkdirSync(dirname(root), { recursive: true });
    execFileSync('apt-get', ['download', '-q', name], { cwd: downloads, stdio: 'ignore' });
    const deb = readdirSync(downloads).find((file) => file.endsWith('.deb')) as string;
    execFileSync('dpkg-deb', ['-x', join(downloads, deb), root]);
  }
  return root;
}

/** Paths of a package's images. */
export function imageFiles(name: string): string[] {
  return readdirSync(unpacked(name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(jpe?g|png|webp)$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** One picture of each wallpaper: the largest where a folder holds one in several sizes. */
function pictures(name: string): string[] {
  const best = new Map<string, { path: string; size: number }>();
  for (const path of imageFiles(name)) {
    if (/\/(html|icons|screenshot)|screenshot\.|\/examples\/(?!data)/.test(path)) continue;
    const size = statSync(path).size;
    if (size < 20_000) continue;
    const key = path
      .replace(/contents\/images(_dark)?\/.*/, 'contents/images$1')
      .replace(/[_-]?\d+x\d+(?=\.\w+$)/, '')
      .replace(/\.\w+$/, '');
    if (size > (best.get(key)?.size ?? 0)) best.set(key, { path, size });
  }
  return [...best.values()].map(({ path }) => path).sort();
}
