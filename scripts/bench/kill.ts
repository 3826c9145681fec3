/**
 * Kills the executable with SIGKILL at random moments and runs it again: whatever has its final name
 * must be whole at every moment, and a run that is left alone must complete the folder. When one is
 * complete, the next kills begin with an empty one.
 *
 *     node scripts/bench/kill.ts [--kills 50] [--seed 1]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { arrived } from './arrived.ts';
import { imgtrawl } from './downloaders.ts';
import { measure } from './measure.ts';
import { noise } from './photo.ts';
import { startServer } from './server.ts';

/** Large enough to lie half on the disk, and a link that makes the job some seconds long. */
const SHAPE = { files: 150, bytes: 1_500_000, latency: 20, bandwidth: 100e6 };

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
  },
});
const kills = Number(values.kills);
const next = noise(Number(values.seed));
const downloader = imgtrawl('imgtrawl');
if (downloader.missing !== undefined) throw new Error(downloader.missing);
await using server = await startServer(SHAPE);
const scratch = await mkdtemp(join(tmpdir(), 'bench-kill-'));
const out = join(scratch, 'out');
const command = await downloader.prepare({ urls: server.urls, out, scratch, faulty: false });
let wrong = 0;

/** Runs to the end and empties the folder; gives the seconds it took. */
async function complete(when: string): Promise<number> {
  const { wall, exit, errors } = await measure(command, { scratch });
  const { whole, corrupt } = await arrived(out, server.sums);
  if (exit !== 0 || whole !== SHAPE.files || corrupt.length > 0) {
    wrong++;
    console.log(`${when}: exit ${exit}, ${whole} whole, corrupt: ${corrupt.join(', ')}\n${errors}`);
  }
  await rm(out, { recursive: true });
  return wall;
}

/** Runs until the moment, in ms; gives the number of whole files, and whether the run had ended. */
async function kill(moment: number): Promise<{ whole: number; ended: boolean }> {
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: 'ignore' });
  const exit = once(child, 'exit');
  await Promise.race([sleep(moment), exit]);
  child.kill('SIGKILL');
  const [code, signal] = (await exit) as [number | null, string | null];
  if (!existsSync(out)) return { whole: 0, ended: false };
  const { whole, corrupt } = await arrived(out, server.sums);
  if (corrupt.length > 0 || (signal === null && code !== 0)) {
    wrong++;
    console.log(`killed after ${moment} ms, exit ${code}: corrupt ${corrupt.join(', ')}`);
  }
  return { whole, ended: signal === null };
}

try {
  const seconds = await complete('without a kill');
  await server.reset();
  let killed = 0;
  let folders = 0;
  for (let runs = 1; killed < kills; runs++) {
    const { whole, ended } = await kill(50 + (next() % Math.ceil(1000 * seconds)));
    if (!ended) killed++;
    process.stderr.write(`\r${runs} runs, ${killed} killed, ${whole} of ${SHAPE.files} whole  `);
    if (ended || whole === SHAPE.files) {
      folders++;
      await complete(`folder ${folders}`);
    }
  }
  process.stderr.write('\n');
  folders++;
  const last = await complete('last run');
  const { requests } = await server.stats();
  console.log(`killed ${killed} times at random moments, ${folders} folders completed`);
  console.log(`${wrong} times something was corrupt, missing or failed`);
  console.log(`whole job ${seconds.toFixed(1)} s, last run ${last.toFixed(1)} s`);
  console.log(`${requests} requests for ${folders * SHAPE.files} files`);
  if (wrong > 0) process.exitCode = 1;
} finally {
  await rm(scratch, { recursive: true, force: true });
}
