import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { encode, resize } from '../../fixtures/encode.ts';
import { photo } from '../../fixtures/photo.ts';
import { serve } from '../../fixtures/serve.ts';
import { images, imgtrawl, scratch } from './run.ts';

const site = new Map<string, { type: string; body: Uint8Array<ArrayBuffer> }>();
const bytesOf = (name: string) => site.get(`/${name}`)?.body as Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  const original = photo(71, 900, 600);
  const add = (name: string, type: string, body: Uint8Array<ArrayBuffer>) =>
    site.set(`/${name}`, { type, body });
  add('big.jpg', 'image/jpeg', await encode(original, '.jpg[Q=90]'));
  add('same.jpg', 'image/jpeg', bytesOf('big.jpg'));
  add('small.jpg', 'image/jpeg', await encode(await resize(original, 600), '.jpg[Q=80]'));
  add('tiny.jpg', 'image/jpeg', await encode(await resize(original, 300), '.jpg[Q=80]'));
  add('drawn.png', 'image/png', await encode(await resize(original, 500), '.png'));
  add('other.jpg', 'image/jpeg', await encode(photo(72, 900, 600), '.jpg'));
});

/** The folder after the pictures came one after the other. */
async function folderAfter(names: readonly string[], how: string, runs = 1) {
  await using server = await serve(site);
  const cwd = scratch();
  const out = join(cwd, 'out');
  for (let run = 0; run < runs; run++) {
    const list = names
      .filter((_, at) => at % runs === run)
      .map((name) => `${server.origin}/${name}`);
    writeFileSync(join(cwd, 'list.txt'), list.join('\n'));
    const ran = await imgtrawl(
      ['list.txt', '-o', 'out', '-j', '1', '--on-duplicate', how, '--json'],
      { cwd },
    );
    expect(ran).toMatchObject({ code: 0 });
  }
  const rows = (await imgtrawl(['export', 'out', '--format', 'jsonl'], { cwd })).lines;
  const verified = await imgtrawl(['verify', 'out'], { cwd });
  return { out, files: images(out), rows, verified };
}

const ORDERS = [
  ['big.jpg', 'small.jpg', 'same.jpg', 'tiny.jpg', 'other.jpg'],
  ['tiny.jpg', 'small.jpg', 'big.jpg', 'other.jpg', 'same.jpg'],
] as const;

describe.each([1, 2])('in %i run(s), whatever the order in which copies come', (runs) => {
  test.each(ORDERS)('skip keeps the best of them (%s, %s, %s, …)', async (...names) => {
    const { out, files, rows, verified } = await folderAfter(names, 'skip', runs);
    const kept = files.find((name) => name !== 'other.jpg') as string;
    expect(files).toEqual([kept, 'other.jpg'].sort());
    expect(readFileSync(join(out, kept)).equals(bytesOf('big.jpg'))).toBe(true);
    // The catalog tells of every copy what became of it.
    const told = rows.map(({ url, status, duplicateOf }) => [
      url.split('/').at(-1),
      status,
      duplicateOf,
    ]);
    for (const [name, status, duplicateOf] of told) {
      if (name === 'other.jpg' || name === kept) expect(status).toBe('saved');
      else expect([name, status, duplicateOf]).toEqual([name, 'duplicate', kept]);
    }
    expect(told).toHaveLength(5);
    expect(verified.code).toBe(0);
  });

  test.each(ORDERS)('keep loses none (%s, %s, %s, …)', async (...names) => {
    const { out, files, verified } = await folderAfter(names, 'keep', runs);
    expect(files).toEqual([...names].sort());
    for (const name of names) {
      expect(readFileSync(join(out, name)).equals(bytesOf(name)), name).toBe(true);
    }
    expect(verified.code).toBe(0);
  });
});

/**
 * Answers in that order, whatever the order of the requests: each waits until all before it are sent.
 * An answer that comes last in the pipe of the fetcher may still end first, so this shuffles, no more.
 */
async function serveInOrder(order: readonly string[]) {
  const waiting = new Map<string, () => void>();
  let next = 0;
  const sendNext = (): void => {
    const name = order[next];
    const send = name === undefined ? undefined : waiting.get(name);
    if (send === undefined) return;
    next++;
    send();
  };
  const server = createServer((request, response) => {
    const name = (request.url as string).slice(1);
    const { type, body } = site.get(`/${name}`) as { type: string; body: Uint8Array };
    const etag = `"${name}"`;
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304, { etag }).end();
      return;
    }
    waiting.set(name, () => {
      response.on('finish', sendNext);
      response.writeHead(200, { 'content-type': type, etag }).end(body);
    });
    if (waiting.size === order.length) sendNext();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Row {
  readonly url: string;
  readonly status: string;
  readonly file?: string;
  readonly duplicateOf?: string;
}

/** Of numbers below 2^16, as good as random, that are the same in each run (a linear congruence). */
function shuffled(names: readonly string[], seed: number): string[] {
  let state = seed;
  const next = () => (state = (state * 25_173 + 13_849) % 65_536);
  const keyed = names.map((name) => [next(), name] as const);
  return keyed.sort(([a], [b]) => a - b).map(([, name]) => name);
}

const COPIES = ['big.jpg', 'small.jpg', 'same.jpg', 'tiny.jpg', 'drawn.png'];

/** Every address of the group has a name, and all names are one file with the best copy's bytes. */
function expectLinked(out: string, rows: readonly Row[]): void {
  expect(rows).toHaveLength(COPIES.length + 1);
  const files = rows.map(({ file }) => file as string);
  expect(images(out)).toEqual([...files].sort());
  // The picture is a JPEG, and so is the name of the address that gave a PNG.
  expect(images(out)).toEqual(
    ['big.jpg', 'drawn.jpg', 'other.jpg', 'same.jpg', 'small.jpg', 'tiny.jpg'].sort(),
  );
  const group = rows.filter(({ url }) => !url.endsWith('/other.jpg'));
  const kept = group.filter(({ status }) => status === 'saved');
  expect(kept).toMatchObject([{ file: 'big.jpg' }]);
  for (const { url, status, file, duplicateOf } of group) {
    const name = url.split('/').at(-1) as string;
    expect(file?.split('.')[0]).toBe(name.split('.')[0]);
    if (name !== 'big.jpg') expect([status, duplicateOf]).toEqual(['duplicate', 'big.jpg']);
    expect(readFileSync(join(out, file as string)).equals(bytesOf('big.jpg')), name).toBe(true);
  }
  const inodes = group.map(({ file }) => statSync(join(out, file as string)).ino);
  expect(new Set(inodes).size).toBe(1);
}

describe('hardlink gives every address a name of the best copy', () => {
  const backwards = [...COPIES].reverse();
  const orders = [COPIES, backwards, ...[3, 4, 5].map((seed) => shuffled(COPIES, seed))];

  describe.each([1, 2])('in %i run(s), one after the other', (runs) => {
    test.each([COPIES, backwards])('%s, %s, %s, %s, %s', async (...names) => {
      const { out, rows, verified } = await folderAfter([...names, 'other.jpg'], 'hardlink', runs);
      expectLinked(out, rows);
      expect(verified).toMatchObject({ code: 0 });
    });
  });

  test.each(orders)('at the same time: %s, %s, %s, %s, %s', async (...names) => {
    await using server = await serveInOrder([...names, 'other.jpg']);
    const cwd = scratch();
    const out = join(cwd, 'out');
    const list = [...COPIES, 'other.jpg'].map((name) => `${server.origin}/${name}`);
    writeFileSync(join(cwd, 'list.txt'), list.join('\n'));
    const args = ['list.txt', '-o', 'out', '-j', '9', '--per-host', '9', '--on-duplicate'];
    const first = await imgtrawl([...args, 'hardlink', '--json'], { cwd });
    expect(first).toMatchObject({ code: 0 });
    const exported = async () =>
      (await imgtrawl(['export', 'out', '--format', 'jsonl'], { cwd })).lines as Row[];
    expectLinked(out, await exported());
    expect(await imgtrawl(['verify', 'out'], { cwd })).toMatchObject({ code: 0 });

    const before = images(out).map((name) => statSync(join(out, name)).ino);
    const again = await imgtrawl([...args, 'hardlink', '--json'], { cwd });
    const told = again.lines.filter(({ url }) => url !== undefined);
    expect(told.map(({ status }) => status)).toEqual(list.map(() => 'unchanged'));
    expect(images(out).map((name) => statSync(join(out, name)).ino)).toEqual(before);
    expect(await imgtrawl(['verify', 'out'], { cwd })).toMatchObject({ code: 0 });
  });
});

describe('a folder with hard links', () => {
  /** After one run, with a server that goes on and says which requests came. */
  async function linkedFolder(copies: readonly string[], ...flags: string[]) {
    const server = await serve(site);
    const cwd = scratch();
    const get = async (names: readonly string[], ...more: string[]) => {
      const list = names.map((name) => `${server.origin}/${name}`);
      writeFileSync(join(cwd, 'list.txt'), list.join('\n'));
      const ran = await imgtrawl(['list.txt', '-o', 'out', ...flags, '--json', ...more], { cwd });
      expect(ran).toMatchObject({ code: 0 });
    };
    await get(copies, '--on-duplicate', 'hardlink');
    const state = async () => ({
      rows: (await imgtrawl(['export', 'out', '--format', 'jsonl'], { cwd })).lines as Row[],
      verified: (await imgtrawl(['verify', 'out'], { cwd })).code,
    });
    return { server, cwd, out: join(cwd, 'out'), get, state };
  }

  test.each([['small.jpg'], ['big.jpg'], ['big.jpg', 'tiny.jpg']])(
    'is repaired when %s is gone',
    async (...lost) => {
      const { server, cwd, out, state } = await linkedFolder([...COPIES, 'other.jpg']);
      await using _ = server;
      for (const name of lost) rmSync(join(out, name));
      expect((await state()).verified).toBe(1);
      const before = server.log.length;
      expect(await imgtrawl(['verify', 'out', '--repair'], { cwd })).toMatchObject({
        code: 0,
      });
      expect(server.log.length).toBeGreaterThan(before);
      const { rows, verified } = await state();
      expectLinked(out, rows);
      expect(verified).toBe(0);
    },
  );

  const backwards = [...COPIES].reverse();
  test.each([COPIES, backwards])('gets names again that were deleted: %s, …', async (...names) => {
    const { server, out, get, state } = await linkedFolder(COPIES);
    await using _ = server;
    for (const name of ['big.jpg', 'drawn.jpg']) rmSync(join(out, name));
    await get(names, '-j', '1', '--on-duplicate', 'hardlink');
    const { rows, verified } = await state();
    expect(verified).toBe(0);
    const files = rows.map(({ file }) => file as string);
    expect([...files].sort()).toEqual(images(out));
    expect(files).toHaveLength(COPIES.length);
    expect(new Set(files.map((file) => statSync(join(out, file)).ino)).size).toBe(1);
    expect(readFileSync(join(out, 'tiny.jpg')).equals(bytesOf('big.jpg'))).toBe(true);
  });

  test('keeps its links while the copy that they lead to is gone and nobody gives it', async () => {
    const { server, out, get } = await linkedFolder(COPIES);
    await using _ = server;
    rmSync(join(out, 'big.jpg'));
    await get(['tiny.jpg', 'small.jpg'], '--on-duplicate', 'hardlink');
    expect(images(out)).toEqual(['drawn.jpg', 'same.jpg', 'small.jpg', 'tiny.jpg']);
  });

  test('loses with --prune the names that no source gives any more', async () => {
    const { server, out, get, state } = await linkedFolder([...COPIES, 'other.jpg']);
    await using _ = server;
    const prune = ['--on-duplicate', 'hardlink', '--prune', '--yes'];
    await get(['big.jpg', 'same.jpg', 'tiny.jpg', 'other.jpg'], ...prune);
    expect(images(out)).toEqual(['big.jpg', 'other.jpg', 'same.jpg', 'tiny.jpg']);
    await get(['tiny.jpg', 'other.jpg'], ...prune);
    // The kept copy stays, for the address that needs it.
    expect(images(out)).toEqual(['big.jpg', 'other.jpg', 'tiny.jpg']);
    expect((await state()).verified).toBe(0);
    await get(['other.jpg'], ...prune);
    expect(images(out)).toEqual(['other.jpg']);
    expect((await state()).verified).toBe(0);
  });

  test('stays whole when a later run that skips duplicates finds a better copy', async () => {
    const { server, out, get, state } = await linkedFolder(['tiny.jpg', 'drawn.png', 'small.jpg']);
    await using _ = server;
    await get(['big.jpg', 'tiny.jpg', 'drawn.png', 'small.jpg'], '--on-duplicate', 'skip');
    const { rows, verified } = await state();
    expect(verified).toBe(0);
    for (const name of images(out)) {
      expect(readFileSync(join(out, name)).equals(bytesOf('big.jpg')), name).toBe(true);
    }
    expect(images(out)).toEqual(rows.flatMap(({ file }) => file ?? []).sort());
  });

  test('gets its links when the first run skipped duplicates, without fetching again', async () => {
    const names = [...COPIES, 'other.jpg'];
    const { server, out, get, state } = await linkedFolder(names.slice(-1));
    await using _ = server;
    await get(names, '--on-duplicate', 'skip');
    await get(names, '--on-duplicate', 'hardlink');
    expect(server.log.slice(-names.length).filter((line) => !line.endsWith(' 304'))).toEqual([]);
    const { rows, verified } = await state();
    expect(verified).toBe(0);
    const inodes = rows
      .filter(({ url }) => !url.endsWith('/other.jpg'))
      .map(({ file }) => statSync(join(out, file as string)).ino);
    expect(inodes).toHaveLength(COPIES.length);
    expect(new Set(inodes).size).toBe(1);
  });

  test('named by content holds one file of each picture: a name tells the bytes', async () => {
    const { server, out, get, state } = await linkedFolder(COPIES, '--names', 'sha256');
    await using _ = server;
    await get([...COPIES].reverse(), '--on-duplicate', 'hardlink');
    expect(images(out)).toHaveLength(1);
    expect(readFileSync(join(out, images(out)[0] as string)).equals(bytesOf('big.jpg'))).toBe(true);
    expect((await state()).verified).toBe(0);
  });

  test('keeps what the user has put under a name that a link would have', async () => {
    const { server, out, get, state } = await linkedFolder(['small.jpg', 'tiny.jpg']);
    await using _ = server;
    rmSync(join(out, 'tiny.jpg'));
    writeFileSync(join(out, 'tiny.jpg'), 'mine');
    await get(['small.jpg', 'tiny.jpg', 'big.jpg'], '--on-duplicate', 'hardlink');
    expect(readFileSync(join(out, 'tiny.jpg'), 'latin1')).toBe('mine');
    const { rows, verified } = await state();
    expect(verified).toBe(0);
    const { file } = rows.find(({ url }) => url.endsWith('/tiny.jpg')) as Row;
    expect(file).toMatch(/^tiny-[0-9a-f]{8}\.jpg$/);
    expect(readFileSync(join(out, file as string)).equals(bytesOf('big.jpg'))).toBe(true);
  });
});
