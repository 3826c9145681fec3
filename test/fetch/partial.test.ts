/** Large bodies and broken downloads: what is continued, and what never is. */

import { createHash } from 'node:crypto';
import { readdir, readFile, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { collectPartials, PartialStore } from '../../src/fetch/partial.ts';
import { bytesOf, type Exchange, faultyServer, head } from '../support/faulty-server.ts';
import { bodyOf, failure, image, sha256, tempDir, testPool } from './support.ts';

const ONE = bytesOf(3_000_000, 1);
const TWO = bytesOf(3_000_000, 2);
const CUT = 1_500_000;
const DATE = 'Tue, 10 Nov 2026 10:00:00 GMT';

/** The body from the place the request asks for, as a good server sends it. */
function serve(e: Exchange, body: Uint8Array, etag: string): void {
  const from = Number(/^bytes=(\d+)-$/.exec(e.headers.range ?? '')?.[1] ?? 0);
  const range = `bytes ${from}-${body.length - 1}/${body.length}`;
  const isPart = from > 0 && e.headers['if-range'] === etag;
  if (isPart) e.reply(206, { ETag: etag, 'Content-Range': range }, body.subarray(from));
  else e.reply(200, { ETag: etag }, body);
}

/** Sends the beginning and closes the connection. */
async function cut(e: Exchange, body: Uint8Array, headers: Record<string, string>): Promise<void> {
  e.send(head({ 'Content-Length': String(body.length), ...headers }));
  e.send(body.subarray(0, CUT));
  await e.wait(50);
  e.close();
}

/** Breaks a download of ONE, then lets a second pool ask again and answers with `second`. */
async function resumed(
  second: (e: Exchange) => void | Promise<void>,
  headers: Record<string, string> = { ETag: '"1"' },
  between: (dir: string) => Promise<void> = async () => {},
) {
  await using dir = await tempDir();
  let phase = 1;
  await using server = await faultyServer((e) => (phase === 1 ? cut(e, ONE, headers) : second(e)));
  const url = `${server.origin}/x.jpg`;
  {
    await using pool = testPool({ partialDir: dir.path, retries: 0 });
    expect((await failure(pool.submit(image(url)))).code).toBe('short-body');
  }
  await between(dir.path);
  phase = 2;
  await using pool = testPool({ partialDir: dir.path, retries: 1 });
  const fetched = await pool.submit(image(url));
  const body = Buffer.from(await bodyOf(fetched));
  expect(fetched.sha256).toBe(sha256(body));
  expect(fetched.bytes).toBe(body.length);
  const names = await readdir(dir.path);
  return { body, fetched, asked: server.requests.slice(1).map((e) => e.headers), names };
}

describe('large bodies', () => {
  it('go to a file, which the taker may rename; nothing else is left', async () => {
    await using dir = await tempDir();
    await using server = await faultyServer((e) => serve(e, ONE, '"1"'));
    await using pool = testPool({ partialDir: dir.path });
    const fetched = await pool.submit(image(`${server.origin}/x.jpg`));
    expect(fetched.body.in).toBe('file');
    expect(fetched.sha256).toBe(sha256(ONE));
    expect(Buffer.from(await bodyOf(fetched)).equals(ONE)).toBe(true);
    expect(await readdir(dir.path)).toHaveLength(1);
  });

  it('stay in memory when they are pages, when they are small, and without a folder', async () => {
    await using dir = await tempDir();
    await using server = await faultyServer((e) => e.reply(200, {}, ONE));
    await using pool = testPool({ partialDir: dir.path });
    const page = await pool.submit({ url: server.origin, purpose: 'page' });
    await using roomy = testPool({ partialDir: dir.path, spillBytes: 4e6 });
    await using bare = testPool();
    const bodies = [
      page,
      ...(await Promise.all([roomy, bare].map((p) => p.submit(image(server.origin))))),
    ];
    for (const fetched of bodies) {
      expect(fetched.body.in).toBe('memory');
      expect(fetched.sha256).toBe(sha256(ONE));
    }
    expect(await readdir(dir.path)).toEqual([]);
  });

  it('are in memory too while there is room, and the file stays when that is given back', async () => {
    await using dir = await tempDir();
    const large = bytesOf(7e6, 3);
    await using server = await faultyServer((e) => e.reply(200, {}, large));
    await using pool = testPool({ partialDir: dir.path });
    const bodies = await Promise.all(
      [1, 2, 3, 4, 5].map(async (i) => (await pool.submit(image(`${server.origin}/${i}`))).body),
    );
    const files = bodies.filter((body) => body.in === 'file');
    const copies = files.flatMap(({ copy }) => copy ?? []);
    expect([files.length, copies.length]).toEqual([5, 4]);
    for (const { bytes } of copies) expect(Buffer.from(bytes!).equals(large)).toBe(true);
    for (const copy of copies) copy[Symbol.dispose]();
    expect(copies.map(({ bytes }) => bytes)).toEqual(copies.map(() => undefined));
    for (const { path } of files) expect((await readFile(path)).equals(large)).toBe(true);
    const { body } = await pool.submit(image(`${server.origin}/6`));
    expect(body.in === 'file' && body.copy?.bytes?.length).toBe(large.length);
  });

  it('give the memory back when they break off', async () => {
    await using dir = await tempDir();
    let tries = 0;
    await using server = await faultyServer((e) => {
      e.send(head({ 'content-length': '8000000' }));
      e.send(bytesOf(tries++ < 8 ? 2e6 : 8e6, 3));
      e.close();
    });
    await using pool = testPool({ partialDir: dir.path, retries: 0 });
    for (let i = 0; i < 8; i++) {
      await expect(pool.submit(image(`${server.origin}/${i}`))).rejects.toThrow();
    }
    const { body } = await pool.submit(image(`${server.origin}/last`));
    expect(body.in === 'file' && body.copy?.bytes?.length).toBe(8e6);
  });

  it('of unknown length spill while they come', async () => {
    await using dir = await tempDir();
    await using server = await faultyServer((e) => {
      e.send(head());
      e.send(ONE);
      e.close();
    });
    await using pool = testPool({ partialDir: dir.path });
    const fetched = await pool.submit(image(server.origin));
    expect(fetched.body.in).toBe('file');
    expect(Buffer.from(await bodyOf(fetched)).equals(ONE)).toBe(true);
  });

  it('of one address at the same time do not disturb each other', async () => {
    await using dir = await tempDir();
    await using server = await faultyServer((e) => serve(e, ONE, '"1"'));
    await using pool = testPool({ partialDir: dir.path });
    const all = await Promise.all([1, 2, 3].map(() => pool.submit(image(`${server.origin}/x`))));
    const paths = all.map(({ body }) => (body.in === 'file' ? body.path : ''));
    expect(new Set(paths).size).toBe(3);
    for (const fetched of all) expect(Buffer.from(await bodyOf(fetched)).equals(ONE)).toBe(true);
  });
});

describe('a broken download', () => {
  it('is continued where it broke, by a later run too', async () => {
    const { body, fetched, asked, names } = await resumed((e) => serve(e, ONE, '"1"'));
    expect(body.equals(ONE)).toBe(true);
    expect(asked[0]).toMatchObject({ range: `bytes=${CUT}-`, 'if-range': '"1"' });
    expect(fetched.attempts).toBe(1);
    expect(names).toHaveLength(1);
  });

  it('is continued within the run', async () => {
    await using dir = await tempDir();
    await using server = await faultyServer((e) =>
      e.nth === 1 ? cut(e, ONE, { ETag: '"1"' }) : serve(e, ONE, '"1"'),
    );
    await using pool = testPool({ partialDir: dir.path });
    const fetched = await pool.submit(image(`${server.origin}/x`));
    expect(fetched.attempts).toBe(2);
    expect(server.requests[1]?.headers.range).toBe(`bytes=${CUT}-`);
    expect(Buffer.from(await bodyOf(fetched)).equals(ONE)).toBe(true);
  });

  it('is continued over several breaks', async () => {
    await using dir = await tempDir();
    await using server = await faultyServer(async (e) => {
      const from = Number(/\d+/.exec(e.headers.range ?? '0')?.[0]);
      if (from > 2_400_000) return serve(e, ONE, '"1"');
      const range = `bytes ${from}-${ONE.length - 1}/${ONE.length}`;
      const length = String(ONE.length - from);
      const status = from > 0 ? 206 : 200;
      e.send(head({ ETag: '"1"', 'Content-Length': length, 'Content-Range': range }, status));
      e.send(ONE.subarray(from, from + 700_000));
      await e.wait(30);
      e.reset();
    });
    await using pool = testPool({ partialDir: dir.path, retries: 10 });
    const fetched = await pool.submit(image(`${server.origin}/x`));
    expect(Buffer.from(await bodyOf(fetched)).equals(ONE)).toBe(true);
    expect(server.requests.length).toBeGreaterThan(2);
  });

  it('is continued by a date when that lies long enough before', async () => {
    const times = { 'Last-Modified': DATE, Date: 'Tue, 10 Nov 2026 11:00:00 GMT' };
    const { body, asked } = await resumed((e) => {
      const range = `bytes ${CUT}-${ONE.length - 1}/${ONE.length}`;
      e.reply(206, { ...times, 'Content-Range': range }, ONE.subarray(CUT));
    }, times);
    expect(asked[0]).toMatchObject({ range: `bytes=${CUT}-`, 'if-range': DATE });
    expect(body.equals(ONE)).toBe(true);
  });

  it('is kept when the run is interrupted', async () => {
    await using dir = await tempDir();
    await using server = await faultyServer(async (e) => {
      if (e.nth > 1) return serve(e, ONE, '"1"');
      e.send(head({ ETag: '"1"', 'Content-Length': String(ONE.length) }));
      e.send(ONE.subarray(0, 200_000));
      await e.stall();
    });
    const stop = new AbortController();
    const first = testPool({ partialDir: dir.path }, { signal: stop.signal });
    const broken = failure(first.submit(image(`${server.origin}/x`)));
    await expect.poll(() => first.stats.bytes).toBe(200_000);
    stop.abort();
    expect((await broken).code).toBe('interrupted');
    await first[Symbol.asyncDispose]();
    await using second = testPool({ partialDir: dir.path });
    const fetched = await second.submit(image(`${server.origin}/x`));
    expect(server.requests[1]?.headers.range).toBe('bytes=200000-');
    expect(Buffer.from(await bodyOf(fetched)).equals(ONE)).toBe(true);
  });
});

describe('two versions are never joined:', () => {
  const part = (body: Uint8Array, from: number, headers: Record<string, string>) => (e: Exchange) =>
    e.headers.range === undefined
      ? e.reply(200, { ETag: '"2"' }, body)
      : e.reply(
          206,
          { 'Content-Range': `bytes ${from}-${body.length - 1}/${body.length}`, ...headers },
          body.subarray(from),
        );

  it.each<[string, (e: Exchange) => void]>([
    ['200 for a range request', (e) => e.reply(200, { ETag: '"2"' }, TWO)],
    ['206 with another ETag', part(TWO, CUT, { ETag: '"2"' })],
    ['206 with a weak ETag', part(TWO, CUT, { ETag: 'W/"1"' })],
    ['206 without ETag', part(TWO, CUT, {})],
    ['206 with another start', part(TWO, CUT - 1, { ETag: '"1"' })],
    ['206 from the beginning', part(TWO, 0, { ETag: '"1"' })],
    ['206 with another length', part(bytesOf(3_000_001, 2), CUT, { ETag: '"1"' })],
    [
      '206 without length',
      part(TWO, CUT, { ETag: '"1"', 'Content-Range': `bytes ${CUT}-2999999/*` }),
    ],
    ['206 without range', part(TWO, CUT, { ETag: '"1"', 'Content-Range': 'none' })],
    ['206 that is packed', part(TWO, CUT, { ETag: '"1"', 'Content-Encoding': 'gzip' })],
    [
      '416',
      (e) =>
        e.headers.range === undefined
          ? e.reply(200, {}, TWO)
          : e.reply(416, { 'Content-Range': `bytes */${CUT}` }),
    ],
  ])('%s starts afresh', async (_, second) => {
    const { body, asked, names } = await resumed(second);
    expect(asked[0]?.range).toBe(`bytes=${CUT}-`);
    expect([TWO, bytesOf(3_000_001, 2)].some((whole) => body.equals(whole))).toBe(true);
    expect(names).toHaveLength(1);
  });

  it.each([
    ['no validator', {}],
    ['a weak ETag', { ETag: 'W/"1"' }],
    ['a date too near', { 'Last-Modified': DATE, Date: DATE }],
  ])('%s: nothing is continued', async (_, headers) => {
    const { body, asked } = await resumed(
      (e) => e.reply(200, {}, TWO),
      headers as Record<string, string>,
    );
    expect(asked[0]).not.toHaveProperty('range');
    expect(body.equals(TWO)).toBe(true);
  });

  it('a redirect that leads elsewhere is not continued', async () => {
    await using dir = await tempDir();
    await using server = await faultyServer((e) => {
      if (e.path === '/x') return e.reply(302, { Location: `/node-${e.nth}` });
      return e.path === '/node-1' ? cut(e, ONE, { ETag: '"1"' }) : serve(e, TWO, '"1"');
    });
    await using pool = testPool({ partialDir: dir.path });
    const fetched = await pool.submit(image(`${server.origin}/x`));
    expect(server.requests.every(({ headers }) => headers.range === undefined)).toBe(true);
    expect(Buffer.from(await bodyOf(fetched)).equals(TWO)).toBe(true);
  });

  it.each<[string, (path: string) => Promise<void>]>([
    ['cut', (path) => truncate(path, 1000)],
    ['damaged', (path) => writeFile(path, bytesOf(CUT, 3))],
    ['filled with zeros', (path) => writeFile(path, new Uint8Array(CUT))],
  ])('a part that was %s on disk is not continued', async (_, damage) => {
    const { body, asked } = await resumed(
      (e) => serve(e, ONE, '"1"'),
      { ETag: '"1"' },
      async (dir) => {
        const name = (await readdir(dir)).find((one) => one.endsWith('.part'));
        await damage(join(dir, name as string));
      },
    );
    expect(asked[0]).not.toHaveProperty('range');
    expect(body.equals(ONE)).toBe(true);
  });

  it.each(['', '{', 'null', '{"v":1,"bytes":-1}', '{"v":2}'])(
    'a note that reads %j is not believed',
    async (text) => {
      const { body, asked } = await resumed(
        (e) => serve(e, ONE, '"1"'),
        { ETag: '"1"' },
        async (dir) => {
          const name = (await readdir(dir)).find((one) => one.endsWith('.json'));
          await writeFile(join(dir, name as string), text);
        },
      );
      expect(asked[0]).not.toHaveProperty('range');
      expect(body.equals(ONE)).toBe(true);
    },
  );

  it('bytes after the last note, which a kill may leave, are dropped', async () => {
    const { body, asked } = await resumed(
      (e) => serve(e, ONE, '"1"'),
      { ETag: '"1"' },
      async (dir) => {
        const name = (await readdir(dir)).find((one) => one.endsWith('.part'));
        const path = join(dir, name as string);
        await writeFile(path, Buffer.concat([await readFile(path), bytesOf(2_000_000, 4)]));
      },
    );
    expect(asked[0]?.range).toBe(`bytes=${CUT}-`);
    expect(body.equals(ONE)).toBe(true);
  });
});

describe('the folder', () => {
  it('holds no credentials', async () => {
    await using dir = await tempDir();
    await using server = await faultyServer((e) => cut(e, ONE, { ETag: '"1"' }));
    await using pool = testPool({ partialDir: dir.path, retries: 0 });
    await failure(pool.submit(image(`http://user:hunter2@127.0.0.1:${server.port}/x`)));
    const name = (await readdir(dir.path)).find((one) => one.endsWith('.json'));
    const text = await readFile(join(dir.path, name as string), 'utf8');
    expect(text).toContain(`127.0.0.1:${server.port}/x`);
    expect(text).not.toContain('hunter2');
  });

  it('loses what is old, and nothing of others', async () => {
    await using dir = await tempDir();
    const key = (letter: string) => letter.repeat(40);
    const hours = (n: number) => new Date(Date.now() - n * 3_600_000);
    const files: [string, number][] = [
      [`${key('a')}.part`, 24],
      [`${key('a')}.json`, 24],
      [`${key('b')}.part`, 24 * 8],
      [`${key('b')}.json`, 24 * 8],
      [`${key('c')}.part`, 2],
      [`${key('d')}.json`, 2],
      [`${key('e')}.12-1.whole`, 2],
      [`${key('e')}.12-2.whole`, 0],
      ['notes.txt', 24 * 100],
    ];
    for (const [name, age] of files) {
      await writeFile(join(dir.path, name), 'x');
      await utimes(join(dir.path, name), hours(age), hours(age));
    }
    await collectPartials(dir.path);
    expect((await readdir(dir.path)).sort()).toEqual(
      [`${key('a')}.json`, `${key('a')}.part`, `${key('e')}.12-2.whole`, 'notes.txt'].sort(),
    );
  });

  it('that cannot be made is an error of the run', async () => {
    await using dir = await tempDir();
    await writeFile(join(dir.path, 'file'), '');
    await using server = await faultyServer((e) => serve(e, ONE, '"1"'));
    await using pool = testPool({ partialDir: join(dir.path, 'file', 'partial') });
    const error = await failure(pool.submit(image(`${server.origin}/x`)));
    expect(error).toMatchObject({ code: 'output-not-a-folder', kind: 'abort' });
  });

  it.runIf(process.platform === 'linux')('on a full disk is an error of the run', async () => {
    await using dir = await tempDir();
    await using server = await faultyServer((e) => serve(e, ONE, '"1"'));
    const url = `${server.origin}/x`;
    const key = createHash('sha256').update(url).digest('hex').slice(0, 40);
    // Every write to this device fails with ENOSPC.
    await symlink('/dev/full', join(dir.path, `${key}.part`));
    await using pool = testPool({ partialDir: dir.path });
    const error = await failure(pool.submit(image(url)));
    expect(error).toMatchObject({ code: 'disk-full', kind: 'abort', exitCode: 1 });
  });

  it('gives a second claim of an address a place of its own', async () => {
    await using dir = await tempDir();
    const store = await PartialStore.open(dir.path);
    await using first = store.claim('http://a/');
    await using second = store.claim('http://a/');
    await first.begin(0);
    await second.begin(0);
    await first.write([bytesOf(10, 1)]);
    await second.write([bytesOf(10, 2)]);
    expect(new Uint8Array(await readFile(await first.finish()))).toEqual(bytesOf(10, 1));
    expect(new Uint8Array(await readFile(await second.finish()))).toEqual(bytesOf(10, 2));
  });
});
