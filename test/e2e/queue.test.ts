import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  addressList,
  type Files,
  obtainable,
  pictures,
  sha256,
} from '../../fixtures/host-pictures.ts';
import { type Hosts, hosts } from '../../fixtures/hosts.ts';
import { natsMissing, natsServer } from '../../fixtures/nats-server.ts';
import { executable, images, imgtrawl, scratch } from './run.ts';

const HOSTS = 20;
const PER_HOST = 2;

let files: Files;
beforeAll(async () => {
  if (natsMissing === undefined) files = await pictures(100);
});

/** A worker process that can be killed. */
class Worker {
  readonly #args: readonly string[];
  readonly #env: Record<string, string>;
  #child: ChildProcess;
  #killed = false;
  ended: Promise<number | null>;
  output = '';

  constructor(args: readonly string[], env: Record<string, string>) {
    this.#args = args;
    this.#env = env;
    [this.#child, this.ended] = this.#start();
  }

  /** Kills it and starts it again on the same folder. False when it had ended. */
  async killAndStart(): Promise<boolean> {
    if (this.#child.exitCode !== null) return false;
    this.#killed = true;
    const gone = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.kill('SIGKILL');
    await gone;
    [this.#child, this.ended] = this.#start();
    return true;
  }

  get killed(): boolean {
    return this.#killed;
  }

  #start(): [ChildProcess, Promise<number | null>] {
    const child = spawn(executable, this.#args, {
      env: { ...process.env, ...this.#env },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 280_000,
    });
    child.stderr.on('data', (data) => {
      this.output += data;
    });
    return [child, new Promise((resolve) => child.once('close', resolve))];
  }
}

/** Resolves when the hosts have been asked so often. */
async function requests(served: Hosts, count: number): Promise<void> {
  while (served.requests < count) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** url → what came of it, without what differs between two runs. */
async function outcomes(folder: string): Promise<Map<string, string>> {
  const { lines } = await imgtrawl(['export', folder]);
  return new Map(
    lines.map(({ url, sha256: hash, file, duplicateOf, error }) => [
      url,
      error?.code ?? `${hash} in ${file ?? duplicateOf}`,
    ]),
  );
}

describe.skipIf(natsMissing)(`a queue${natsMissing ? ` (${natsMissing})` : ''}`, () => {
  test('three workers, killed at random, and a server that restarts: nothing is lost or stored twice', {
    timeout: 300_000,
  }, async () => {
    await using served = await hosts({ hosts: HOSTS, files, latencyMs: 60, faults: 0.05 });
    await using nats = await natsServer();
    const cwd = scratch();
    const env = { IMGTRAWL_QUEUE: `${nats.url}/photos` };
    const list = addressList(served, files, HOSTS, 400);
    writeFileSync(join(cwd, 'list.txt'), list.join('\n'));

    const fill = ['enqueue', 'list.txt', '--shard-size', '10', '--ack-wait', '4', '--json'];
    const first = await imgtrawl(fill, { cwd, env });
    expect(first.lines.at(-1)).toMatchObject({ addresses: 400, known: 0 });
    const { shards } = first.lines.at(-1);
    const second = await imgtrawl(fill, { cwd, env });
    expect(second.lines.at(-1)).toMatchObject({ addresses: 400, added: 0, known: shards });

    const folders = ['a', 'b', 'c'].map((name) => join(cwd, name));
    const workers = folders.map((folder) => {
      const how = ['--drain', '-q', '--per-host', String(PER_HOST), '--shards-at-once', '2'];
      return new Worker(['worker', '-o', folder, '--max-deliver', '20', ...how], env);
    });
    for (let kill = 0; kill < 5; kill++) {
      await requests(served, served.requests + 10 + Math.floor(Math.random() * 40));
      await workers[kill % 3]?.killAndStart();
      if (kill === 2) await nats.restart('SIGKILL', 300);
    }
    const codes = await Promise.all(workers.map((worker) => worker.ended));
    expect(codes, workers.map(({ output }) => output).join('\n')).toEqual([0, 0, 0]);
    expect(workers.every(({ killed }) => killed)).toBe(true);
    expect(served.mostAtOneHost).toBeLessThanOrEqual(PER_HOST);

    const status = await imgtrawl(['queue', 'photos', '--json'], { env });
    expect(status.lines[0]).toMatchObject({
      shards,
      done: shards,
      waiting: 0,
      inFlight: 0,
      failed: 0,
    });

    // Every picture is in one folder, under the hash of its bytes, whole.
    const stored = folders.flatMap((folder) => images(folder));
    expect(new Set(stored).size).toBe(stored.length);
    const wanted = obtainable(served, files, list);
    expect(stored.map((name) => name.split('.')[0]).sort()).toEqual([...wanted].sort());
    for (const folder of folders) {
      for (const name of images(folder)) {
        expect(sha256(readFileSync(join(folder, name)))).toBe(name.split('.')[0]);
      }
      expect(readdirSync(join(folder, '.imgtrawl')).includes('worker')).toBe(true);
    }

    const merged = await imgtrawl(['merge', 'a', 'b', 'c', '-o', 'merged', '--json'], { cwd });
    expect(merged.code, merged.stderr).toBe(0);
    served.reset();
    await imgtrawl(['list.txt', '-o', 'single', '--names', 'sha256', '-q'], { cwd });
    expect(images(join(cwd, 'merged'))).toEqual(images(join(cwd, 'single')));
    expect(images(join(cwd, 'merged')).length).toBeLessThan(wanted.size);
    expect(await outcomes(join(cwd, 'merged'))).toEqual(await outcomes(join(cwd, 'single')));
    const again = await imgtrawl(['merge', 'c', 'a', 'b', '-o', 'merged', '--json'], { cwd });
    expect(again.lines).toEqual(merged.lines);
  });

  test('what a page in a list shows from other sites goes through the queue', async () => {
    const page = [...files.keys()].slice(0, 6);
    const site = new Map<string, { type: string; body: Uint8Array | string }>(files);
    await using served = await hosts({ hosts: 6, files: site });
    const shown = page.map((path, n) => `<img src="${served.origin(1 + n)}${path}">`);
    site.set('/page', {
      type: 'text/html',
      body: `<!doctype html><title>x</title>${shown.join('')}`,
    });
    await using nats = await natsServer();
    const cwd = scratch();
    const env = { IMGTRAWL_QUEUE: `${nats.url}/pages` };
    const enqueued = await imgtrawl(['enqueue', '-', '--json', '--ack-wait', '10'], {
      env,
      stdin: `${served.origin(1)}/page\n`,
    });
    expect(enqueued.lines.at(-1)).toMatchObject({ addresses: 1, added: 1 });
    const worked = await imgtrawl(['worker', '-o', join(cwd, 'a'), '--drain', '--json'], { env });
    expect(worked.code, worked.stderr).toBe(0);
    expect(images(join(cwd, 'a'))).toHaveLength(6);
    const forwarded = worked.lines.filter((line) => line.type === 'shard' && line.forwarded > 0);
    expect(forwarded).toHaveLength(1);
  });

  test('a worker that is interrupted gives its shards back at once, and ends with 130', async () => {
    await using served = await hosts({ hosts: 2, files, latencyMs: 100 });
    await using nats = await natsServer();
    const cwd = scratch();
    const env = { IMGTRAWL_QUEUE: `${nats.url}/stop` };
    const list = addressList(served, files, 2, 60);
    // With an ack wait of minutes only a shard that was given back can be had again within the test.
    await imgtrawl(['enqueue', '-', '--ack-wait', '600'], { env, stdin: list.join('\n') });
    const how = ['worker', '-o', join(cwd, 'a'), '--per-host', '1', '--drain', '-q'];
    const stopped = await imgtrawl(how, {
      env,
      started: (child) => void requests(served, 10).then(() => child.kill('SIGTERM')),
    });
    expect(stopped.code).toBe(130);
    const status = await imgtrawl(['queue', 'stop', '--json'], { env });
    expect(status.lines[0].done).toBeLessThan(status.lines[0].shards);
    const other = await imgtrawl(['worker', '-o', join(cwd, 'b'), '--drain', '-q'], { env });
    expect(other.code, other.stderr).toBe(0);
    const stored = [...images(join(cwd, 'a')), ...images(join(cwd, 'b'))];
    expect(new Set(stored).size).toBe(stored.length);
    expect(new Set(stored).size).toBe(obtainable(served, files, list).size);
  });

  test('a shard that no worker ends is put aside, and tells why', async () => {
    await using served = await hosts({ hosts: 1, files, latencyMs: 400 });
    await using nats = await natsServer();
    const cwd = scratch();
    const env = { IMGTRAWL_QUEUE: `${nats.url}/poison` };
    const list = addressList(served, files, 1, 50);
    await imgtrawl(['enqueue', '-', '--ack-wait', '1'], { env, stdin: list.join('\n') });
    const how = ['--per-host', '1', '--drain', '-q'];
    const killed = await imgtrawl(['worker', '-o', join(cwd, 'a'), ...how], {
      env,
      started: (child) => void requests(served, 3).then(() => child.kill('SIGKILL')),
    });
    expect(killed.signal).toBe('SIGKILL');
    const last = ['worker', '-o', join(cwd, 'b'), '--max-deliver', '1', ...how];
    const other = await imgtrawl(last, { env });
    expect(other.code).toBe(1);
    expect(other.stderr).toContain('was not heard of again');
    const status = await imgtrawl(['queue', 'poison', '--json'], { env });
    expect(status.lines[0]).toMatchObject({
      shards: 1,
      failed: 1,
      done: 0,
      waiting: 0,
      inFlight: 0,
    });
    const dead = await imgtrawl(['queue', 'poison', '--dead', '--json'], { env });
    expect(dead.lines).toHaveLength(1);
    expect(dead.lines[0]).toMatchObject({
      attempts: [{ error: expect.stringContaining('not heard') }],
    });
    const addresses = await imgtrawl(['queue', 'poison', '--dead'], { env });
    expect(addresses.stdout.trim().split('\n')).toEqual(list);
  });

  test('secrets stay out of command lines and messages', async () => {
    await using nats = await natsServer(['--auth', 'open-sesame']);
    const bare = nats.url.replace('nats://', '');
    const shown = await imgtrawl(['queue', `nats://open-sesame@${bare}/x`]);
    expect(shown.code).toBe(2);
    expect(shown.stderr + shown.stdout).not.toContain('open-sesame');
    const refused = await imgtrawl(['queue', `nats://${bare}/x`]);
    expect(refused.code).toBe(3);
    const folder = scratch();
    writeFileSync(join(folder, 'token'), 'open-sesame\n');
    for (const env of [
      { NATS_TOKEN: 'open-sesame', IMGTRAWL_QUEUE: `nats://${bare}/x` },
      { IMGTRAWL_QUEUE: `nats://open-sesame@${bare}/x` },
      { IMGTRAWL_NATS_TOKEN_FILE: join(folder, 'token'), IMGTRAWL_QUEUE: `nats://${bare}/x` },
    ]) {
      const empty = await imgtrawl(['enqueue', '-', '-v'], {
        env,
        stdin: 'http://h.example/1.jpg',
      });
      expect(empty.code, empty.stderr).toBe(0);
      expect(empty.stderr + empty.stdout).not.toContain('open-sesame');
    }
  });
});
