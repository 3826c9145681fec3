/** Each network option as the executable takes it, by what a server sees of it. */
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { encode } from '../../fixtures/encode.ts';
import { photo } from '../../fixtures/photo.ts';
import { TEST_CA, TEST_CERTIFICATE, TEST_KEY } from '../support/certificates.ts';
import { images, imgtrawl, scratch } from './run.ts';

interface Seen {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** ms of `performance.now()`. */
  readonly at: number;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => boolean;

let jpeg: Uint8Array;
beforeAll(async () => {
  jpeg = await encode(photo(1, 320, 240), '.jpg');
});

/** Bytes of their own for each path. */
function picture(path: string): Uint8Array {
  const comment = Buffer.from(path);
  const head = Buffer.from([0xff, 0xfe, 0, comment.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), head, comment, jpeg.subarray(2)]);
}

/** Answers `/page` with a page of `a.jpg` to `d.jpg`, and all else with pictures, where `answer` does not. */
async function startServer(answer: Answer = () => false) {
  const seen: Seen[] = [];
  let inFlight = 0;
  let most = 0;
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    seen.push({ path, headers: request.headers, at: performance.now() });
    most = Math.max(most, ++inFlight);
    response.on('close', () => inFlight--);
    if (answer(request, response)) return;
    if (path === '/robots.txt') response.writeHead(404).end();
    else if (path === '/page') {
      response.setHeader('content-type', 'text/html');
      response.end(['a', 'b', 'c', 'd'].map((name) => `<img src="/${name}.jpg">`).join(''));
    } else {
      response.setHeader('content-type', 'image/jpeg');
      response.end(picture(path));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    /** Of the images. */
    paths: () => seen.map(({ path }) => path).filter((path) => path.endsWith('.jpg')),
    maxInFlight: () => most,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Runs in an empty folder, with the images in `out`. */
async function run(args: readonly string[], files: Record<string, string> = {}) {
  const cwd = scratch();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  const env = { HOME: cwd };
  const ran = await imgtrawl([...args, '-o', 'out', '--dedupe', 'exact'], { cwd, env });
  return Object.assign(ran, { cwd, saved: () => images(join(cwd, 'out')) });
}

describe('what is sent', () => {
  test('--user-agent and --header, the latter to the named origin only', async () => {
    await using other = await startServer();
    await using server = await startServer(({ url }, response) => {
      if (url !== '/page') return false;
      response.setHeader('content-type', 'text/html');
      response.end(`<img src="/a.jpg"><img src="${other.origin}/b.jpg">`);
      return true;
    });
    const header = ['--header', 'X-Key: one', '--header', 'Authorization: Bearer hush'];
    const ran = await run([`${server.origin}/page`, '--user-agent', 'Mine/1', ...header]);
    expect(ran.saved()).toEqual(['a.jpg', 'b.jpg']);
    const [page] = server.seen;
    expect(page?.headers).toMatchObject({
      'user-agent': 'Mine/1',
      'x-key': 'one',
      authorization: 'Bearer hush',
    });
    const [abroad] = other.seen.filter(({ path }) => path === '/b.jpg');
    expect(abroad?.headers['user-agent']).toBe('Mine/1');
    expect(abroad?.headers.authorization).toBeUndefined();
    expect(ran.stdout + ran.stderr).not.toContain('hush');
  });

  test('an honest name of our own, and the page as referrer', async () => {
    await using server = await startServer();
    await run([`${server.origin}/page`]);
    const [image] = server.seen.filter(({ path }) => path === '/a.jpg');
    expect(image?.headers['user-agent']).toMatch(/^imgtrawl\/\d/);
    expect(image?.headers.referer).toBe(`${server.origin}/page`);
  });

  test('--cookies from a Netscape file, and those that the server sets', async () => {
    await using server = await startServer(({ url }, response) => {
      if (url === '/page') response.setHeader('set-cookie', 'session=2; HttpOnly');
      return false;
    });
    const line = ['127.0.0.1', 'FALSE', '/', 'FALSE', '0', 'known', '1'].join('\t');
    const files = { 'cookies.txt': `# Netscape HTTP Cookie File\n${line}\n` };
    await run([`${server.origin}/page`, '--cookies', 'cookies.txt'], files);
    const [page] = server.seen;
    expect(page?.headers.cookie).toBe('known=1');
    const [image] = server.seen.filter(({ path }) => path === '/a.jpg');
    expect(image?.headers.cookie?.split('; ').sort()).toEqual(['known=1', 'session=2']);
  });

  test.each([
    ['--netrc', '.netrc', []],
    ['--netrc-file', 'secrets', ['secrets']],
  ])('%s', async (flag, file, value) => {
    await using server = await startServer();
    const netrc = 'machine 127.0.0.1 login me password hush\n';
    const ran = await run([`${server.origin}/a.jpg`, flag, ...value], { [file]: netrc });
    const expected = `Basic ${Buffer.from('me:hush').toString('base64')}`;
    expect(server.seen[0]?.headers.authorization).toBe(expected);
    expect(ran.stdout + ran.stderr).not.toContain('hush');
  });
});

describe('how much at a time', () => {
  test.each([
    ['-j', '1', 1],
    ['--per-host', '2', 2],
  ])('%s %s', async (flag, value, most) => {
    const waiting: (() => void)[] = [];
    await using server = await startServer(({ url }, response) => {
      if (!url?.endsWith('.jpg')) return false;
      // The answer goes out when another request is there, or none has come for a while.
      const send = () => response.setHeader('content-type', 'image/jpeg').end(picture(url));
      waiting.push(send);
      if (waiting.length >= 2) waiting.shift()?.();
      setTimeout(() => waiting.splice(0).forEach((one) => void one()), 50);
      return true;
    });
    const ran = await run([`${server.origin}/page`, flag, value]);
    expect(ran.saved()).toHaveLength(4);
    expect(server.maxInFlight()).toBeLessThanOrEqual(most);
  });

  test.each([
    ['--delay', '200ms'],
    ['--rate', '5'],
  ])('%s keeps requests apart', async (flag, value) => {
    await using server = await startServer();
    const started = performance.now();
    await run([`${server.origin}/page`, flag, value]);
    const gaps = server.seen.length - 1;
    expect(gaps).toBeGreaterThanOrEqual(4);
    expect(performance.now() - started).toBeGreaterThan(gaps * 200);
  });

  test('--bandwidth', async () => {
    await using server = await startServer();
    const started = performance.now();
    const ran = await run([`${server.origin}/page`, '--bandwidth', `${jpeg.length * 2}`]);
    expect(ran.saved()).toHaveLength(4);
    // Four pictures at two a second, of which the first second may come at once.
    expect(performance.now() - started).toBeGreaterThan(900);
  });

  test('--max-total-bytes ends the run and keeps what it has', async () => {
    await using server = await startServer();
    const limit = `${Math.round(jpeg.length * 2.5)}`;
    const ran = await run([`${server.origin}/page`, '-j', '1', '--max-total-bytes', limit]);
    expect(ran.code).not.toBe(0);
    expect(ran.stderr).toContain('--max-total-bytes');
    expect(ran.saved().length).toBeGreaterThan(0);
    expect(ran.saved().length).toBeLessThan(4);
  });

  test('--max-time ends the run', async () => {
    await using server = await startServer(({ url }) => url === '/d.jpg');
    const ran = await run([`${server.origin}/page`, '--max-time', '2s']);
    expect(ran.code).not.toBe(0);
    expect(ran.stderr).toContain('--max-time');
    expect(ran.saved()).not.toContain('d.jpg');
  });
});

describe('patience', () => {
  test('--retries and --timeout: a server that never answers', async () => {
    await using server = await startServer(() => true);
    const ran = await run([`${server.origin}/a.jpg`, '--timeout', '200ms', '--retries', '1']);
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain('[timeout]');
    expect(server.paths()).toEqual(['/a.jpg', '/a.jpg']);
  });

  test('Retry-After is waited for, and --max-wait gives up on what is longer', async () => {
    const busy = (after: string) =>
      startServer((_, response) => {
        if (server.seen.length > 1) return false;
        response.writeHead(503, { 'retry-after': after }).end();
        return true;
      });
    let server = await busy('1');
    await using first = server;
    expect((await run([`${first.origin}/a.jpg`])).saved()).toEqual(['a.jpg']);
    const [asked, again] = first.seen;
    expect(again!.at - asked!.at).toBeGreaterThan(980);

    server = await busy('3600');
    await using second = server;
    const ran = await run([`${second.origin}/a.jpg`, '--max-wait', '5s']);
    expect(ran.code).toBe(3);
    expect(second.seen).toHaveLength(1);
  });
});

describe('manners', () => {
  const robots: Answer = ({ url }, response) => {
    if (url !== '/robots.txt') return false;
    response.end('User-agent: *\nDisallow: /a.jpg\n');
    return true;
  };

  test('robots.txt is respected for what a page names, and skips are told', async () => {
    await using server = await startServer(robots);
    const ran = await run([`${server.origin}/page`, '--json']);
    expect(ran.saved()).toEqual(['b.jpg', 'c.jpg', 'd.jpg']);
    const [skipped] = ran.lines.filter(({ error }) => error?.code === 'robots');
    expect(skipped.url).toBe(`${server.origin}/a.jpg`);
    expect(server.paths()).not.toContain('/a.jpg');
  });

  test('--no-robots', async () => {
    await using server = await startServer(robots);
    const ran = await run([`${server.origin}/page`, '--no-robots']);
    expect(ran.saved()).toHaveLength(4);
    expect(server.seen.map(({ path }) => path)).not.toContain('/robots.txt');
  });
});

test('HTTP/2 where there is, and --no-http2', async () => {
  const versions: string[] = [];
  const tls = { key: TEST_KEY, cert: TEST_CERTIFICATE, allowHTTP1: true };
  const server = createSecureServer(tls, (request, response) => {
    versions.push(request.httpVersion);
    response.setHeader('content-type', 'image/jpeg');
    response.end(picture(request.url));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `https://127.0.0.1:${(server.address() as AddressInfo).port}/a.jpg`;
  try {
    for (const flags of [[], ['--no-http2']]) {
      const ran = await run([address, '--ca', 'ca.pem', ...flags], { 'ca.pem': TEST_CA });
      expect(ran.saved()).toEqual(['a.jpg']);
      expect(readFileSync(join(ran.cwd, 'out/a.jpg')).equals(picture('/a.jpg'))).toBe(true);
    }
    expect(versions).toEqual(['2.0', '1.1']);
  } finally {
    server.close();
  }
});
