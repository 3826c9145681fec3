import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Clock } from '../../src/concurrency/clock.ts';
import { TrawlError } from '../../src/errors.ts';
import { RobotsCache, type RobotsCacheOptions } from '../../src/fetch/robots-cache.ts';

const FORBID_X = 'User-agent: *\nDisallow: /x\nSitemap: /map.xml\nCrawl-delay: 3';

/** A server whose every path answers so; `requests` holds the paths asked for. */
async function serve(answer: { status: number; body: string }) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url!);
    response.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

async function fetchText(url: string, signal: AbortSignal) {
  const response = await fetch(url, { signal, headers: { connection: 'close' } });
  return { status: response.status, body: await response.text() };
}

function cacheOf(options: Partial<RobotsCacheOptions> = {}) {
  return new RobotsCache({ agent: 'imgtrawl/1.0', fetchText, ...options });
}

function fakeClock(): Clock & { time: number } {
  const clock = { time: 0, now: () => clock.time, sleep: () => Promise.resolve() };
  return clock;
}

test('one request serves all callers of an origin', async () => {
  const { origin, requests } = await serve({ status: 200, body: FORBID_X });
  const cache = cacheOf();
  const paths = ['/x/1', '/y', '/x?q', '/'];
  const answers = await Promise.all(paths.map((path) => cache.check(origin + path)));
  expect(answers.map(({ allowed }) => allowed)).toEqual([false, true, false, true]);
  expect(answers[0]).toEqual({
    allowed: false,
    rule: 'Disallow: /x',
    crawlDelayMs: 3000,
    sitemaps: ['/map.xml'],
  });
  await cache.check(`${origin}/later`);
  expect(requests).toEqual(['/robots.txt']);
});

test.each([
  [404, true],
  [401, true],
  [403, true],
  [410, true],
  [500, false],
  [503, false],
])('status %i: allowed %s', async (status, allowed) => {
  const { origin } = await serve({ status, body: 'User-agent: *\nDisallow: /' });
  expect((await cacheOf().check(`${origin}/x`)).allowed).toBe(allowed);
});

test('an origin that does not answer is forbidden, and the rule says why', async () => {
  const cache = cacheOf({
    fetchText: () => Promise.reject(new TrawlError('timeout', 'no answer in 30 s')),
  });
  expect(await cache.check('http://h.example/x')).toEqual({
    allowed: false,
    rule: 'robots.txt could not be read (timeout)',
    sitemaps: [],
  });
});

test('an error that ends the run is passed on and not remembered', async () => {
  let ending = true;
  const cache = cacheOf({
    fetchText: async () => {
      if (ending) throw new TrawlError('interrupted', 'Ctrl-C');
      return { status: 200, body: '' };
    },
  });
  await expect(cache.check('http://h.example/x')).rejects.toThrow('Ctrl-C');
  ending = false;
  expect((await cache.check('http://h.example/x')).allowed).toBe(true);
});

test('a file is kept for a day, a failure for five minutes', async () => {
  const clock = fakeClock();
  let requests = 0;
  let status = 503;
  const cache = cacheOf({
    clock,
    fetchText: async () => {
      requests++;
      return { status, body: FORBID_X };
    },
  });
  const check = async () => (await cache.check('http://h.example/y')).allowed;
  expect(await check()).toBe(false);
  status = 200;
  clock.time += 299_999;
  expect(await check()).toBe(false);
  clock.time += 1;
  expect(await check()).toBe(true);
  clock.time += 86_399_999;
  expect(await check()).toBe(true);
  expect(requests).toBe(2);
  clock.time += 1;
  await check();
  expect(requests).toBe(3);
});

/** A cache whose requests are answered by hand. */
function manualCache(options: Partial<RobotsCacheOptions> = {}) {
  const pending: { url: string; signal: AbortSignal; answer: (body: string) => void }[] = [];
  const cache = cacheOf({
    fetchText: (url, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
        pending.push({ url, signal, answer: (body) => resolve({ status: 200, body }) });
      }),
    ...options,
  });
  return { cache, pending };
}

test("one caller's abort does not fail the others", async () => {
  const { cache, pending } = manualCache();
  const leaving = new AbortController();
  const first = cache.check('http://h.example/x', leaving.signal);
  const second = cache.check('http://h.example/x', new AbortController().signal);
  leaving.abort(new Error('left'));
  await expect(first).rejects.toThrow('left');
  expect(pending[0]!.signal.aborted).toBe(false);
  pending[0]!.answer(FORBID_X);
  expect((await second).allowed).toBe(false);
  expect(pending).toHaveLength(1);
});

test('when all callers have left, the request ends and the next caller asks anew', async () => {
  const { cache, pending } = manualCache();
  const leaving = new AbortController();
  const left = [1, 2].map(() => cache.check('http://h.example/x', leaving.signal));
  leaving.abort(new Error('left'));
  for (const check of left) await expect(check).rejects.toThrow('left');
  expect(pending[0]!.signal.aborted).toBe(true);
  const next = cache.check('http://h.example/y');
  pending[1]!.answer(FORBID_X);
  expect((await next).allowed).toBe(true);
});

test('only so many origins are remembered, the latest used', async () => {
  const asked: string[] = [];
  const cache = cacheOf({
    maxOrigins: 2,
    fetchText: async (url) => {
      asked.push(new URL(url).hostname);
      return { status: 200, body: '' };
    },
  });
  for (const host of ['a', 'b', 'a', 'c', 'a', 'b']) await cache.check(`http://${host}/`);
  expect(asked).toEqual(['a', 'b', 'c', 'b']);
});

test('a file is read up to the limit, and never half a line', async () => {
  const body = `User-agent: *\nDisallow: /ab${'\u00e9'.repeat(50)}\nAllow: /q\nDisallow: /q/long`;
  const bytes = new TextEncoder().encode(body).length;
  const allowed = async (maxBytes: number, path: string) => {
    const cache = cacheOf({ maxBytes, fetchText: async () => ({ status: 200, body }) });
    return (await cache.check(`http://h.example${path}`)).allowed;
  };
  expect(await allowed(bytes, '/q/long')).toBe(false);
  expect(await allowed(bytes - 1, '/q/long')).toBe(true);
  expect(await allowed(28, '/abc')).toBe(true);
});

test('addresses without robots.txt are allowed', async () => {
  const cache = cacheOf({ fetchText: () => Promise.reject(new Error('never')) });
  expect(await cache.check('data:,x')).toEqual({ allowed: true, sitemaps: [] });
});
