/** What the pool makes of servers that misbehave; each fault comes from a real one. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bytesOf, faultyServer, head } from '../support/faulty-server.ts';
import { bodyOf, failure, image, testPool } from './support.ts';

const PICTURE = bytesOf(50_000);

/** For servers that fall silent; others may be as slow as the machine they run on. */
const IMPATIENT = { timeout: 0.2 };

/** Fails with `fault` the first time, is well afterwards. */
async function failOnce(fault: Parameters<typeof faultyServer>[0], options = {}) {
  await using server = await faultyServer((exchange) =>
    exchange.nth === 1 ? fault(exchange) : exchange.reply(200, {}, PICTURE),
  );
  await using pool = testPool(options);
  const fetched = await pool.submit(image(`${server.origin}/x.jpg`));
  expect(await bodyOf(fetched)).toEqual(PICTURE);
  return fetched;
}

describe('faults that pass', () => {
  it.each<[string, Parameters<typeof faultyServer>[0], object?]>([
    ['a reset instead of an answer', (e) => e.reset()],
    ['a close instead of an answer', (e) => e.close()],
    ['half a head', (e) => e.close('HTTP/1.1 200 OK\r\nContent-')],
    ['no answer', (e) => e.stall(), IMPATIENT],
    ['a stall within the head', (e) => e.stall('HTTP/1.1 200 OK\r\n'), IMPATIENT],
    [
      'a stall within the body',
      (e) => e.stall(`${head({ 'Content-Length': '50000' })}abc`),
      IMPATIENT,
    ],
    ['a body that is cut', (e) => e.close(`${head({ 'Content-Length': '50000' })}abc`)],
    [
      'a chunked body that is cut',
      (e) => e.close(`${head({ 'Transfer-Encoding': 'chunked' })}5\r\nabcde\r\n`),
    ],
    [
      'a chunked body that is cut within a chunk',
      (e) => e.close(`${head({ 'Transfer-Encoding': 'chunked' })}ff\r\nabcde`),
    ],
    [
      'a reset within the body',
      async (e) => {
        e.send(`${head({ 'Content-Length': '50000' })}abc`);
        await e.wait(20);
        e.reset();
      },
    ],
    ['an empty body', (e) => e.reply(200)],
    ['204', (e) => e.send('HTTP/1.1 204 X\r\n\r\n')],
    ['503', (e) => e.reply(503, {}, 'busy')],
    ['429', (e) => e.reply(429)],
    ['500 with a large page', (e) => e.reply(500, {}, bytesOf(300_000))],
    ['408 and a close', (e) => e.close(head({ Connection: 'close', 'Content-Length': '0' }, 408))],
  ])('%s', async (_, fault, options) => {
    expect((await failOnce(fault, options)).attempts).toBe(2);
  });

  it('a body that drips too slowly to ever end', async () => {
    const fetched = await failOnce(
      async (e) => {
        e.send(head({ 'Content-Length': '50000' }));
        while (!e.gone) {
          e.send('x');
          await e.wait(30);
        }
      },
      { minSpeed: 1000, speedWindow: 0.2 },
    );
    expect(fetched.attempts).toBe(2);
  });

  it('a head that drips too slowly to ever end', async () => {
    const fetched = await failOnce(async (e) => {
      e.send('HTTP/1.1 200 OK\r\n');
      for (let n = 0; !e.gone; n++) {
        e.send(`X-${n}: x\r\n`);
        await e.wait(50);
      }
    }, IMPATIENT);
    expect(fetched.attempts).toBe(2);
  });
});

describe('faults that stay', () => {
  async function errorOf(fault: Parameters<typeof faultyServer>[0], options = {}, more = {}) {
    await using server = await faultyServer(fault);
    await using pool = testPool({ retries: 2, ...options });
    const error = await failure(pool.submit(image(`${server.origin}/x.jpg`, more)));
    return { code: error.code, attempts: error.attempts, sent: server.count('/x.jpg'), error };
  }

  it.each<[string, string, Parameters<typeof faultyServer>[0], object?]>([
    ['reset', 'resets', (e) => e.reset()],
    ['timeout', 'stalls', (e) => e.stall(), IMPATIENT],
    ['http-busy', 'a server in trouble', (e) => e.reply(502)],
    ['short-body', 'cut bodies', (e) => e.close(`${head({ 'Content-Length': '9' })}abc`)],
    [
      'short-body',
      'cut chunked bodies',
      (e) => e.close(`${head({ 'Transfer-Encoding': 'chunked' })}5\r\nabcde\r\n`),
    ],
    ['empty-body', 'empty bodies', (e) => e.reply(200)],
  ])(
    '%s: %s are tried again and then reported with the number of tries',
    async (code, _, fault, options) => {
      expect(await errorOf(fault, options)).toMatchObject({ code, attempts: 3, sent: 3 });
    },
  );

  it.each<[string, string, Parameters<typeof faultyServer>[0]]>([
    ['http-status', '404', (e) => e.reply(404, {}, 'no')],
    ['http-status', '403', (e) => e.reply(403)],
    ['bad-response', 'no HTTP at all', (e) => e.close('SSH-2.0-OpenSSH\r\n\r\n')],
    [
      'bad-response',
      'a broken chunk',
      (e) => e.send(`${head({ 'Transfer-Encoding': 'chunked' })}xyz\r\n`),
    ],
    [
      'bad-response',
      'a line break within a header',
      (e) => e.send('HTTP/1.1 200 X\r\nA\r: b\r\n\r\n'),
    ],
    [
      'bad-response',
      'a part nobody asked for',
      (e) => e.reply(206, { 'Content-Range': 'bytes 0-2/9' }, 'abc'),
    ],
    ['bad-response', 'a status below 100', (e) => e.send('HTTP/1.1 099 X\r\n\r\n')],
    ['bad-response', '304 nobody asked for', (e) => e.send('HTTP/1.1 304 X\r\n\r\n')],
    [
      'bad-response',
      'plain data called gzip',
      (e) => e.reply(200, { 'Content-Encoding': 'gzip' }, 'plain'),
    ],
    [
      'bad-response',
      'plain data called br',
      (e) => e.reply(200, { 'Content-Encoding': 'br' }, PICTURE),
    ],
    [
      'bad-response',
      'gzip data that is cut',
      (e) => e.reply(200, { 'Content-Encoding': 'gzip' }, gzipSync(PICTURE).subarray(0, 9000)),
    ],
    [
      'bad-response',
      'an unknown encoding',
      (e) => e.reply(200, { 'Content-Encoding': 'rot13' }, 'x'),
    ],
    [
      'bad-response',
      'many encodings',
      (e) => e.reply(200, { 'Content-Encoding': 'gzip, gzip, gzip, gzip' }, 'x'),
    ],
    [
      'bad-response',
      'a bomb of headers',
      (e) =>
        e.reply(
          200,
          Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`X-${n}`, 'y'.repeat(50)])),
        ),
    ],
    ['bad-response', 'one endless header', (e) => e.reply(200, { X: 'y'.repeat(200_000) })],
    [
      'too-large',
      'an announced length over the limit',
      (e) => e.send(head({ 'Content-Length': '1000000001' })),
    ],
  ])('%s: %s is not tried again', async (code, _, fault) => {
    expect(await errorOf(fault)).toMatchObject({ code, attempts: 1, sent: 1 });
  });

  it('too-large: an endless body is cut off at the limit', async () => {
    let sent = 0;
    const { code } = await errorOf(
      async (e) => {
        e.send(head({ 'Transfer-Encoding': 'chunked' }));
        for (; !e.gone && sent < 50_000_000; sent += 4096) {
          e.send(`1000\r\n${'x'.repeat(4096)}\r\n`);
          if (sent % 65_536 === 0) await e.wait(1);
        }
      },
      { maxBytes: 1_000_000 },
    );
    expect(code).toBe('too-large');
    expect(sent).toBeLessThan(50_000_000);
  });

  it.each(['gzip', 'gzip, gzip'])(
    'too-large: a bomb packed with %s goes off at the limit',
    async (name) => {
      const bomb = name.split(',').reduce((data) => gzipSync(data), Buffer.alloc(30_000_000));
      const before = process.memoryUsage.rss();
      const { code, error } = await errorOf(
        (e) => e.reply(200, { 'Content-Encoding': name }, bomb),
        { maxBytes: 1_000_000 },
      );
      expect(code).toBe('too-large');
      expect(error.message).toContain('--max-bytes');
      expect(process.memoryUsage.rss() - before).toBeLessThan(100e6);
    },
  );

  it('run-limit: the run has had its bytes', async () => {
    await using server = await faultyServer((e) => e.reply(200, {}, PICTURE));
    await using pool = testPool({ maxTotalBytes: 120_000 });
    const tasks = ['/1', '/2', '/3'].map((path) => image(server.origin + path));
    await pool.submit(tasks[0]!);
    await pool.submit(tasks[1]!);
    expect(await failure(pool.submit(tasks[2]!))).toMatchObject({
      code: 'run-limit',
      kind: 'abort',
    });
  });

  it('connect: nobody listens', async () => {
    const server = await faultyServer(() => {});
    await server[Symbol.asyncDispose]();
    await using pool = testPool({ retries: 1 });
    const error = await failure(pool.submit(image(`${server.origin}/x`)));
    expect(error.code).toBe('connect');
    expect(error.message).toContain(`127.0.0.1:${server.port}`);
  });

  it('dns: the name is not known, and the answer is asked for once in a burst', async () => {
    let asked = 0;
    await using pool = testPool(
      { retries: 0 },
      {
        lookup: async () => {
          asked++;
          throw Object.assign(new Error('no'), { code: 'ENOTFOUND' });
        },
      },
    );
    const errors = await Promise.all(
      [1, 2, 3].map((n) => failure(pool.submit(image(`http://nowhere.test/${n}`)))),
    );
    expect(errors.map(({ code }) => code)).toEqual(['dns', 'dns', 'dns']);
    expect(asked).toBe(1);
  });

  it('dns: a resolver that never answers is a failure in time', async () => {
    await using pool = testPool(
      { retries: 0, timeout: 0.1 },
      { lookup: () => new Promise(() => {}) },
    );
    expect((await failure(pool.submit(image('http://slow.test/')))).code).toBe('dns');
  });

  it('invalid-url: an address that is none', async () => {
    await using pool = testPool();
    expect((await failure(pool.submit(image('ftp://a/b')))).code).toBe('invalid-url');
    const named = await failure(pool.submit(image('data:,x', { space: 'public' })));
    expect(named.code).toBe('bad-response');
  });

  it('never shows credentials in an error', async () => {
    await using server = await faultyServer((e) => e.reply(404));
    await using pool = testPool();
    const url = `http://user:hunter2@127.0.0.1:${server.port}/x?y`;
    const error = await failure(pool.submit(image(url)));
    expect(JSON.stringify([error.message, error.stack, String(error.cause)])).not.toContain(
      'hunter2',
    );
    expect(error.message).toContain(`http://127.0.0.1:${server.port}/x?y answered 404`);
  });

  it('leaves no connection open for a body nobody reads to its end', async () => {
    await using server = await faultyServer(async (e) => {
      e.send(head({ 'Transfer-Encoding': 'chunked' }, 404));
      while (!e.gone) {
        e.send(`1000\r\n${'x'.repeat(4096)}\r\n`);
        await e.wait(2);
      }
    });
    await using pool = testPool();
    expect((await failure(pool.submit(image(`${server.origin}/x`)))).code).toBe('http-status');
    await expect.poll(() => server.open).toBe(0);
  });
});

describe('bodies', () => {
  it.each(['gzip', 'x-gzip'])('unpacks %s', async (name) => {
    await using server = await faultyServer((e) =>
      e.reply(200, { 'Content-Encoding': name }, gzipSync(PICTURE)),
    );
    await using pool = testPool();
    expect(await bodyOf(await pool.submit(image(`${server.origin}/`)))).toEqual(PICTURE);
  });

  it('takes a body that ends with the connection', async () => {
    await using server = await faultyServer((e) => {
      e.send(head());
      e.send(PICTURE);
      e.close();
    });
    await using pool = testPool();
    expect(await bodyOf(await pool.submit(image(`${server.origin}/`)))).toEqual(PICTURE);
  });

  it('takes a length with a space behind it, and nothing shorter', async () => {
    await using server = await faultyServer((e) => {
      e.send(head({ 'Content-Length': '50000 ' }));
      e.send(e.path === '/whole' ? PICTURE : PICTURE.subarray(0, 49_999));
      if (e.path === '/cut') e.close();
    });
    await using pool = testPool({ retries: 0 });
    expect(await bodyOf(await pool.submit(image(`${server.origin}/whole`)))).toEqual(PICTURE);
    expect((await failure(pool.submit(image(`${server.origin}/cut`)))).code).toBe('short-body');
  });

  it('lets a style sheet be empty', async () => {
    await using server = await faultyServer((e) => e.reply(200, { 'Content-Type': 'text/css' }));
    await using pool = testPool();
    const fetched = await pool.submit({ url: `${server.origin}/`, purpose: 'sheet' });
    expect(fetched).toMatchObject({ bytes: 0, contentType: 'text/css' });
  });

  it('ignores early hints', async () => {
    await using server = await faultyServer((e) => {
      e.send('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n');
      e.reply(200, {}, PICTURE);
    });
    await using pool = testPool();
    expect((await pool.submit(image(`${server.origin}/`))).bytes).toBe(PICTURE.length);
  });
});
