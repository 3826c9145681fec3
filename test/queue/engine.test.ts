import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { describe, expect, test } from 'vitest';
import { natsMissing, natsServer } from '../../fixtures/nats-server.ts';
import { NatsEngine, parseQueueAddress, type QueuePlan } from '../../src/queue/mod.ts';
import { packShard } from '../../src/queue/shard.ts';
import { scratch } from '../e2e/run.ts';
import { TEST_CA, TEST_CERTIFICATE, TEST_KEY } from '../support/certificates.ts';

const PLAN: QueuePlan = { buckets: 4, replicas: 1, ackWaitMs: 3000 };

function open(url: string, plan?: QueuePlan): Promise<NatsEngine> {
  const address = parseQueueAddress({ text: `${url}/test`, onCommandLine: true });
  return NatsEngine.open(address, { auth: { env: {} }, ...(plan && { plan }) });
}

const shard = (bucket: number, name: string) =>
  packShard(bucket, [JSON.stringify({ u: `http://h.example/${name}` })]);

const until = async <T>(work: () => Promise<T | undefined>): Promise<T> => {
  for (;;) {
    const value = await work();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

describe.skipIf(natsMissing)(`the engine${natsMissing ? ` (${natsMissing})` : ''}`, () => {
  test('takes a shard once, also after it is done and the server was restarted', async () => {
    await using nats = await natsServer();
    await using engine = await open(nats.url, PLAN);
    expect(await engine.publish(shard(1, 'a'))).toBe(true);
    expect(await engine.publish(shard(1, 'a'))).toBe(false);
    const delivery = await until(() => engine.pull());
    await delivery.ack();
    await nats.restart('SIGTERM');
    expect(await engine.publish(shard(1, 'a'))).toBe(false);
    expect(await engine.isEmpty()).toBe(true);
    expect(await engine.status()).toMatchObject({ shards: 1, done: 1, waiting: 0, inFlight: 0 });
  });

  test('hands out one shard of a bucket at a time, whoever asks', async () => {
    await using nats = await natsServer();
    await using one = await open(nats.url, { ...PLAN, ackWaitMs: 60_000 });
    await using other = await open(nats.url);
    expect(other.plan.ackWaitMs).toBe(60_000);
    for (const name of ['a', 'b', 'c']) await one.publish(shard(2, name));
    const first = await until(() => one.pull());
    expect(await one.pull()).toBeUndefined();
    expect(await other.pull()).toBeUndefined();
    await first.ack();
    const second = await until(() => other.pull());
    expect(second.id).not.toBe(first.id);
    await second.release(0);
    const third = await until(() => one.pull());
    expect(third.id).toBe(second.id);
  });

  test('keeps others from a bucket also when the server forgot whom it gave a shard', async () => {
    await using nats = await natsServer();
    await using one = await open(nats.url, { ...PLAN, ackWaitMs: 20_000 });
    await using other = await open(nats.url);
    await one.publish(shard(1, 'a'));
    await one.publish(shard(1, 'b'));
    const held = await until(() => one.pull());
    // So is what a server has that is killed less than 0.1 s after it handed out a shard.
    const connection = await connect({ servers: nats.url });
    const { consumers } = await jetstreamManager(connection);
    const { config } = await consumers.info('imgtrawl_test_todo', 'bucket-1');
    await consumers.delete('imgtrawl_test_todo', 'bucket-1');
    await consumers.add('imgtrawl_test_todo', config);
    await connection.close();
    expect(await other.pull()).toBeUndefined();
    expect(await one.pull()).toBeUndefined();
    await held.extend();
    await held.ack();
    expect((await until(() => other.pull())).bucket).toBe(1);
  });

  test('gives out shards again soon after a restart', async () => {
    await using nats = await natsServer();
    await using engine = await open(nats.url, PLAN);
    await engine.publish(shard(1, 'a'));
    const [pulled] = await Promise.all([
      (async () => {
        await nats.restart('SIGKILL', 300);
        await engine.publish(shard(2, 'b'));
        return [await until(() => engine.pull()), await until(() => engine.pull())];
      })(),
      // The look that sits the restart out takes seconds; the next one does not wait for many of these.
      engine.isEmpty(),
    ]);
    expect(new Set(pulled.map(({ bucket }) => bucket))).toEqual(new Set([1, 2]));
  });

  test('gives a shard to another when its holder falls silent, not while it is extended', async () => {
    await using nats = await natsServer();
    await using one = await open(nats.url, PLAN);
    await using other = await open(nats.url);
    await one.publish(shard(0, 'a'));
    const held = await until(() => one.pull());
    for (let n = 0; n < 6; n++) {
      await new Promise((resolve) => setTimeout(resolve, 600));
      await held.extend();
      expect(await other.pull()).toBeUndefined();
    }
    const taken = await until(() => other.pull());
    expect(taken.id).toBe(held.id);
  });

  test('gives a key to exactly one of many that claim it at the same time', async () => {
    await using nats = await natsServer();
    await using one = await open(nats.url, PLAN);
    await using other = await open(nats.url);
    const keys = Array.from({ length: 50 }, (_, n) => `key${n}`);
    const claims = await Promise.all(
      keys.flatMap((key) => [
        one.claim(key, 'one'),
        other.claim(key, 'other'),
        one.claim(key, 'one'),
      ]),
    );
    for (let n = 0; n < claims.length; n += 3) {
      expect(new Set(claims.slice(n, n + 3)).size).toBe(1);
    }
    expect(await one.claimed('key0')).toBe(claims[0]);
    expect(await one.claimed('nobody')).toBeUndefined();
  });

  test('sits out a restart in the middle of everything', async () => {
    await using nats = await natsServer();
    await using engine = await open(nats.url, PLAN);
    const work = async () => {
      for (let n = 0; n < 60; n++) {
        await engine.publish(shard(n % 4, `s${n}`));
        expect(await engine.claim(`k${n}`, 'me')).toBe('me');
      }
    };
    const working = work();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await nats.restart('SIGKILL', 300);
    await working;
    expect((await engine.status()).shards).toBe(60);
  });

  test('reads a token anew when the server asks for another one', async () => {
    const folder = scratch();
    const [config, tokenFile] = [join(folder, 'nats.conf'), join(folder, 'token')];
    const agree = (token: string) => {
      writeFileSync(config, `authorization { token: ${token} }`);
      writeFileSync(tokenFile, `${token}\n`);
    };
    agree('one');
    await using nats = await natsServer(['-c', config]);
    const address = parseQueueAddress({ text: `${nats.url}/test`, onCommandLine: true });
    await using engine = await NatsEngine.open(address, {
      auth: { tokenFile, env: {} },
      plan: PLAN,
    });
    expect(await engine.publish(shard(0, 'a'))).toBe(true);
    agree('other');
    await nats.restart();
    expect(await engine.publish(shard(0, 'a'))).toBe(false);
    expect(await engine.publish(shard(0, 'b'))).toBe(true);
  });

  test('tells why when it is not let in any more', async () => {
    const folder = scratch();
    const config = join(folder, 'nats.conf');
    writeFileSync(config, 'authorization { token: one }');
    await using nats = await natsServer(['-c', config]);
    const address = parseQueueAddress({ text: `${nats.url}/test`, onCommandLine: true });
    const auth = { env: { NATS_TOKEN: 'one' } };
    await using engine = await NatsEngine.open(address, { auth, plan: PLAN });
    writeFileSync(config, 'authorization { token: other }');
    await nats.restart();
    await expect(engine.publish(shard(0, 'a'))).rejects.toMatchObject({
      code: 'queue',
      message: expect.stringContaining('Authorization'),
    });
  });

  test('keeps what was put aside with its reason, and is gone when it is removed', async () => {
    await using nats = await natsServer();
    await using engine = await open(nats.url, PLAN);
    const attempts = [{ worker: 'h:1', started: 1, error: 'h:1 was not heard of again' }];
    const dead = { id: 'x', bucket: 0, reason: 'why', attempts, items: ['{"u":"http://h/"}'] };
    await engine.bury(dead);
    await engine.bury(dead);
    expect(await Array.fromAsync(engine.dead())).toEqual([dead]);
    await engine.destroy();
    await expect(open(nats.url)).rejects.toMatchObject({ code: 'queue' });
  });

  test('speaks TLS with an authority of its own, and refuses others', async () => {
    const folder = scratch();
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const ca = file('ca.pem', TEST_CA);
    const certificate = file('cert.pem', TEST_CERTIFICATE);
    const key = file('key.pem', TEST_KEY);
    await using nats = await natsServer(['--tls', '--tlscert', certificate, '--tlskey', key]);
    const text = `${nats.url.replace('nats:', 'tls:')}/test`;
    const address = parseQueueAddress({ text, onCommandLine: true });
    await using engine = await NatsEngine.open(address, { auth: { ca, env: {} }, plan: PLAN });
    expect(await engine.publish(shard(0, 'a'))).toBe(true);
    await expect(NatsEngine.open(address, { auth: { env: {} } })).rejects.toMatchObject({
      code: 'queue',
    });
    await expect(
      NatsEngine.open(address, { auth: { ca: join(folder, 'no.pem'), env: {} } }),
    ).rejects.toMatchObject({ code: 'usage' });
  });
});
