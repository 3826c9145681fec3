/** The address guard: where a document may lead, checked on the address that is connected to. */
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/concurrency/clock.ts';
import { DnsCache } from '../../src/fetch/dns-cache.ts';
import { spaceLookup, targetSpace } from '../../src/fetch/guard.ts';
import type { Lookup } from '../../src/fetch/mod.ts';
import { faultyServer } from '../support/faulty-server.ts';
import { failure, image, testPool } from './support.ts';

/** A resolver for tests, which knows what it was asked. */
function resolver(answers: Record<string, string[] | (() => string[])>) {
  const asked: string[] = [];
  const lookup: Lookup = async (hostname) => {
    asked.push(hostname);
    const answer = answers[hostname] ?? [];
    const addresses = typeof answer === 'function' ? answer() : answer;
    return {
      addresses: addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      ttlMs: Promise.resolve(0),
    };
  };
  return { lookup, asked };
}

describe('the address guard', () => {
  it('lets the user name any address, and tells how public it is', async () => {
    await using server = await faultyServer((e) => e.reply(200, {}, 'x'));
    await using pool = testPool();
    expect((await pool.submit(image(`${server.origin}/`))).space).toBe('local');
  });

  it.each(['127.0.0.1', '2130706433', '0x7f.1', '[::ffff:7f00:1]', 'localhost', 'name.test'])(
    'lets no public document name %s, and asks it for nothing',
    async (host) => {
      await using server = await faultyServer((e) => e.reply(200, {}, 'x'));
      const { lookup } = resolver({ localhost: ['127.0.0.1'], 'name.test': ['127.0.0.1'] });
      await using pool = testPool({}, { lookup });
      const url = `http://${host}:${server.port}/`;
      for (const space of ['public', 'private'] as const) {
        const error = await failure(pool.submit(image(url, { space })));
        expect(error).toMatchObject({ code: 'blocked-address', kind: 'skip', attempts: 0 });
      }
      expect(server.connections).toBe(0);
    },
  );

  it('lets a local document name local addresses', async () => {
    await using server = await faultyServer((e) => e.reply(200, {}, 'x'));
    await using pool = testPool();
    expect((await pool.submit(image(`${server.origin}/`, { space: 'local' }))).bytes).toBe(1);
  });

  it('lets everything pass with --allow-private', async () => {
    await using server = await faultyServer((e) => e.reply(200, {}, 'x'));
    await using pool = testPool({ allowPrivate: true });
    expect((await pool.submit(image(`${server.origin}/`, { space: 'public' }))).bytes).toBe(1);
  });

  it('does not lend a kept-alive connection to who may not open one', async () => {
    await using server = await faultyServer((e) => e.reply(200, {}, 'x'));
    const { lookup } = resolver({ 'name.test': ['127.0.0.1'] });
    await using pool = testPool({}, { lookup });
    const url = `http://name.test:${server.port}/`;
    await pool.submit(image(url));
    const error = await failure(pool.submit(image(url, { space: 'public' })));
    expect(error.code).toBe('blocked-address');
    expect(server.requests).toHaveLength(1);
  });

  it('is not fooled by a name that changes its address between check and connection', async () => {
    await using server = await faultyServer((e) => e.reply(200, {}, 'x'));
    let asked = 0;
    // Public when it is checked, this machine when it is connected to; time flies, so nothing is cached.
    let now = 0;
    const clock = { now: () => (now += 1_000_000), sleep: () => new Promise<void>(() => {}) };
    const { lookup } = resolver({
      'rebind.test': () => (asked++ === 0 ? ['203.0.114.1'] : ['127.0.0.1']),
    });
    await using pool = testPool({ retries: 0 }, { lookup, clock });
    const url = `http://rebind.test:${server.port}/`;
    const error = await failure(pool.submit(image(url, { space: 'public' })));
    expect(asked).toBeGreaterThan(1);
    expect(error.code).toBe('dns');
    const again = await failure(pool.submit(image(url, { space: 'public' })));
    expect(again.code).toBe('blocked-address');
    expect(server.connections).toBe(0);
  });

  it('uses only those addresses of a name that the document may name', async () => {
    const { lookup } = resolver({ 'mixed.test': ['127.0.0.1', '8.8.8.8', '10.0.0.1', '9.9.9.9'] });
    const dns = new DnsCache({ clock: systemClock, lookup });
    const url = new URL('http://mixed.test/');
    expect(await targetSpace(url, 'public', dns)).toBe('public');
    expect(await targetSpace(url, 'private', dns)).toBe('public');
    expect(await targetSpace(url, undefined, dns)).toBe('local');
    // What net.connect gets to choose from.
    const found = await new Promise((resolve) => {
      const options = { all: true } as const;
      spaceLookup('public', dns)('mixed.test', options, (_, addresses) => resolve(addresses));
    });
    expect(found).toEqual([
      { address: '8.8.8.8', family: 4 },
      { address: '9.9.9.9', family: 4 },
    ]);
  });

  it('checks every redirect by the space of what redirects', async () => {
    await using target = await faultyServer((e) => e.reply(200, {}, 'secret'));
    await using first = await faultyServer((e) => e.reply(302, { Location: `${target.origin}/` }));
    const { lookup } = resolver({ 'inside.test': ['127.0.0.1'] });
    await using pool = testPool({}, { lookup });
    // From this machine to this machine: allowed.
    const url = `http://inside.test:${first.port}/`;
    expect((await pool.submit(image(url, { space: 'local' }))).bytes).toBe(6);
  });

  it('asks the resolver once for a burst of requests', async () => {
    await using server = await faultyServer((e) => e.reply(200, {}, 'x'));
    const { lookup, asked } = resolver({ 'name.test': ['127.0.0.1'] });
    await using pool = testPool({}, { lookup });
    const tasks = Array.from({ length: 40 }, (_, n) =>
      image(`http://name.test:${server.port}/${n}`),
    );
    await Promise.all(tasks.map((task) => pool.submit(task)));
    expect(asked).toEqual(['name.test']);
  });

  it('takes the address of a name that answers, when the first does not', async () => {
    await using server = await faultyServer((e) => e.reply(200, {}, 'x'));
    const { lookup } = resolver({ 'dual.test': ['::1', '127.0.0.1'] });
    await using pool = testPool({}, { lookup });
    expect((await pool.submit(image(`http://dual.test:${server.port}/`))).bytes).toBe(1);
  });
});

describe('through a proxy', () => {
  /** A proxy that answers everything itself and remembers what it was asked for. */
  const proxy = () => faultyServer((e) => e.reply(200, {}, 'by proxy'));

  it('requests go to it with its credentials, and the name is left to it', async () => {
    await using server = await proxy();
    const { lookup, asked } = resolver({});
    await using pool = testPool({ proxy: `http://me:secret@127.0.0.1:${server.port}` }, { lookup });
    expect((await pool.submit(image('http://pictures.test/a', { space: 'public' }))).space).toBe(
      'public',
    );
    expect(server.requests[0]?.path).toBe('http://pictures.test/a');
    expect(server.requests[0]?.headers['proxy-authorization']).toMatch(/^Basic /);
    expect(asked).toEqual([]);
  });

  it.each(['127.0.0.1', 'localhost', 'a.localhost', '192.168.1.1', '[::1]'])(
    'a public document still cannot name %s',
    async (host) => {
      await using server = await proxy();
      await using pool = testPool({ proxy: server.origin });
      const error = await failure(pool.submit(image(`http://${host}/`, { space: 'public' })));
      expect(error.code).toBe('blocked-address');
      expect(server.requests).toHaveLength(0);
    },
  );

  it('a public host that the user named cannot redirect into this machine', async () => {
    await using server = await faultyServer((e) =>
      e.path === 'http://pictures.test/a'
        ? e.reply(302, { Location: 'http://127.0.0.1/admin' })
        : e.reply(200, {}, 'secret'),
    );
    await using pool = testPool({ proxy: server.origin });
    const error = await failure(pool.submit(image('http://pictures.test/a')));
    expect(error).toMatchObject({ code: 'blocked-address', attempts: 1 });
    expect(error.message).toContain('http://127.0.0.1/admin');
    expect(server.requests).toHaveLength(1);
  });

  it('is found in the environment, and NO_PROXY goes around it', async () => {
    await using server = await proxy();
    await using direct = await faultyServer((e) => e.reply(200, {}, 'direct'));
    const env = { http_proxy: server.origin, no_proxy: '127.0.0.1' };
    await using pool = testPool({}, { env });
    expect((await pool.submit(image('http://pictures.test/'))).bytes).toBe(8);
    expect((await pool.submit(image(`${direct.origin}/`))).bytes).toBe(6);
  });

  it('that refuses the tunnel or stalls is an error in time', async () => {
    await using refusing = await faultyServer((e) => e.reply(403));
    await using pool = testPool({ proxy: refusing.origin, retries: 0 });
    const error = await failure(pool.submit(image('https://pictures.test/')));
    expect(error.code).toMatch(/^(connect|reset)$/);
    await using stalling = await faultyServer((e) => e.stall());
    await using slow = testPool({ proxy: stalling.origin, retries: 0, timeout: 0.2 });
    expect((await failure(slow.submit(image('https://pictures.test/')))).code).toBe('timeout');
  });
});
