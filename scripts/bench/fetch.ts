/**
 * Downloads alone, beside the programs that people use for them: time, CPU, memory, and whether
 * every byte arrived.
 *
 *     node scripts/bench/fetch.ts [--shape A,B,C,D] [--runs 3] [--sweep] [--only imgtrawl,curl] [--scratch DIR]
 *
 * A: 15 photos of 1.3 MB, 80 ms, 10 MB/s in all. B: 500 images of 60 KB, 100 ms. C: 1,000 images of
 * 200 KB, nothing shaped. D: B with 5 % 503 + Retry-After, 2 % resets, 2 % truncations without a
 * length, 1 % stalls. `--sweep` sets imgtrawl's own `auto` against fixed limits instead.
 *
 * The programs take turns, so that a noisy minute hits all of them; medians are shown. Files are written to the
 * folder for temporary files, or to `--scratch`: on ext4 each new file costs every program more CPU time for some
 * minutes after many were deleted (find_inode_bit), which C shows and /dev/shm does not.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { type Arrived, arrived } from './arrived.ts';
import { type Downloader, imgtrawl, peers } from './downloaders.ts';
import { USUAL_FAULTS } from './faults.ts';
import { type Cost, measure, median, table } from './measure.ts';
import { type BenchServer, type ServerOptions, startServer } from './server.ts';

const SHAPES: Readonly<Record<string, ServerOptions>> = {
  A: { files: 15, bytes: 1_300_000, latency: 80, bandwidth: 10e6 },
  B: { files: 500, bytes: 60_000, latency: 100 },
  C: { files: 1000, bytes: 200_000 },
  D: { files: 500, bytes: 60_000, latency: 100, faults: USUAL_FAULTS },
};

/** Connections that the floor of latency counts with: as many as the widest peer has. */
const WIDEST = 64;
const SWEEP = [4, 8, 16, 32, 64];

interface Run {
  readonly cost: Cost;
  readonly files: Arrived;
  readonly maxInFlight: number;
  readonly requests: number;
}

/** Seconds below which physics lets nobody: bytes over the link, or round trips; NaN when unshaped. */
function floorOf({ files, bytes, latency = 0, bandwidth }: ServerOptions): number {
  const link = bandwidth === undefined ? 0 : latency / 1000 + (files * bytes) / bandwidth;
  const rounds = (Math.ceil(files / WIDEST) * latency) / 1000;
  return Math.max(link, rounds) || Number.NaN;
}

async function runOnce(
  server: BenchServer,
  downloader: Downloader,
  scratch: string,
  faulty: boolean,
): Promise<Run> {
  // Kept to the end: ext4 looks through the inodes that were freed in the last minutes for each new file.
  const out = await mkdtemp(join(scratch, 'out-'));
  await server.reset();
  const command = await downloader.prepare({ urls: server.urls, out, scratch, faulty });
  const cost = await measure(command, { scratch });
  const files = await arrived(out, server.sums);
  const { maxInFlight, requests } = await server.stats();
  return { cost, files, maxInFlight, requests };
}

async function runShape(
  shape: ServerOptions,
  downloaders: readonly Downloader[],
  runs: number,
): Promise<Map<Downloader, Run[]>> {
  const results = new Map<Downloader, Run[]>(downloaders.map((one) => [one, []]));
  await using server = await startServer(shape);
  const scratch = await mkdtemp(join(values.scratch, 'bench-fetch-'));
  try {
    for (let i = 0; i < runs; i++) {
      for (const downloader of i % 2 === 0 ? downloaders : downloaders.toReversed()) {
        const run = await runOnce(server, downloader, scratch, shape.faults !== undefined);
        results.get(downloader)!.push(run);
        process.stderr.write(`  ${downloader.name}: ${run.cost.wall.toFixed(2)} s\n`);
        if (downloader.name.startsWith('imgtrawl') && run.cost.exit !== 0) {
          process.stderr.write(`  exit ${run.cost.exit}\n${run.cost.errors}\n`);
        }
      }
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return results;
}

function show(shape: ServerOptions, results: ReadonlyMap<Downloader, readonly Run[]>): string {
  const floor = floorOf(shape);
  const wall = (runs: readonly Run[]) => median(runs.map(({ cost }) => cost.wall));
  const rivals = [...results].filter(([{ name }]) => !name.startsWith('imgtrawl'));
  const complete = rivals.filter(([, runs]) => runs.every(({ files }) => files.missing === 0));
  const best = Math.min(...complete.map(([, runs]) => wall(runs)));
  const ratio = (value: number) => (Number.isFinite(value) ? value.toFixed(2) : '-');
  const rows = [...results].map(([{ name }, runs]) => {
    const cpu = median(runs.map(({ cost }) => cost.cpu));
    const range = runs.map(({ cost }) => cost.wall);
    return [
      name,
      wall(runs).toFixed(2),
      `${Math.min(...range).toFixed(2)}-${Math.max(...range).toFixed(2)}`,
      ratio(wall(runs) / floor),
      ratio(Number.isFinite(best) ? wall(runs) / best : Number.NaN),
      cpu.toFixed(2),
      ((cpu * 1000) / shape.files).toFixed(2),
      (median(runs.map(({ cost }) => cost.memory)) / 2 ** 20).toFixed(0),
      String(Math.max(...runs.map(({ maxInFlight }) => maxInFlight))),
      String(median(runs.map(({ requests }) => requests))),
      String(Math.min(...runs.map(({ files }) => files.whole))),
      String(Math.max(...runs.map(({ files }) => files.corrupt.length))),
      String(Math.max(...runs.map(({ files }) => files.missing))),
    ];
  });
  const head = ['program', 'wall s', 'range', '/floor', '/best peer', 'CPU s', 'CPU ms/image'];
  head.push('MiB', 'in flight', 'requests', 'whole', 'corrupt', 'missing');
  return table([head, ...rows]);
}

function showSweep(results: ReadonlyMap<Downloader, readonly Run[]>): string {
  const walls = [...results].map(([{ name }, runs]) => ({
    name,
    wall: median(runs.map(({ cost }) => cost.wall)),
  }));
  const fixed = walls.slice(1).reduce((a, b) => (b.wall < a.wall ? b : a));
  const ratio = (walls[0]!.wall / fixed.wall).toFixed(2);
  return `auto takes ${ratio} × the time of the best fixed limit (${fixed.name})`;
}

const { values } = parseArgs({
  options: {
    shape: { type: 'string', default: 'A,B,C,D' },
    runs: { type: 'string', default: '3' },
    sweep: { type: 'boolean', default: false },
    only: { type: 'string' },
    scratch: { type: 'string', default: tmpdir() },
  },
});
const own = values.sweep
  ? SWEEP.map((n) => imgtrawl(`imgtrawl -j ${n}`, '-j', String(n), '--per-host', String(n)))
  : peers();
const wanted = values.only?.split(',');
const downloaders = [imgtrawl('imgtrawl'), ...own].filter(
  ({ name }) => wanted === undefined || wanted.some((word) => name.startsWith(word)),
);
for (const { name, missing } of downloaders) {
  if (missing !== undefined) console.log(`${name} is left out: ${missing}`);
}
const runnable = downloaders.filter(({ missing }) => missing === undefined);
for (const letter of values.shape.toUpperCase().split(',')) {
  const shape = SHAPES[letter];
  if (shape === undefined) throw new Error(`there is no shape ${letter}, only A, B, C and D`);
  const results = await runShape(shape, runnable, Number(values.runs));
  const floor = floorOf(shape);
  const physics = Number.isNaN(floor) ? 'not shaped' : `floor ${floor.toFixed(2)} s`;
  console.log(`\nShape ${letter}: ${shape.files} × ${shape.bytes / 1000} KB, ${physics}\n`);
  console.log(show(shape, results));
  if (values.sweep) console.log(showSweep(results));
}
