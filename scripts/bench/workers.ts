/**
 * What more cores bring: `imgtrawl hash` of folders of photos on one core with one worker, and on all cores with
 * as many, in turns, by wall clock (`taskset` of util-linux). One worker alone would use more than one core, as the
 * main thread reads files and takes their SHA-256 meanwhile. Run it on a machine that does nothing else; with
 * `load` beside the figures, one can tell.
 *
 *     node scripts/bench/workers.ts [--photos 100] [--copies 5] [--rounds 5]
 */
import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp, { type Sharp } from 'sharp';
import { CACHE, photos } from './dedupe/photos.ts';
import { measure, median, table } from './measure.ts';

const { values } = parseArgs({
  options: {
    photos: { type: 'string', default: '100' },
    copies: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '5' },
  },
});
const executable = fileURLToPath(new URL('../../dist/imgtrawl', import.meta.url));
const FORMATS: Record<string, (image: Sharp) => Sharp> = {
  jpg: (image) => image.jpeg({ quality: 90 }),
  png: (image) => image.png(),
};

mkdirSync(CACHE, { recursive: true });
const scratch = mkdtempSync(join(CACHE, 'workers-'));

/** A folder with so many photos, each under several names: the file is the same, the work is not spared. */
async function folder(type: string, originals: readonly string[]): Promise<string> {
  const path = join(scratch, type);
  mkdirSync(path);
  for (const [i, original] of originals.entries()) {
    const first = join(path, `${i}-0.${type}`);
    writeFileSync(first, await FORMATS[type]!(sharp(original)).toBuffer());
    for (let copy = 1; copy < Number(values.copies); copy++) {
      linkSync(first, join(path, `${i}-${copy}.${type}`));
    }
  }
  return path;
}

async function seconds(path: string, cores: number): Promise<number> {
  const hash = [executable, 'hash', '--json', '--workers', String(cores), path];
  const command = ['taskset', '-c', `0-${cores - 1}`, ...hash] as [string, ...string[]];
  const { wall, exit, errors } = await measure(command, { scratch });
  if (exit !== 0) throw new Error(`exit ${exit}: ${errors}`);
  return wall;
}

try {
  const originals = (await photos()).slice(0, Number(values.photos)).map(({ file }) => file);
  const cores = availableParallelism();
  const rows = [['', 'images', '1 core, s', `${cores} cores, s`, 'ratio', 'load before, after']];
  for (const type of Object.keys(FORMATS)) {
    // PNG costs some ten times as much.
    const some = type === 'jpg' ? originals : originals.slice(0, originals.length / 4);
    const path = await folder(type, some);
    const before = loadavg()[0]!;
    const taken = new Map([1, cores].map((count) => [count, [] as number[]]));
    await seconds(path, 1);
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const [count, all] of taken) all.push(await seconds(path, count));
    }
    const [one, many] = [1, cores].map((count) => median(taken.get(count)!)) as [number, number];
    const images = String(some.length * Number(values.copies));
    const load = `${before.toFixed(1)}, ${loadavg()[0]!.toFixed(1)}`;
    rows.push([
      type,
      images,
      one.toFixed(2),
      many.toFixed(2),
      `${(one / many).toFixed(2)} ×`,
      load,
    ]);
    process.stderr.write(`${type} done\n`);
  }
  console.log(table(rows));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
