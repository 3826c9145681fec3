import { expect, it } from 'vitest';
import type { FetchEvent } from '../../src/fetch/mod.ts';
import { faultyServer } from '../support/faulty-server.ts';
import { image, testPool } from './support.ts';

it('events tell which connection carries each request, as the server sees it', async () => {
  await using server = await faultyServer(async (e) => {
    await e.wait(5);
    if (e.path === '/3') e.reset();
    else e.reply(200, {}, 'image');
  });
  const events: FetchEvent[] = [];
  {
    await using pool = testPool(
      { concurrency: 3, retries: 1 },
      { onEvent: (event) => events.push(event) },
    );
    const urls = Array.from({ length: 12 }, (_, n) => `${server.origin}/${n}`);
    await Promise.allSettled(urls.map((url) => pool.submit(image(url))));
  }
  const pathOf = new Map<number, string>();
  /** Our number of a connection to the server's, each way only one. */
  const theirs = new Map<number, number>();
  const left = server.requests.map(({ path, connection }) => ({ path, connection }));
  for (const event of events) {
    if (event.type === 'request') pathOf.set(event.id, new URL(event.url).pathname);
    if (event.type !== 'done') continue;
    const path = pathOf.get(event.id);
    const at = left.findIndex(
      (one) =>
        one.path === path &&
        (theirs.get(event.connection as number) ?? one.connection) === one.connection,
    );
    expect(at, `${path} on connection ${event.connection}`).toBeGreaterThanOrEqual(0);
    theirs.set(event.connection as number, left[at]?.connection as number);
    left.splice(at, 1);
  }
  expect(left).toEqual([]);
  expect(new Set(theirs.values()).size).toBe(theirs.size);
  expect(theirs.size).toBeLessThan(12);

  const numbers = (type: 'connect' | 'disconnect') =>
    events.flatMap((event) => (event.type === type ? [event.connection] : [])).sort();
  expect(numbers('disconnect')).toEqual(numbers('connect'));
});

it('what was fetched says when it was on the wire, without the wait for its turn', async () => {
  await using server = await faultyServer(async (e) => {
    await e.wait(40);
    e.reply(200, {}, 'image');
  });
  await using pool = testPool({ concurrency: 1 });
  const before = Date.now();
  const all = await Promise.all(
    Array.from({ length: 4 }, (_, n) => pool.submit(image(`${server.origin}/${n}`))),
  );
  const inTurn = all.toSorted((a, b) => (a.sentAt as number) - (b.sentAt as number));
  for (const [at, { sentAt = 0, wireMs = 0, ms }] of inTurn.entries()) {
    expect(sentAt).toBeGreaterThanOrEqual(before + at * 35);
    expect(wireMs).toBeGreaterThanOrEqual(35);
    // Each of them waited for those before it.
    expect(ms - wireMs).toBeGreaterThanOrEqual(at * 35);
  }
});
