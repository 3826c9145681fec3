/**
 * Many machines on one: a real nats-server, worker processes, and hosts that count.
 *
 *     node scripts/bench/queue.ts speed [--addresses 4000] [--latency 100]   1, 2 and 3 workers under latency, beside get
 *     node scripts/bench/queue.ts kill [--addresses 20000]   40 hosts, 5 % faults, workers killed at random,
 *                                                            the server restarted once, against one machine
 *     node scripts/bench/queue.ts cluster [--addresses 600]  three servers that keep copies, one of them killed in the
 *                                                            middle: the one that leads the claims
 *     node scripts/bench/queue.ts engine                     messages, claims and bytes, for the calculation
 *                                                            in docs/many-machines.md
 *
 * `--program PATH` runs another executable than dist/imgtrawl.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { encode } from '../../fixtures/encode.ts';
import { addressList, type Files, obtainable, pictures } from '../../fixtures/host-pictures.ts';
import { hosts } from '../../fixtures/hosts.ts';
import { type NatsServer, natsCluster, natsServer } from '../../fixtures/nats-server.ts';
import { photo } from '../../fixtures/photo.ts';
import { NatsEngine, parseQueueAddress } from '../../src/queue/mod.ts';
import { packShard } from '../../src/queue/shard.ts';
import { measure, table } from './measure.ts';

const HOSTS = 40;
const PER_HOST = 2;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    addresses: { type: 'string' },
    latency: { type: 'string', default: '100' },
    program: { type: 'string' },
  },
});
const program = values.program ?? fileURLToPath(new URL('../../dist/imgtrawl', import.meta.url));
/** Before each answer of the hosts, in ms. */
const latency = Number(values.latency);
const scratch = await mkdtemp(join(tmpdir(), 'bench-queue-'));

/** Runs the program to its end and returns its last JSON line. */
async function run(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(program, args, {
    cwd: scratch,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (data) => {
    text += data;
  });
  await new Promise((resolve) => child.once('close', resolve));
  return JSON.parse(text.trim().split('\n').at(-1) || '{}');
}

const imagesIn = (folder: string): string[] =>
  readdirSync(folder).filter((name) => name !== '.imgtrawl');

/** Images of 60 KB, each of other bytes: what comes after the end of a JPEG is no part of it. */
async function largeFiles(count: number): Promise<Files> {
  const jpeg = await encode(photo(1, 96, 72), '.jpg');
  return new Map(
    Array.from({ length: count }, (_, n) => {
      const body = new Uint8Array(60_000);
      body.set(jpeg);
      new DataView(body.buffer).setUint32(body.length - 4, n);
      return [`/img/${n}.jpg`, { type: 'image/jpeg', body }];
    }),
  );
}

async function speed(count: number): Promise<void> {
  const files = await largeFiles(Math.ceil(count / HOSTS) + 7 * HOSTS);
  await using served = await hosts({ hosts: HOSTS, files, latencyMs: latency });
  await writeFile(join(scratch, 'list.txt'), addressList(served, files, HOSTS, count).join('\n'));
  // Nothing decodes, so that waiting and the queue are what is measured, not two cores.
  const how = ['-q', '--per-host', String(PER_HOST), '--dedupe', 'exact'];
  const rows: string[][] = [];
  const floor = ((count / HOSTS / PER_HOST) * latency) / 1000;
  const note = (name: string, wall: number, cpu: number) => {
    const each = ((cpu / count) * 1e6).toFixed(0);
    rows.push([name, wall.toFixed(2), (count / wall).toFixed(0), cpu.toFixed(2), each]);
  };
  const single = await measure(
    [
      program,
      'get',
      join(scratch, 'list.txt'),
      '-o',
      join(scratch, 'get'),
      ...how,
      '--names',
      'sha256',
    ],
    { scratch },
  );
  note('get', single.wall, single.cpu);
  for (const workers of [1, 2, 3]) {
    await using nats = await natsServer();
    const queue = `${nats.url}/speed`;
    // So many buckets that hardly two of the hosts share one, and would have to take turns.
    const spread = ['--shard-size', '50', '--buckets', '2048', '-q'];
    await run(['enqueue', 'list.txt', '--queue', queue, ...spread]);
    const folders = Array.from({ length: workers }, (_, n) => join(scratch, `w${workers}-${n}`));
    // A shard is of one host here, so three workers with 14 of them are at all 40 hosts.
    const each = ['--shards-at-once', '14', '--drain', '--queue', queue, ...how];
    const from = performance.now();
    const costs = await Promise.all(
      folders.map(async (folder) => {
        const own = await mkdtemp(join(scratch, 'm-'));
        return await measure([program, 'worker', '-o', folder, ...each], { scratch: own });
      }),
    );
    const wall = (performance.now() - from) / 1000;
    note(
      `${workers} workers`,
      wall,
      costs.reduce((sum, { cpu }) => sum + cpu, 0),
    );
    for (const folder of folders) await rm(folder, { recursive: true });
  }
  process.stdout.write(
    `${count} addresses of 60 KB, ${HOSTS} hosts, ${latency} ms, ${PER_HOST} at a host: no less than ${floor.toFixed(1)} s with all hosts at once\n`,
  );
  process.stdout.write(
    `${table([['', 'wall s', 'addresses/s', 'CPU s', 'CPU µs/address'], ...rows])}\n`,
  );
  process.stdout.write(`most at one host: ${served.mostAtOneHost}\n`);
}

/** Keeps a worker running on a folder: killed now and then, started again until it ends by itself. */
class Tenacious {
  kills = 0;
  readonly done: Promise<void>;
  #child: ChildProcess | undefined;

  constructor(args: readonly string[], env: Record<string, string>) {
    this.done = this.#keep(args, env);
  }

  kill(): void {
    this.kills++;
    this.#child?.kill('SIGKILL');
  }

  async #keep(args: readonly string[], env: Record<string, string>): Promise<void> {
    for (;;) {
      const child = spawn(program, args, {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'ignore', 'ignore'],
      });
      this.#child = child;
      const [code] = await new Promise<[number | null]>((resolve) =>
        child.once('close', (number) => resolve([number])),
      );
      if (code === 0) return;
      if (code !== null) throw new Error(`a worker ended with ${code}`);
    }
  }
}

async function kill(count: number): Promise<void> {
  process.stdout.write('making pictures\n');
  const files = await pictures(Math.min(3000, Math.ceil(count / 6)));
  await using served = await hosts({ hosts: HOSTS, files, latencyMs: 20, faults: 0.05 });
  const list = addressList(served, files, HOSTS, count);
  await writeFile(join(scratch, 'list.txt'), list.join('\n'));
  await using nats = await natsServer();
  const env = { IMGTRAWL_QUEUE: `${nats.url}/kill` };
  const first = await run(
    ['enqueue', 'list.txt', '--shard-size', '100', '--ack-wait', '10', '--json'],
    env,
  );
  const again = await run(['enqueue', 'list.txt', '--shard-size', '100', '--json'], env);
  process.stdout.write(`${first.shards} shards; enqueued again: ${again.added} new\n`);
  const folders = ['a', 'b', 'c'].map((name) => join(scratch, name));
  const from = performance.now();
  const workers = folders.map((folder) => {
    const how = ['--drain', '-q', '--per-host', String(PER_HOST), '--max-deliver', '100'];
    return new Tenacious(['worker', '-o', folder, ...how], env);
  });
  let ended = false;
  const all = Promise.all(workers.map(({ done }) => done)).finally(() => {
    ended = true;
  });
  for (let round = 0; !ended && round < 12; round++) {
    await Promise.race([
      all,
      new Promise((resolve) => setTimeout(resolve, 3000 + Math.random() * 4000)),
    ]);
    if (ended) break;
    workers[Math.floor(Math.random() * 3)]?.kill();
    if (round === 3) await nats.restart('SIGKILL', 1000);
  }
  await all;
  const seconds = (performance.now() - from) / 1000;
  const status = await run(['queue', 'kill', '--json'], env);
  const stored = folders.flatMap(imagesIn);
  const wanted = obtainable(served, files, list);
  const atOneHost = served.mostAtOneHost;
  const requests = served.requests;
  const merging = performance.now();
  const merged = await run(['merge', ...folders, '-o', join(scratch, 'merged'), '--json']);
  const mergeSeconds = (performance.now() - merging) / 1000;
  served.reset();
  await run(['get', 'list.txt', '-o', join(scratch, 'single'), '--names', 'sha256', '-q']);
  const [one, many] = [imagesIn(join(scratch, 'single')), imagesIn(join(scratch, 'merged'))];
  const facts = {
    seconds: seconds.toFixed(1),
    kills: workers.reduce((sum, { kills }) => sum + kills, 0),
    shardsDone: `${status.done} of ${status.shards}, ${status.failed} put aside`,
    requests: `${requests} for ${count} addresses`,
    mostAtOneHost: `${atOneHost} (limit ${PER_HOST})`,
    storedTwice: stored.length - new Set(stored).size,
    missing: [...wanted].filter((sum) => !stored.some((name) => name.startsWith(sum))).length,
    unasked: stored.filter((name) => !wanted.has(name.split('.')[0] as string)).length,
    merged: `${merged.images} images, ${merged.kept} kept, in ${mergeSeconds.toFixed(1)} s`,
    equalToOneMachine: JSON.stringify(one.sort()) === JSON.stringify(many.sort()),
  };
  process.stdout.write(`${JSON.stringify(facts, undefined, 2)}\n`);
}

async function cluster(count: number): Promise<void> {
  const files = await pictures(Math.ceil(count / 6));
  await using served = await hosts({ hosts: HOSTS, files, latencyMs: latency, faults: 0.05 });
  const list = addressList(served, files, HOSTS, count);
  await writeFile(join(scratch, 'list.txt'), list.join('\n'));
  await using nats = await natsCluster(3);
  const env = { IMGTRAWL_QUEUE: `${nats.url}/cluster` };
  const from = performance.now();
  const told = (text: string) => {
    const seconds = ((performance.now() - from) / 1000).toFixed(1);
    process.stdout.write(`${seconds} s: ${text}\n`);
  };
  const plan = ['--replicas', '3', '--buckets', '64', '--shard-size', '10', '--ack-wait', '5'];
  const { shards } = await run(['enqueue', 'list.txt', ...plan, '--json'], env);
  told(`${shards} shards on three servers`);
  const folders = ['a', 'b', 'c'].map((name) => join(scratch, name));
  const how = ['--drain', '-q', '--json', '--per-host', String(PER_HOST)];
  const working = folders.map((folder) => run(['worker', '-o', folder, ...how], env));
  while (served.requests < count / 4) await new Promise((resolve) => setTimeout(resolve, 20));
  const leader = await leaderOf('KV_imgtrawl_cluster_claims', nats.url);
  await nats.servers[leader]?.stop('SIGKILL');
  told(`server ${leader}, which led the claims, is killed`);
  await Promise.all(working);
  told('the workers have ended');
  const status = await run(['queue', 'cluster', '--json'], env);
  const stored = folders.flatMap(imagesIn);
  const merged = await run(['merge', ...folders, '-o', join(scratch, 'merged'), '--json']);
  const facts = {
    shardsDone: `${status.done} of ${shards}, ${status.failed} put aside`,
    mostAtOneHost: `${served.mostAtOneHost} (limit ${PER_HOST})`,
    requests: `${served.requests} for ${count} addresses`,
    storedTwice: stored.length - new Set(stored).size,
    missing: obtainable(served, files, list).size - stored.length,
    merged: `${merged.images} images, ${merged.kept} kept, ${merged.missing} missing`,
  };
  process.stdout.write(`${JSON.stringify(facts, undefined, 2)}\n`);
}

/** Number of the server that leads a stream. */
async function leaderOf(stream: string, url: string): Promise<number> {
  const servers = url.replace('nats://', '').split(',');
  const connection = await connect({ servers });
  const { streams } = await jetstreamManager(connection);
  const { cluster: copies } = await streams.info(stream);
  await connection.close();
  return Number(copies?.leader?.replace('server-', ''));
}

/** Resident memory of the server, in MB. */
function memoryOf({ pid }: NatsServer): number {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(text)?.[1]) / 1000;
}

async function engine(): Promise<void> {
  await using nats = await natsServer();
  const address = parseQueueAddress({ text: `${nats.url}/bench`, onCommandLine: true });
  const plan = { buckets: 256, replicas: 1, ackWaitMs: 60_000 };
  const made = performance.now();
  await using queue = await NatsEngine.open(address, { auth: { env: {} }, plan });
  process.stdout.write(`256 buckets made in ${Math.round(performance.now() - made)} ms\n`);

  const timed = async (name: string, times: number, work: (n: number) => Promise<unknown>) => {
    const from = performance.now();
    for (let n = 0; n < times; n += 100) {
      await Promise.all(Array.from({ length: 100 }, (_, m) => work(n + m)));
    }
    const rate = (times * 1000) / (performance.now() - from);
    process.stdout.write(`${name}: ${Math.round(rate)} a second\n`);
  };
  const shardOfThousand = (n: number) =>
    packShard(
      n % 256,
      Array.from({ length: 1000 }, (_, m) =>
        JSON.stringify({
          u: `https://images.host${n}.example/photos/2026/${hash(n * 1000 + m)}.jpg`,
        }),
      ),
    );
  await timed('shards of 1,000 addresses published', 1000, (n) =>
    queue.publish(shardOfThousand(n)),
  );
  const { bytes } = await queue.status();
  process.stdout.write(`${(bytes.shards / 1e6).toFixed(2)} bytes an address in the stream\n`);
  const before = memoryOf(nats);
  const claims = 200_000;
  await timed('claims', claims, (n) => queue.claim(hash(n), 'abcdefghijkl.jpg'));
  await timed('claims looked up', 20_000, (n) => queue.claimed(hash(n)));
  const after = await queue.status();
  process.stdout.write(`${(after.bytes.claims / claims).toFixed(0)} bytes a claim on the disk\n`);
  const grown = (memoryOf(nats) - before) * 1e6;
  process.stdout.write(`${(grown / claims).toFixed(0)} bytes a claim in the server's memory\n`);
  const pulls = 500;
  const from = performance.now();
  for (let n = 0; n < pulls; n++) await (await queue.pull())?.ack();
  process.stdout.write(
    `a shard pulled and acknowledged in ${((performance.now() - from) / pulls).toFixed(1)} ms\n`,
  );
}

/** As long as a hash in base64url, and as little compressible. */
const hash = (n: number): string => createHash('sha256').update(String(n)).digest('base64url');

try {
  const count = Number(values.addresses ?? 0);
  if (positionals[0] === 'speed') await speed(count || 4000);
  else if (positionals[0] === 'kill') await kill(count || 20_000);
  else if (positionals[0] === 'cluster') await cluster(count || 600);
  else if (positionals[0] === 'engine') await engine();
  else process.stderr.write('node scripts/bench/queue.ts speed|kill|cluster|engine\n');
} finally {
  await rm(scratch, { recursive: true, force: true });
}
