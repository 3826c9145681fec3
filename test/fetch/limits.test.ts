/** How many requests are under way, how soon, and what the hosts' wishes do to that; as the server counts. */
import { describe, expect, it } from 'vitest';
import type { FetchEvent } from '../../src/fetch/mod.ts';
import { bytesOf, faultyServer } from '../support/faulty-server.ts';
import { gathering } from '../support/gathering.ts';
import { failure, image, testPool } from './support.ts';

const many = (origin: string, count: number) =>
  Array.from({ length: count }, (_, n) => image(`${origin}/${n}`));

function listen() {
  const events: FetchEvent[] = [];
  return { events, onEvent: (event: FetchEvent) => void events.push(event) };
}

describe('limits', () => {
  it.each([
    [{ concurrency: 3 }, 3],
    [{ concurrency: 32, perHost: 4 }, 4],
    [{ concurrency: 32 }, 8],
    [{ concurrency: 'auto', perHost: 5 } as const, 5],
    [{ concurrency: 1 }, 1],
  ])('with %o at most %i requests are in flight to a host', async (options, most) => {
    const gathered = gathering(most);
    await using server = await faultyServer(async (e) => {
      await gathered();
      await e.wait(10);
      e.reply(200, {}, 'x');
    });
    await using pool = testPool(options);
    for await (const outcome of pool.asCompleted(many(server.origin, 40)))
      expect(outcome.ok).toBe(true);
    expect(server.mostInFlight).toBe(most);
    expect(server.requests).toHaveLength(40);
  });

  it('the limit in all holds over several hosts', async () => {
    let inFlight = 0;
    let most = 0;
    const handler: Parameters<typeof faultyServer>[0] = async (e) => {
      most = Math.max(most, ++inFlight);
      await e.wait(10);
      inFlight--;
      e.reply(200, {}, 'x');
    };
    await using a = await faultyServer(handler);
    await using b = await faultyServer(handler);
    await using pool = testPool({ concurrency: 5, perHost: 4 });
    const tasks = [...many(a.origin, 15), ...many(b.origin, 15)];
    for await (const outcome of pool.asCompleted(tasks)) expect(outcome.ok).toBe(true);
    expect(most).toBe(5);
  });

  it('holds for the host a redirect leads to, and counts for both', async () => {
    const gathered = gathering(2);
    await using target = await faultyServer(async (e) => {
      await gathered();
      await e.wait(10);
      e.reply(200, {}, 'x');
    });
    await using first = await faultyServer((e) =>
      e.reply(302, { Location: `${target.origin}${e.path}` }, 'there'),
    );
    await using pool = testPool({ concurrency: 16, perHost: 2 });
    for await (const outcome of pool.asCompleted(many(first.origin, 12)))
      expect(outcome.ok).toBe(true);
    expect(target.mostInFlight).toBe(2);
    expect(target.requests).toHaveLength(12);
  });

  it('gives pages, sheets and images one limit together', async () => {
    const gathered = gathering(3);
    await using server = await faultyServer(async (e) => {
      await gathered();
      await e.wait(10);
      e.reply(200, {}, 'x');
    });
    await using pool = testPool({ concurrency: 8, perHost: 3 });
    const purposes = ['page', 'sheet', 'image', 'manifest'] as const;
    const tasks = Array.from({ length: 20 }, (_, n) =>
      pool.submit({ url: `${server.origin}/${n}`, purpose: purposes[n % 4]! }),
    );
    await Promise.all(tasks);
    expect(server.mostInFlight).toBe(3);
  });

  it('reuses connections', async () => {
    await using server = await faultyServer((e) => e.reply(200, {}, 'x'));
    await using pool = testPool({ concurrency: 2 });
    for await (const outcome of pool.map(many(server.origin, 30))) expect(outcome.ok).toBe(true);
    expect(server.connections).toBeLessThanOrEqual(2);
  });

  it('reuses the connection of a redirect and of an error page', async () => {
    await using server = await faultyServer((e) => {
      if (e.path === '/0') e.reply(302, { Location: '/1' }, 'x'.repeat(1000));
      else if (e.path === '/1') e.reply(404, {}, 'x'.repeat(1000));
      else e.reply(200, {}, 'x');
    });
    await using pool = testPool({ concurrency: 1 });
    await failure(pool.submit(image(`${server.origin}/0`)));
    await pool.submit(image(`${server.origin}/2`));
    expect(server.connections).toBe(1);
  });

  it('keeps the time between requests that the user or robots.txt asks for', async () => {
    await using server = await faultyServer((e) =>
      e.reply(200, {}, e.path === '/robots.txt' ? 'User-agent: *\nCrawl-delay: 0.2' : 'x'),
    );
    await using pool = testPool({ robots: true, delay: 0.1 });
    const tasks = many(server.origin, 4).map((task) => ({ ...task, space: 'local' as const }));
    const fetched = await Promise.all(tasks.map((task) => pool.submit(task)));
    const starts = fetched.map(({ sentAt }) => sentAt as number).sort((a, b) => a - b);
    const gaps = starts.slice(1).map((start, n) => start - starts[n]!);
    // Timers may fire a little early, and what has its turn may be sent a little later.
    expect(Math.min(...gaps)).toBeGreaterThan(150);
  });

  it('holds the bandwidth', async () => {
    await using server = await faultyServer((e) => e.reply(200, {}, bytesOf(50_000)));
    await using pool = testPool({ bandwidth: 1_000_000 });
    const started = performance.now();
    await Promise.all(many(server.origin, 6).map((task) => pool.submit(task)));
    // 300 KB at 1 MB/s, less the burst of 50 ms.
    expect(performance.now() - started).toBeGreaterThan(200);
  });
});

describe('Retry-After', () => {
  it('holds for its own host only', async () => {
    await using server = await faultyServer((e) => e.reply(429, { 'Retry-After': '3600' }));
    await using other = await faultyServer((e) => e.reply(200, {}, 'x'));
    const { events, onEvent } = listen();
    const stop = new AbortController();
    await using pool = testPool({ maxWait: 7200 }, { onEvent, signal: stop.signal });
    const busy = failure(pool.submit(image(`${server.origin}/busy`)));
    await expect.poll(() => events.some(({ type }) => type === 'host-paused')).toBe(true);
    const later = failure(pool.submit(image(`${server.origin}/later`)));
    await pool.submit(image(`${other.origin}/`));
    stop.abort();
    await Promise.all([busy, later]);
    expect(server.requests).toHaveLength(1);
  });

  it('makes the whole host wait, not only the request', async () => {
    const starts = new Map<string, number>();
    let asked = 0;
    await using server = await faultyServer((e) => {
      starts.set(`${e.path} ${e.nth}`, performance.now());
      if (e.path !== '/busy' || e.nth > 1) return e.reply(200, {}, 'x');
      asked = performance.now();
      e.reply(429, { 'Retry-After': '1' });
    });
    const { events, onEvent } = listen();
    await using pool = testPool({ concurrency: 4 }, { onEvent });
    const busy = pool.submit(image(`${server.origin}/busy`));
    await expect.poll(() => events.some(({ type }) => type === 'host-paused')).toBe(true);
    const later = pool.submit(image(`${server.origin}/later`));
    await Promise.all([busy, later]);
    expect(starts.get('/later 1')! - asked).toBeGreaterThan(950);
    expect(starts.get('/busy 2')! - asked).toBeGreaterThan(950);
  });

  it('holds for the host when the request itself is not tried again', async () => {
    let asked = 0;
    let next = 0;
    await using server = await faultyServer((e) => {
      if (e.path === '/next') next = performance.now();
      if (e.path === '/next') return e.reply(200, {}, 'x');
      asked = performance.now();
      e.reply(503, { 'Retry-After': '1' });
    });
    await using pool = testPool({ retries: 0 });
    await failure(pool.submit(image(`${server.origin}/busy`)));
    await pool.submit(image(`${server.origin}/next`));
    expect(next - asked).toBeGreaterThan(950);
  });

  it('is read as a date, too', async () => {
    await using server = await faultyServer((e) =>
      e.nth === 1
        ? e.reply(503, { 'Retry-After': new Date(Date.now() - 5000).toUTCString() })
        : e.reply(200, {}, 'x'),
    );
    await using pool = testPool();
    expect((await pool.submit(image(`${server.origin}/`))).attempts).toBe(2);
  });

  it('longer than --max-wait ends the request, and the host is left alone', async () => {
    await using server = await faultyServer((e) => e.reply(503, { 'Retry-After': '3600' }));
    await using pool = testPool({ maxWait: 60 });
    const error = await failure(pool.submit(image(`${server.origin}/a`)));
    expect(error).toMatchObject({ code: 'wait-too-long', kind: 'skip', status: 503, attempts: 1 });
    const next = await failure(pool.submit(image(`${server.origin}/b`)));
    expect(next).toMatchObject({ code: 'wait-too-long', attempts: 0 });
    expect(server.requests).toHaveLength(1);
  });
});

describe('ending', () => {
  it('an abort ends what runs, what waits and what sleeps', async () => {
    await using server = await faultyServer((e) => (e.path === '/0' ? e.reply(503) : e.stall()));
    const stop = new AbortController();
    await using pool = testPool(
      { concurrency: 2, retryBase: 60 },
      { signal: stop.signal, random: () => 0.9 },
    );
    const errors = many(server.origin, 6).map((task) => failure(pool.submit(task)));
    await expect.poll(() => server.requests.length).toBe(3);
    stop.abort();
    for (const error of await Promise.all(errors)) {
      expect(error).toMatchObject({ code: 'interrupted', exitCode: 130 });
    }
    // That of the 503 is idle and may stay.
    await expect.poll(() => server.open).toBeLessThanOrEqual(1);
  });

  it('disposing closes every connection', async () => {
    await using server = await faultyServer((e) => e.reply(200, {}, 'x'));
    const pool = testPool({ concurrency: 4 });
    await Promise.all(many(server.origin, 8).map((task) => pool.submit(task)));
    expect(server.open).toBeGreaterThan(0);
    await pool[Symbol.asyncDispose]();
    await expect.poll(() => server.open).toBe(0);
  });
});

describe('watching', () => {
  it('tells what happens, in order, and adds it up per host', async () => {
    await using server = await faultyServer((e) =>
      e.nth === 1 ? e.reply(503) : e.reply(200, {}, bytesOf(1000)),
    );
    const { events, onEvent } = listen();
    await using pool = testPool({ concurrency: 1 }, { onEvent });
    await pool.submit(image(`http://user:secret@127.0.0.1:${server.port}/`));
    // How many bytes came is told now and then only.
    const types = events.map(({ type }) => type).filter((type) => type !== 'bytes');
    expect(types).toEqual([
      'queued',
      'request',
      'connect',
      'first-byte',
      'done',
      'retry-wait',
      'queued',
      'request',
      'first-byte',
      'done',
    ]);
    expect(JSON.stringify(events)).not.toContain('secret');
    const { requests, bytes, hosts } = pool.stats;
    expect({ requests, bytes }).toEqual({ requests: 2, bytes: 1000 });
    expect(hosts.get(`127.0.0.1:${server.port}`)).toMatchObject({
      requests: 2,
      retries: 1,
      connections: 1,
    });
  });

  it('opens connections before they are wanted', async () => {
    await using server = await faultyServer((e) => e.reply(200, {}, 'x'));
    await using pool = testPool();
    await pool.preconnect(server.origin, { connections: 3 });
    await expect.poll(() => server.connections).toBe(3);
    await Promise.all(many(server.origin, 3).map((task) => pool.submit(task)));
    expect(server.connections).toBe(3);
  });

  it('opens none to where the document may not go', async () => {
    await using server = await faultyServer((e) => e.reply(200, {}, 'x'));
    await using pool = testPool();
    await pool.preconnect(server.origin, { space: 'public' });
    await pool.submit(image(`${server.origin}/`));
    expect(server.connections).toBe(1);
  });
});
