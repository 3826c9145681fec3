/**
 * Peak memory of the executable with its worker processes, beside the limits that hold for two workers:
 * JPEGs only, a mix of all formats with photos of up to 12 megapixels, and many small files through
 * `hash` and `dedupe`. Sums what /proc says of each process (Pss: pages that several share are counted
 * once), sampled, so Linux only; over a limit makes the exit code 1. The folders are kept in the photo
 * cache; to make all of them takes some minutes and 700 MB.
 *
 *     node scripts/bench/memory.ts [--only TEXT] [--isolate thread|process] [--files 100000]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { table } from './measure.ts';
import { jpegs, many, mixed } from './memory/corpora.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    isolate: { type: 'string', default: 'thread' },
    files: { type: 'string', default: '100000' },
  },
});
const SAMPLE_MS = 50;
const executable = fileURLToPath(new URL('../../dist/imgtrawl', import.meta.url));
const scratch = await mkdtemp(join(tmpdir(), 'bench-memory-'));

interface Run {
  readonly name: string;
  /** MB. */
  readonly limit: number;
  readonly folder: () => Promise<string>;
  readonly command: readonly string[];
}

const small = () => many(Number(values.files));
const RUNS: readonly Run[] = [
  { name: 'hash of JPEGs', limit: 250, folder: () => jpegs(60), command: ['hash', '--json'] },
  { name: 'hash of all formats', limit: 600, folder: () => mixed(8), command: ['hash', '--json'] },
  { name: `hash of ${values.files}`, limit: 500, folder: small, command: ['hash', '--json'] },
  { name: `dedupe of ${values.files}`, limit: 500, folder: small, command: ['dedupe', '--json'] },
];

async function childrenOf(pid: number): Promise<number[]> {
  const found: number[] = [];
  for (const task of await readdir(`/proc/${pid}/task`)) {
    const children = await readFile(`/proc/${pid}/task/${task}/children`, 'latin1').catch(() => '');
    found.push(...children.split(' ').filter(Boolean).map(Number));
  }
  return found;
}

/** Bytes of a process and its children; 0 when it has ended. */
async function memoryOf(pid: number): Promise<number> {
  try {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'latin1');
    const own = Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1]) * 1024;
    const children = await Promise.all((await childrenOf(pid)).map(memoryOf));
    return children.reduce((sum, bytes) => sum + bytes, own);
  } catch {
    return 0;
  }
}

async function peakOf(child: ChildProcess): Promise<number> {
  let peak = 0;
  while (child.exitCode === null && child.signalCode === null) {
    peak = Math.max(peak, await memoryOf(child.pid as number));
    await sleep(SAMPLE_MS);
  }
  return peak;
}

try {
  const rows = [['2 workers', 'MB', 'limit', 'seconds', 'exit', '']];
  for (const { name, limit, folder, command } of RUNS) {
    if (!name.includes(values.only)) continue;
    const path = await folder();
    const from = performance.now();
    const args = [...command, '--workers', '2', '--isolate', values.isolate, path];
    const child = spawn(executable, args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      // `dedupe` remembers files between runs.
      env: { ...process.env, XDG_CACHE_HOME: scratch },
    });
    const ended = once(child, 'close');
    const peak = (await peakOf(child)) / 1e6;
    const [exit] = await ended;
    const seconds = (performance.now() - from) / 1000;
    const over = peak > limit || exit !== 0;
    if (over) process.exitCode = 1;
    const cells = [peak.toFixed(0), String(limit), seconds.toFixed(1), String(exit)];
    rows.push([name, ...cells, over ? 'over' : '']);
    process.stderr.write(`\r${name}: ${peak.toFixed(0)} MB\n`);
  }
  console.log(table(rows));
} finally {
  await rm(scratch, { recursive: true, force: true });
}
