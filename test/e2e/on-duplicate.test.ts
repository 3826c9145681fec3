import { readFileSync, statSync, writeFileSync } from 'node:fs';
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

test('hardlink gives the names of later copies to the best one', async () => {
  const names = ['big.jpg', 'small.jpg', 'same.jpg', 'other.jpg'];
  const { out, files } = await folderAfter(names, 'hardlink');
  expect(files).toEqual([...names].sort());
  const inodes = ['big.jpg', 'small.jpg', 'same.jpg'].map((name) => statSync(join(out, name)).ino);
  expect(new Set(inodes).size).toBe(1);
  expect(readFileSync(join(out, 'small.jpg')).equals(bytesOf('big.jpg'))).toBe(true);
});
