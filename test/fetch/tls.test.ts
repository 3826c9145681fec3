/** TLS and HTTP/2 against node's own servers. */
import { writeFile } from 'node:fs/promises';
import { createSecureServer, type Http2SecureServer, type ServerHttp2Stream } from 'node:http2';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FetchEvent, FetchOptions } from '../../src/fetch/mod.ts';
import { TEST_CA, TEST_CERTIFICATE, TEST_KEY } from '../support/certificates.ts';
import { bytesOf } from '../support/faulty-server.ts';
import { gathering } from '../support/gathering.ts';
import { bodyOf, failure, image, tempDir, testPool } from './support.ts';

const PICTURE = bytesOf(3_000_000);

interface Tally {
  readonly origin: string;
  connections: number;
  inFlight: number;
  most: number;
}

type Answer = (stream: ServerHttp2Stream, path: string, nth: number) => void;

/** Speaks both HTTP/2 and HTTP/1.1, as ALPN says. Without `answer`, the first `together` requests wait for each other. */
async function secureServer(answer?: Answer, together = 1): Promise<Tally & AsyncDisposable> {
  const server: Http2SecureServer = createSecureServer({
    key: TEST_KEY,
    cert: TEST_CERTIFICATE,
    allowHTTP1: true,
  });
  const sockets = new Set<{ destroy(): void }>();
  let nth = 0;
  const tally: Tally & AsyncDisposable = {
    origin: '',
    connections: 0,
    inFlight: 0,
    most: 0,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  server.on('secureConnection', (socket) => {
    tally.connections++;
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.on('sessionError', () => {});
  if (answer) {
    server.on('stream', (stream: ServerHttp2Stream, headers) => {
      stream.on('error', () => {});
      answer(stream, headers[':path'] ?? '', ++nth);
    });
  } else {
    const gathered = gathering(together);
    server.on('request', async (_, response) => {
      tally.most = Math.max(tally.most, ++tally.inFlight);
      await gathered();
      setTimeout(() => {
        tally.inFlight--;
        response.end(PICTURE.subarray(0, 100_000));
      }, 10);
    });
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return Object.assign(tally, { origin: `https://localhost:${port}` });
}

let dir: Awaited<ReturnType<typeof tempDir>>;
let ca = '';
beforeAll(async () => {
  dir = await tempDir();
  ca = join(dir.path, 'ca.pem');
  await writeFile(ca, TEST_CA);
});
afterAll(() => dir[Symbol.asyncDispose]());

describe('TLS', () => {
  it('trusts no unknown authority, says so, and does not try again', async () => {
    await using server = await secureServer();
    await using pool = testPool();
    const error = await failure(pool.submit(image(`${server.origin}/`)));
    expect(error).toMatchObject({ code: 'tls', kind: 'skip', attempts: 1 });
  });

  it.each<[string, () => FetchOptions]>([
    ['--ca', () => ({ ca })],
    ['--insecure', () => ({ insecure: true })],
  ])('takes it with %s', async (_, options) => {
    await using server = await secureServer();
    await using pool = testPool(options());
    expect((await pool.submit(image(`${server.origin}/`))).bytes).toBe(100_000);
  });

  it('refuses a certificate for another name', async () => {
    await using server = await secureServer();
    const lookup = async () => ({ addresses: [{ address: '127.0.0.1', family: 4 }] });
    await using pool = testPool({ ca }, { lookup });
    const port = new URL(server.origin).port;
    expect((await failure(pool.submit(image(`https://other.test:${port}/`)))).code).toBe('tls');
    expect((await pool.submit(image(`https://pictures.test:${port}/`))).bytes).toBe(100_000);
  });

  it('is told from a server that speaks none', async () => {
    await using server = await secureServer();
    await using pool = testPool({ ca, retries: 0 });
    const error = await failure(pool.submit(image(server.origin.replace('https', 'http'))));
    expect(error.code).toMatch(/^(reset|bad-response|http-status)$/);
  });
});

describe('HTTP/2', () => {
  it('carries all requests to a host over one connection, within the limit', async () => {
    await using server = await secureServer(undefined, 6);
    const events: FetchEvent[] = [];
    await using pool = testPool(
      { ca, concurrency: 6, perHost: 6 },
      { onEvent: (e) => events.push(e) },
    );
    const tasks = Array.from({ length: 30 }, (_, n) => image(`${server.origin}/${n}`));
    for await (const outcome of pool.asCompleted(tasks)) expect(outcome.ok).toBe(true);
    expect(server.connections).toBe(1);
    expect(server.most).toBe(6);
    expect(events.find(({ type }) => type === 'tls')).toMatchObject({ protocol: 'h2' });
  });

  it('is left out with --no-http2', async () => {
    await using server = await secureServer(undefined, 3);
    const events: FetchEvent[] = [];
    await using pool = testPool(
      { ca, http2: false, concurrency: 3 },
      { onEvent: (e) => events.push(e) },
    );
    const tasks = Array.from({ length: 9 }, (_, n) => image(`${server.origin}/${n}`));
    for await (const outcome of pool.asCompleted(tasks)) expect(outcome.ok).toBe(true);
    expect(server.connections).toBe(3);
    expect(server.most).toBe(3);
    expect(events.find(({ type }) => type === 'tls')).toMatchObject({ protocol: 'http/1.1' });
  });

  it('takes a connection that was opened before', async () => {
    await using server = await secureServer();
    await using pool = testPool({ ca });
    await pool.preconnect(server.origin, { connections: 1 });
    await expect.poll(() => server.connections).toBe(1);
    await Promise.all([1, 2, 3].map((n) => pool.submit(image(`${server.origin}/${n}`))));
    expect(server.connections).toBe(1);
  });

  it.each<[string, Answer]>([
    ['a reset stream', (stream) => stream.close(2)],
    ['a session that is closed', (stream) => stream.session?.destroy()],
    [
      'a body shorter than announced',
      (stream) => {
        stream.respond({ ':status': 200, 'content-length': '1000' });
        stream.end('short');
      },
    ],
    [
      'a stall',
      (stream) => {
        stream.respond({ ':status': 200, 'content-length': '1000' });
        stream.write('x');
      },
    ],
    ['silence', () => {}],
    ['503', (stream) => stream.respond({ ':status': 503 }, { endStream: true })],
  ])('survives %s', async (_, fault) => {
    await using server = await secureServer((stream, path, nth) => {
      if (nth === 1) return fault(stream, path, nth);
      stream.respond({ ':status': 200 });
      stream.end(PICTURE.subarray(0, 1000));
    });
    await using pool = testPool({ ca, timeout: 0.3 });
    const fetched = await pool.submit(image(`${server.origin}/`));
    expect(fetched).toMatchObject({ bytes: 1000, attempts: 2 });
  });

  it('stops an endless body at the limit', async () => {
    await using server = await secureServer((stream) => {
      stream.respond({ ':status': 200 });
      const more = () => {
        while (!stream.destroyed && stream.write(PICTURE.subarray(0, 16_384))) {}
      };
      stream.on('drain', more);
      more();
    });
    await using pool = testPool({ ca, maxBytes: 1_000_000 });
    expect((await failure(pool.submit(image(`${server.origin}/`)))).code).toBe('too-large');
  });

  it('carries large bodies through the partial folder', async () => {
    await using server = await secureServer((stream) => {
      stream.respond({ ':status': 200, 'content-length': String(PICTURE.length) });
      stream.end(PICTURE);
    });
    await using pool = testPool({ ca, partialDir: join(dir.path, 'partial') });
    const fetched = await pool.submit(image(`${server.origin}/`));
    expect(fetched.body.in).toBe('file');
    expect(Buffer.from(PICTURE).equals(await bodyOf(fetched))).toBe(true);
  });
});
