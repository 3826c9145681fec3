import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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
import { type Fate, type S3Server, SECRET, s3Server } from '../../fixtures/s3-server.ts';
import { images, imgtrawl, type Ran, scratch } from './run.ts';

const HOSTS = 8;
const deno = ['--yes', 'deno@2.9.6'];
const hasDeno = spawnSync('npx', [...deno, '--version'], { timeout: 60_000 }).status === 0;

let files: Files;
beforeAll(async () => {
  if (natsMissing === undefined) files = await pictures(40);
});

const stem = (name: string): string => name.slice(0, name.indexOf('.'));

/** Names of the images in the bucket, under its prefix. */
const imagesIn = ({ objects }: S3Server): string[] =>
  [...objects.keys()].filter((key) => /^p\/[^/]+$/.test(key)).map((key) => key.slice(2));

// biome-ignore lint/suspicious/noExplicitAny: lines of the program
const recordsIn = ({ objects }: S3Server): any[] =>
  [...objects]
    .filter(([key]) => key.startsWith('p/.imgtrawl/shards/'))
    .flatMap(([, { body }]) => body.toString().trim().split('\n').filter(Boolean))
    .map((line) => JSON.parse(line));

interface Place {
  readonly env: Record<string, string>;
  readonly cwd: string;
  readonly list: readonly string[];
  work(folder: string, ...more: string[]): Promise<Ran>;
}

/** @param ackWait seconds after which a worker that was killed is missed */
async function fill(
  served: Hosts,
  bucket: S3Server,
  queue: string,
  count: number,
  ackWait = 60,
): Promise<Place> {
  const cwd = scratch();
  const env = { IMGTRAWL_QUEUE: queue, IMGTRAWL_S3: 's3://photos/p', ...bucket.env };
  const list = addressList(served, files, HOSTS, count);
  const how = ['enqueue', '-', '--shard-size', '10', '--ack-wait', String(ackWait)];
  const filled = await imgtrawl(how, { cwd, env, stdin: list.join('\n') });
  expect(filled.code, filled.stderr).toBe(0);
  return {
    ...{ env, cwd, list },
    work: (folder, ...more) =>
      imgtrawl(['worker', '-o', folder, '--drain', '--json', ...more], { cwd, env }),
  };
}

const FATES: readonly (Fate | undefined)[] = ['busy', 'cut', 'lost', 'conflict', 'internal'];

describe.skipIf(natsMissing)(`a bucket${natsMissing ? ` (${natsMissing})` : ''}`, () => {
  test('gets every image that workers store, once, whatever fails', async () => {
    await using served = await hosts({ hosts: HOSTS, files, latencyMs: 20, faults: 0.05 });
    await using nats = await natsServer();
    await using bucket = await s3Server({
      region: 'eu-central-1',
      sessionToken: 'hidden-token',
      fate: (key, attempt) =>
        attempt === 1 ? FATES[Number.parseInt(sha256(key).slice(0, 2), 16) % 10] : undefined,
    });
    const place = await fill(served, bucket, `${nats.url}/photos`, 160, 3);
    const { env, cwd, list } = place;
    const patient = ['--shards-at-once', '2', '--max-deliver', '20'];
    const how = ['worker', '-o', 'b', '--drain', '--json', ...patient, '-v'];
    const [a, b] = await Promise.all([
      place.work('a', ...patient, '-v'),
      imgtrawl(how, {
        cwd,
        env,
        started: (child) => setTimeout(() => child.kill('SIGKILL'), 1500),
      }),
    ]);
    const again = await imgtrawl(how, { cwd, env });
    expect([a.code, again.code], a.stderr + again.stderr).toEqual([0, 0]);

    const wanted = obtainable(served, files, list);
    const stored = imagesIn(bucket);
    expect(stored.map(stem).sort()).toEqual([...wanted].sort());
    for (const name of stored) {
      const { body, type } = bucket.objects.get(`p/${name}`) ?? { body: '', type: '' };
      expect(sha256(body)).toBe(stem(name));
      expect(type).toBe('image/jpeg');
    }
    // The folders hold the same under the same names, and so does what is made of them.
    expect([...images(join(cwd, 'a')), ...images(join(cwd, 'b'))].sort()).toEqual(stored.sort());
    const merged = await imgtrawl(['merge', 'a', 'b', '-o', 'merged'], { cwd });
    expect(merged.code, merged.stderr).toBe(0);
    for (const name of images(join(cwd, 'merged'))) expect(stored).toContain(name);

    // The bucket alone tells what came of each address.
    const status = await imgtrawl(['queue', 'photos', '--json'], { env });
    const { shards, done } = status.lines[0];
    expect(done).toBe(shards);
    expect(bucket.objects.size).toBe(stored.length + shards);
    const records = recordsIn(bucket);
    expect(new Set(records.map(({ url }) => url))).toEqual(new Set(list));
    for (const record of records) {
      const { url, error, file, duplicateOf } = record;
      const path = new URL(url).pathname;
      if (error)
        expect(served.fate(Number(new URL(url).hostname.split('.')[3]), path)).toBe('gone');
      else expect(sha256(files.get(path)?.body ?? '')).toBe(stem(`${file ?? duplicateOf}.`));
    }

    const said = [a, again, b].map(({ stderr, stdout }) => stderr + stdout).join('');
    expect(said).toContain('again in');
    expect(said).not.toMatch(/hidden-token|AKIAEXAMPLE/);
    expect(said).not.toContain(SECRET);
  });

  test('has the images of a worker whose folder is lost', async () => {
    await using served = await hosts({ hosts: HOSTS, files });
    await using nats = await natsServer();
    let hangs = true;
    const puts = Promise.withResolvers<void>();
    await using bucket = await s3Server({
      fate: () => {
        puts.resolve();
        return hangs ? 'stall' : undefined;
      },
    });
    const { env, cwd, list, work } = await fill(served, bucket, `${nats.url}/lost`, 40, 3);
    const killed = await imgtrawl(['worker', '-o', 'a', '--drain'], {
      ...{ cwd, env },
      started: (child) => puts.promise.then(() => child.kill('SIGKILL')),
    });
    expect(killed.signal).toBe('SIGKILL');
    rmSync(join(cwd, 'a'), { recursive: true });
    hangs = false;
    const other = await work('b', '--max-deliver', '20');
    expect(other.code, other.stderr).toBe(0);
    const wanted = obtainable(served, files, list);
    expect(imagesIn(bucket).map(stem).sort()).toEqual([...wanted].sort());
  });

  test('does not change when everything is done twice', async () => {
    await using served = await hosts({ hosts: HOSTS, files });
    await using nats = await natsServer();
    await using bucket = await s3Server();
    const first = await fill(served, bucket, `${nats.url}/once`, 60);
    expect((await first.work('a')).code).toBe(0);
    const before = new Map(bucket.objects);
    expect(bucket.refused).toBe(0);
    const second = await fill(served, bucket, `${nats.url}/twice`, 60);
    expect((await second.work('b')).code).toBe(0);
    expect(bucket.refused).toBe(before.size);
    expect([...bucket.objects.keys()]).toEqual([...before.keys()]);
    for (const [key, object] of before) expect(bucket.objects.get(key)).toBe(object);
  });

  test('that refuses ends the worker, and costs no shard one of its attempts', async () => {
    await using served = await hosts({ hosts: HOSTS, files });
    await using nats = await natsServer();
    await using bucket = await s3Server();
    const { env, cwd, list, work } = await fill(served, bucket, `${nats.url}/refused`, 40);
    const how = ['worker', '-o', 'a', '--drain', '--json', '--max-deliver', '1'];
    for (const [variable, value, text] of [
      ['AWS_SECRET_ACCESS_KEY', 'hidden', 'the secret access key is not that of'],
      ['IMGTRAWL_S3', 's3://other/p', 'there is no such bucket'],
      ['AWS_REGION', 'eu-north-1', 'give --s3-region us-east-1'],
    ] as const) {
      const refused = await imgtrawl(how, { cwd, env: { ...env, [variable]: value } });
      expect(refused.code, refused.stderr).toBe(2);
      expect(refused.lines.at(-1)).toMatchObject({ error: { code: 'bucket-refused' } });
      expect(refused.stderr).toContain(text);
      expect(refused.stderr).not.toMatch(/hidden|AKIA|\n\s+at /);
    }
    const status = await imgtrawl(['queue', 'refused', '--json'], { env });
    expect(status.lines[0]).toMatchObject({ done: 0, failed: 0, claims: 0 });
    const other = await work('b', '--max-deliver', '1');
    expect(other.code, other.stderr).toBe(0);
    const wanted = [...obtainable(served, files, list)].sort();
    expect(imagesIn(bucket).map(stem).sort()).toEqual(wanted);
    // What the first could not put is the other's now.
    expect((await work('a')).code).toBe(0);
    expect(images(join(cwd, 'a'))).toEqual([]);
  });

  test('gets what lay ready when its worker was refused or killed', async () => {
    await using served = await hosts({ hosts: HOSTS, files });
    await using nats = await natsServer();
    await using bucket = await s3Server();
    const { env, cwd, list, work } = await fill(served, bucket, `${nats.url}/later`, 40);
    const wrong = { ...env, AWS_SECRET_ACCESS_KEY: 'wrong' };
    const refused = await imgtrawl(['worker', '-o', 'a', '--drain'], { cwd, env: wrong });
    expect(refused.code).toBe(2);
    const wanted = [...obtainable(served, files, list)].sort();
    expect((await work('a')).code).toBe(0);
    expect(imagesIn(bucket).map(stem).sort()).toEqual(wanted);
    expect(images(join(cwd, 'a')).map(stem)).toEqual(wanted);
  });

  test('is not asked for when its address or its keys are wrong', async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'keys'), '[default]\naws_access_key_id = AKIAEXAMPLE\n');
    const queue = { IMGTRAWL_QUEUE: 'nats://127.0.0.1:1/x' };
    const keys = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'hidden' };
    for (const [args, env, text] of [
      [['--s3', 'photos'], keys, '--s3: expected s3://BUCKET'],
      [['--s3', 's3://A:hidden@photos'], keys, '--s3: expected s3://BUCKET'],
      [['--s3', 's3://photos'], {}, 'AWS_ACCESS_KEY_ID'],
      [['--s3', 's3://photos'], { AWS_SHARED_CREDENTIALS_FILE: join(cwd, 'keys') }, 'no secret'],
      [['--s3', 's3://photos', '--s3-endpoint', 'http://a:hidden@b'], keys, '--s3-endpoint: '],
      [['--s3', 's3://photos', '--max-bytes', '6GiB'], keys, '--max-bytes'],
    ] as const) {
      const ran = await imgtrawl(['worker', '-o', 'out', ...args], {
        cwd,
        env: { ...queue, ...env },
      });
      expect(ran.code, ran.stderr).toBe(2);
      expect(ran.stderr).toContain(text);
      expect(ran.stderr).not.toMatch(/hidden|AKIA/);
    }
  });

  test.skipIf(!hasDeno)('gets the same from a worker on Deno', async () => {
    await using served = await hosts({ hosts: HOSTS, files });
    await using nats = await natsServer();
    await using bucket = await s3Server({
      fate: (key, attempt) =>
        attempt === 1 ? FATES[Number.parseInt(sha256(key).slice(0, 2), 16) % 10] : undefined,
    });
    const { env, cwd, list } = await fill(served, bucket, `${nats.url}/deno`, 40);
    const out = join(cwd, 'a');
    const main = ['run', '-P', 'src/main.ts', 'worker', '-o', out, '--drain', '-q'];
    const child = spawn('npx', [...deno, ...main], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 100_000,
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code, stderr).toBe(0);
    const wanted = [...obtainable(served, files, list)].sort();
    expect(imagesIn(bucket).map(stem).sort()).toEqual(wanted);
    for (const name of images(out)) {
      expect(bucket.objects.get(`p/${name}`)?.body.equals(readFileSync(join(out, name)))).toBe(
        true,
      );
    }
    expect(new Set(recordsIn(bucket).map(({ url }) => url))).toEqual(new Set(list));
  });
});
