/** Redirects, and what must not follow them: credentials, cookies, the way into other networks. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { faultyServer } from '../support/faulty-server.ts';
import { failure, image, tempDir, testPool } from './support.ts';

describe('redirects', () => {
  it.each([301, 302, 303, 307, 308])(
    '%i is followed, and the last address is told',
    async (status) => {
      await using server = await faultyServer((e) =>
        e.path === '/a' ? e.reply(status, { Location: 'b?c' }) : e.reply(200, {}, 'x'),
      );
      await using pool = testPool();
      const fetched = await pool.submit(image(`${server.origin}/a#fragment`));
      expect(fetched).toMatchObject({
        url: `${server.origin}/a#fragment`,
        finalUrl: `${server.origin}/b?c`,
        attempts: 2,
      });
    },
  );

  it.each<[string, string, string | undefined]>([
    ['redirect-loop', 'a loop of one', '/a'],
    ['redirect-loop', 'a loop of two', '/b'],
    ['redirect-loop', 'an endless chain', 'next'],
    ['redirect-scheme', 'another scheme', 'ftp://127.0.0.1/x'],
    ['redirect-scheme', 'a local file', 'file:///etc/passwd'],
    ['bad-response', 'an unreadable address', 'http://['],
    ['bad-response', 'no address', undefined],
  ])('%s: %s', async (code, _, location) => {
    await using server = await faultyServer((e) => {
      const to = location === 'next' ? `/${server.requests.length}` : location;
      const back = e.path === '/b' ? '/a' : to;
      e.reply(302, back === undefined ? {} : { Location: back });
    });
    await using pool = testPool({ maxRedirects: 5 });
    expect((await failure(pool.submit(image(`${server.origin}/a`)))).code).toBe(code);
    expect(server.requests.length).toBeLessThanOrEqual(6);
  });

  it('to the same address with a new cookie are no loop', async () => {
    await using server = await faultyServer((e) =>
      e.headers.cookie === 'seen=1'
        ? e.reply(200, {}, 'x')
        : e.reply(302, { Location: e.path, 'Set-Cookie': 'seen=1' }),
    );
    await using pool = testPool();
    expect((await pool.submit(image(`${server.origin}/a`))).attempts).toBe(2);
  });

  it('try the first address again when the second fails', async () => {
    await using server = await faultyServer((e) => {
      if (e.path === '/a') e.reply(302, { Location: `/signed-${e.nth}` });
      else if (e.path === '/signed-1') e.reset();
      else e.reply(200, {}, 'x');
    });
    await using pool = testPool();
    expect((await pool.submit(image(`${server.origin}/a`))).finalUrl).toMatch('signed-2');
  });
});

describe('what travels with a request', () => {
  /** Two origins; the first redirects to the second. Gives the headers each saw. */
  async function pair(options = {}, userinfo = '') {
    await using second = await faultyServer((e) => e.reply(200, {}, 'x'));
    await using first = await faultyServer((e) =>
      e.path === '/a'
        ? e.reply(302, { Location: '/b', 'Set-Cookie': 'mine=1' })
        : e.reply(302, { Location: `${second.origin}/c` }),
    );
    await using pool = testPool(options);
    await pool.submit(
      image(`http://${userinfo}127.0.0.1:${first.port}/a`, {
        referrer: `${first.origin}/page?q#f`,
      }),
    );
    return [...first.requests, ...second.requests].map(({ headers }) => headers);
  }

  it('credentials of the address go to its origin only', async () => {
    const [a, b, c] = await pair({}, 'user:pass%3F@');
    const authorization = `Basic ${Buffer.from('user:pass?').toString('base64')}`;
    expect([a?.authorization, b?.authorization]).toEqual([authorization, authorization]);
    expect(c).not.toHaveProperty('authorization');
  });

  it('secret headers go to hosts the user named only, the others everywhere', async () => {
    const headers = {
      Authorization: 'Bearer x',
      'X-Api-Key': 'k',
      Cookie: 'c=1',
      'Accept-Language': 'de',
    };
    const [a, b, c] = await pair({ headers });
    expect(a).toMatchObject({ authorization: 'Bearer x', 'x-api-key': 'k', cookie: 'c=1' });
    expect(b).toMatchObject({ authorization: 'Bearer x', 'x-api-key': 'k', cookie: 'mine=1; c=1' });
    for (const name of ['authorization', 'x-api-key']) expect(c).not.toHaveProperty(name);
    expect(c?.cookie).not.toContain('c=1');
    expect(c?.['accept-language']).toBe('de');
  });

  it('the Referer shrinks to the origin when the target is another', async () => {
    const [a, , c] = await pair();
    expect(a?.referer).toMatch(/\/page\?q$/);
    expect(c?.referer).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  });

  it('says honestly who asks, and asks for plain images and packed pages', async () => {
    await using server = await faultyServer((e) => e.reply(200, {}, 'x'));
    await using pool = testPool();
    await pool.submit(image(`${server.origin}/`));
    await pool.submit({ url: `${server.origin}/`, purpose: 'page', accept: 'text/x' });
    const [first, second] = server.requests.map(({ headers }) => headers);
    expect(first?.['user-agent']).toMatch(/^imgtrawl\//);
    expect(first?.['accept-encoding']).toBe('identity');
    expect(second).toMatchObject({ accept: 'text/x', 'accept-encoding': 'gzip, br' });
  });

  it('cookies and passwords come from the files the user names', async () => {
    await using dir = await tempDir();
    await using server = await faultyServer((e) => e.reply(200, {}, 'x'));
    const cookies = join(dir.path, 'cookies.txt');
    const netrc = join(dir.path, 'netrc');
    await writeFile(cookies, '127.0.0.1\tFALSE\t/\tFALSE\t0\tsid\tabc\n');
    await writeFile(netrc, 'machine 127.0.0.1 login me password secret');
    await using pool = testPool({ cookies, netrc });
    await pool.submit(image(`${server.origin}/`));
    expect(server.requests[0]?.headers).toMatchObject({
      cookie: 'sid=abc',
      authorization: `Basic ${Buffer.from('me:secret').toString('base64')}`,
    });
    await pool.submit(image(`${server.origin}/doc`, { space: 'local' }));
    // The host is one the user named.
    expect(server.requests[1]?.headers).toHaveProperty('authorization');
  });

  it('a netrc password goes in the clear to no host that only a document named', async () => {
    await using dir = await tempDir();
    await using server = await faultyServer((e) => e.reply(200, {}, 'x'));
    const netrc = join(dir.path, 'netrc');
    await writeFile(netrc, 'default login me password secret');
    await using pool = testPool({ netrc });
    await pool.submit(image(`${server.origin}/`, { space: 'local' }));
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  it('a file that cannot be read is an error that names it', async () => {
    await using pool = testPool({ cookies: '/nonexistent/cookies.txt' });
    const error = await failure(pool.submit(image('http://127.0.0.1:1/')));
    expect(error.code).toBe('config');
    expect(error.message).toContain('/nonexistent/cookies.txt');
  });

  it.each([{ 'X-Y': 'a\r\nB: c' }, { 'bad name': 'x' }, { Host: 'x' }])(
    'the header %o is refused',
    async (headers) => {
      await using pool = testPool({ headers: headers as Record<string, string> });
      const error = await failure(pool.submit(image('http://127.0.0.1:1/')));
      expect(error.code).toBe('usage');
    },
  );

  it('validators are sent, and 304 is an answer', async () => {
    await using server = await faultyServer((e) =>
      e.headers['if-none-match'] === '"v1"'
        ? e.send('HTTP/1.1 304 X\r\nETag: "v1"\r\n\r\n')
        : e.reply(200, { ETag: '"v2"', 'Last-Modified': 'Tue, 10 Nov 2026 10:00:00 GMT' }, 'x'),
    );
    await using pool = testPool();
    const url = `${server.origin}/`;
    const lastModified = 'Mon, 09 Nov 2026 10:00:00 GMT';
    const same = await pool.submit(image(url, { validators: { etag: '"v1"', lastModified } }));
    expect(same).toMatchObject({ status: 304, bytes: 0, etag: '"v1"' });
    expect(server.requests[0]?.headers['if-modified-since']).toBe(lastModified);
    const other = await pool.submit(image(url, { validators: { etag: '"v0"' } }));
    expect(other).toMatchObject({ status: 200, bytes: 1, etag: '"v2"' });
  });
});

describe('robots.txt', () => {
  const site: Parameters<typeof faultyServer>[0] = (e) => {
    if (e.path === '/robots.txt') e.reply(200, {}, 'User-agent: *\nDisallow: /private');
    else if (e.path === '/r') e.reply(302, { Location: '/private/x' });
    else e.reply(200, { 'X-Robots-Tag': 'noindex' }, 'x');
  };

  it('holds for what documents name, also behind a redirect, and is asked for once', async () => {
    await using server = await faultyServer(site);
    await using pool = testPool({ robots: true });
    const ask = (path: string) => pool.submit(image(server.origin + path, { space: 'local' }));
    expect(await ask('/open')).toMatchObject({ robotsTag: 'noindex', attempts: 1 });
    expect(await failure(ask('/private/x'))).toMatchObject({ code: 'robots', attempts: 0 });
    expect(await failure(ask('/r'))).toMatchObject({ code: 'robots', attempts: 1 });
    expect(server.count('/robots.txt')).toBe(1);
    expect(server.count('/private/x')).toBe(0);
  });

  it('is not asked for what the user names, nor with --no-robots', async () => {
    await using server = await faultyServer(site);
    await using pool = testPool({ robots: true });
    await pool.submit(image(`${server.origin}/private/x`));
    await pool.submit(image(`${server.origin}/private/x`, { space: 'local', named: true }));
    await using lax = testPool({ robots: false });
    await lax.submit(image(`${server.origin}/private/x`, { space: 'local' }));
    expect(server.count('/robots.txt')).toBe(0);
  });

  it.each([
    [404, 'allows'],
    [500, 'forbids'],
  ])('%i %s everything', async (status, verdict) => {
    await using server = await faultyServer((e) =>
      e.path === '/robots.txt' ? e.reply(status) : e.reply(200, {}, 'x'),
    );
    await using pool = testPool({ robots: true, retries: 1 });
    const answer = pool.submit(image(`${server.origin}/x`, { space: 'local' })).then(
      () => 'allows',
      () => 'forbids',
    );
    expect(await answer).toBe(verdict);
  });

  it('of any size is read to its limit only', async () => {
    await using server = await faultyServer(async (e) => {
      if (e.path !== '/robots.txt') return e.reply(200, {}, 'x');
      e.send('HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n');
      for (let n = 0; !e.gone; n++) {
        e.send(`1000\r\n${'# padding'.padEnd(4094, ' ')}\r\n\r\n`);
        if (n % 32 === 0) await e.wait(1);
      }
    });
    await using pool = testPool({ robots: true });
    expect((await pool.submit(image(`${server.origin}/x`, { space: 'local' }))).bytes).toBe(1);
  });
});
