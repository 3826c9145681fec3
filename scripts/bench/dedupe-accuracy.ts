/**
 * How well copies are found, and nothing else taken for one: families of variants of real photos,
 * against other methods in the same run.
 *
 *     npm run build
 *     node --experimental-web-worker scripts/bench/dedupe-accuracy.ts [--set hold-out|third|all] [--photos N] [--fresh] [--own]
 *
 * The limits of the second look were calibrated with the default set; `hold-out` is photos they never saw,
 * `third` neither, and drawings are among it.
 * `--photos` takes the first N (in an order without meaning) of about 500; `--fresh` computes the hashes
 * anew instead of reading them from the cache in the folder for temporary files.
 * `--own` leaves the other methods out.
 */
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { createInspector } from '../../src/inspect/mod.ts';
import { LUMA_SIDE } from '../../src/inspect/thumbnail.ts';
import { samplesOf } from './dedupe/features.ts';
import { METHODS as ALL, type Entry } from './dedupe/methods.ts';
import { photos, SETS } from './dedupe/photos.ts';
import { VARIANTS } from './dedupe/variants.ts';

const { values } = parseArgs({
  options: {
    photos: { type: 'string', default: '10000' },
    set: { type: 'string', default: 'calibration' },
    fresh: { type: 'boolean', default: false },
    own: { type: 'boolean', default: false },
  },
});

/**
 * Files of the packages that show the same picture (or its mirror image), or neighbouring frames of
 * one film, in which nothing moves by more than a pixel of a thumbnail.
 */
const SAME: readonly (readonly [RegExp, RegExp])[] = [
  [/^people-fireman240a/, /^military-fireman240a/],
  [/^construction-dumper-/, /^construction-dumper_mirror/],
  [/^vehicles-bradley-/, /^vehicles-bradley_mirror/],
  [/rubberwhale1/, /rubberwhale2/],
  [/^indian-sagittarius/, /^western-sagittarius/],
  [/^categorization-2803155/, /^explore_monuments-838207/],
  [/^categorization-2832949/, /^explore_monuments-3487864/],
  [/^categorization-2707307/, /^explore_monuments-2887789/],
];

/** A photo without colour is its own greyscale copy. */
function isGrey(thumbnail: Uint8Array | undefined): boolean {
  const chroma = [...(thumbnail?.subarray(LUMA_SIDE * LUMA_SIDE) ?? [])];
  const sum = chroma.reduce((total, value) => total + (value - 128) ** 2, 0);
  return Math.sqrt(sum / chroma.length) < 2;
}

const order = (name: string) => createHash('sha256').update(name).digest('hex');
const sets = SETS.filter((set) => values.set === 'all' || values.set === set);
if (sets.length === 0) throw new Error(`--set must be all or one of ${SETS.join(', ')}`);
const chosen = (await photos(sets))
  .sort((a, b) => (order(a.name) < order(b.name) ? -1 : 1))
  .slice(0, Number(values.photos));
const METHODS = values.own ? ALL.slice(0, 1) : ALL;
const entries: Entry[] = [];
const names: string[] = [];
/** Samples of each variant. */
const totals = new Map<string, number>();
let flat = 0;
{
  await using inspector = createInspector({ workers: 1 });
  for (const photo of chosen) {
    const samples = await samplesOf(photo, inspector, values.fresh);
    if ((samples[0]?.image.quality ?? 0) < 50) {
      flat++;
      continue;
    }
    const grey = isGrey(samples[0]?.image.thumbnail);
    const counted = samples.filter(({ variant }) => !(grey && variant === 'grey'));
    for (const { variant } of counted) totals.set(variant, (totals.get(variant) ?? 0) + 1);
    entries.push(...counted.map((sample) => ({ ...sample, family: names.length })));
    names.push(photo.name);
  }
}
const count = entries.length;
const areSame = (a: number, b: number) =>
  SAME.some(([one, other]) => {
    const fits = (f: number, g: number) =>
      one.test(names[f] as string) && other.test(names[g] as string);
    return fits(a, b) || fits(b, a);
  });
console.log(
  `${names.length} photos of quality ≥ 50 (${flat} flatter ones left out), ${count} images, ` +
    `${((count * (count - 1)) / 2).toLocaleString('en')} pairs`,
);

const recall = new Map<string, string[]>();
const strangers: string[] = ['**other photos matched**'];
const examples: string[] = [];
/** What imgtrawl found. */
const found = new Set<string>();
for (const method of METHODS) {
  const hits = new Map<string, number>();
  const pairs = new Map<string, number>();
  const start = process.cpuUsage();
  method.pairs(entries, (a, b) => {
    const [one, other] = [entries[a] as Entry, entries[b] as Entry];
    if (one.family === other.family) {
      const variant =
        one.variant === 'original' ? other : other.variant === 'original' ? one : undefined;
      if (variant === undefined) return;
      hits.set(variant.variant, (hits.get(variant.variant) ?? 0) + 1);
      if (method === METHODS[0]) found.add(`${names[variant.family]}: ${variant.variant}`);
    } else if (!areSame(one.family, other.family)) {
      const key = [names[one.family], names[other.family]].sort().join('  ~  ');
      pairs.set(key, (pairs.get(key) ?? 0) + 1);
    }
  });
  const { user } = process.cpuUsage(start);
  for (const { name } of VARIANTS) {
    const row = recall.get(name) ?? [];
    row.push(((100 * (hits.get(name) ?? 0)) / (totals.get(name) ?? 1)).toFixed(1));
    recall.set(name, row);
  }
  const wrong = [...pairs.values()].reduce((sum, n) => sum + n, 0);
  strangers.push(`${wrong} (${pairs.size} pairs of photos)`);
  console.log(`${method.name}: ${(user / 1e6).toFixed(1)} s CPU`);
  if (method === METHODS[0]) examples.push(...[...pairs].map(([key, n]) => `${key}: ${n}`));
}

console.log(`\n| found, % | ${METHODS.map(({ name }) => name).join(' | ')} |`);
console.log(`| --- |${METHODS.map(() => ' ---: |').join('')}`);
const line = ({ name }: { name: string }) =>
  console.log(`| ${name} | ${(recall.get(name) ?? []).join(' | ')} |`);
VARIANTS.filter(({ same }) => same).forEach(line);
const mean = METHODS.map((_, m) => {
  const all = VARIANTS.filter(({ same }) => same).map(({ name }) => Number(recall.get(name)?.[m]));
  return (all.reduce((sum, one) => sum + one, 0) / all.length).toFixed(1);
});
console.log(`| **all variants** | ${mean.join(' | ')} |`);
console.log(`| *to be kept apart:* |${METHODS.map(() => ' |').join('')}`);
VARIANTS.filter(({ same }) => !same).forEach(line);
console.log(`| ${strangers.join(' | ')} |`);
const missed = entries
  .filter(({ variant, same }) => same && variant !== 'original')
  .map(({ variant, family }) => `${names[family]}: ${variant}`)
  .filter((label) => !found.has(label));
if (missed.length > 0) console.log(`\nimgtrawl missed ${missed.length}:\n${missed.join('\n')}`);
if (examples.length > 0) console.log(`\nimgtrawl took for one:\n${examples.join('\n')}`);
