/**
 * Many requests with faults through one run: does memory stay flat, and are sockets and files given
 * back? Reads /proc, so Linux only.
 *
 *     node scripts/bench/soak.ts [--requests 20000] [--bytes 10000]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { arrived } from './arrived.ts';
import { imgtrawl } from './downloaders.ts';
import { USUAL_FAULTS } from './faults.ts';
import { median } from './measure.ts';
import { startServer } from './server.ts';

const SAMPLE_MS = 200;

interface Sample {
  /** Seconds since the start. */
  readonly at: number;
  /** Resident bytes. */
  readonly memory: number;
  /** Open file descriptors. */
  readonly fds: number;
}

async function sample(pid: number, from: number): Promise<Sample | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const fds = (await readdir(`/proc/${pid}/fd`)).length;
    const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
    return { at: (performance.now() - from) / 1000, memory: kilobytes * 1024, fds };
  } catch {
    return undefined; // It ended meanwhile.
  }
}

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '20000' },
    bytes: { type: 'string', default: '10000' },
  },
});
const downloader = imgtrawl('imgtrawl');
if (downloader.missing !== undefined) throw new Error(downloader.missing);
await using server = await startServer({
  files: Number(values.requests),
  bytes: Number(values.bytes),
  latency: 5,
  faults: USUAL_FAULTS,
  // The waits for a thousand 503s would only make it longer.
  retryAfter: 0,
});
const scratch = await mkdtemp(join(tmpdir(), 'bench-soak-'));
try {
  const out = join(scratch, 'out');
  const job = { urls: server.urls, out, scratch, faulty: true };
  const [program, ...args] = await downloader.prepare(job);
  const from = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const samples: Sample[] = [];
  const timer = setInterval(async () => {
    const taken = await sample(child.pid!, from);
    if (taken !== undefined && Number.isFinite(taken.memory)) samples.push(taken);
  }, SAMPLE_MS);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearInterval(timer);

  const { whole, corrupt, missing } = await arrived(out, server.sums);
  const { requests, faults, maxInFlight } = await server.stats();
  const quarters = [0, 1, 2, 3].map((i) =>
    samples.slice((samples.length * i) / 4, (samples.length * (i + 1)) / 4),
  );
  const megabytes = quarters.map((part) => median(part.map(({ memory }) => memory)) / 2 ** 20);
  const peak = Math.max(...samples.map(({ memory }) => memory)) / 2 ** 20;
  const fds = quarters.map((part) => Math.max(...part.map((one) => one.fds)));
  const seconds = (performance.now() - from) / 1000;
  console.log(`${requests} requests in ${seconds.toFixed(0)} s, at most ${maxInFlight} in flight`);
  console.log(`faults: ${JSON.stringify(faults)}`);
  console.log(`exit ${code}: ${whole} whole, ${corrupt.length} corrupt, ${missing} missing`);
  console.log(`memory by quarter, MiB: ${megabytes.map((m) => m.toFixed(0)).join(', ')}`);
  console.log(`last / first quarter: ${(megabytes[3]! / megabytes[0]!).toFixed(2)}`);
  console.log(`peak: ${peak.toFixed(0)} MiB`);
  console.log(`most open files by quarter: ${fds.join(', ')}; at the end ${samples.at(-1)?.fds}`);
  if (code !== 0 || corrupt.length > 0 || missing > 0) process.exitCode = 1;
} finally {
  await rm(scratch, { recursive: true, force: true });
}
