/** Options that decide what is taken and what becomes of it, through the executable. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { encode, resize } from '../../fixtures/encode.ts';
import type { SiteFile } from '../../fixtures/gallery.ts';
import { photo } from '../../fixtures/photo.ts';
import { serve } from '../../fixtures/serve.ts';
import { images, imgtrawl, scratch } from './run.ts';

const site = new Map<string, SiteFile>();
let large: Uint8Array;

beforeAll(async () => {
  const picture = photo(3, 400, 300);
  large = await encode(picture, '.jpg');
  const small = await encode(await resize(photo(4, 400, 300), 200), '.jpg');
  const jpeg = (body: Uint8Array): SiteFile => ({ type: 'image/jpeg', body });
  const inline = `data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==`;
  const page = `<div class="ads"><img src="/ads/one.jpg"></div>
    <main><img src="/large.jpg"><img src="/small.jpg"><img src="${inline}">
    <picture><source type="image/webp" srcset="/p.webp"><source type="image/avif" srcset="/p.avif">
    <img src="/p.jpg"></picture></main>`;
  site.set('/', { type: 'text/html', body: page });
  site.set('/large.jpg', jpeg(large));
  site.set('/small.jpg', jpeg(small));
  site.set('/cut.jpg', jpeg(large.subarray(0, 5000)));
  for (const name of ['/ads/one.jpg', '/p.jpg']) site.set(name, jpeg(small));
  site.set('/p.webp', { type: 'image/webp', body: await encode(photo(5, 100, 80), '.webp') });
});

describe('what list finds with', () => {
  test.each([
    [[], ['/ads/one.jpg', '/large.jpg', '/small.jpg', '/p.webp']],
    [['--include', '*/s*.jpg'], ['/small.jpg']],
    [
      ['--exclude', '/ads/', '--exclude', '*.webp'],
      ['/large.jpg', '/small.jpg', '/p.avif'],
    ],
    [['--selector', '.ads'], ['/ads/one.jpg']],
    [
      ['--prefer-type', 'image/avif'],
      ['/ads/one.jpg', '/large.jpg', '/small.jpg', '/p.avif'],
    ],
  ])('%j', async (args, expected) => {
    await using server = await serve(site);
    const ran = await imgtrawl(['list', `${server.origin}/`, '--json', ...args]);
    expect(ran.code).toBe(0);
    expect(ran.lines.map(({ url }) => url.slice(server.origin.length))).toEqual(expected);
  });

  test('--data-urls', async () => {
    await using server = await serve(site);
    const args = ['list', `${server.origin}/`, '--selector', 'main', '--json', '--data-urls'];
    const ran = await imgtrawl(args);
    expect(ran.lines.filter(({ url }) => url.startsWith('data:image/gif'))).toHaveLength(1);
  });
});

describe('manifests', () => {
  const read = async (name: string, text: string, args: readonly string[]) => {
    const cwd = scratch();
    writeFileSync(join(cwd, name), text);
    const ran = await imgtrawl(['list', name, '--json', ...args], { cwd });
    return { code: ran.code, urls: ran.lines.map(({ url }) => new URL(url).pathname) };
  };

  test('--url-key', async () => {
    const text = JSON.stringify([{ large: 'http://x.test/1.jpg', url: 'http://x.test/2.jpg' }]);
    expect(await read('list.json', text, ['--url-key', 'large'])).toMatchObject({
      urls: ['/1.jpg'],
    });
  });

  test('--url-column', async () => {
    const text = 'url,original\nhttp://x.test/1.jpg,http://x.test/2.jpg\n';
    expect(await read('list.csv', text, ['--url-column', 'original'])).toMatchObject({
      urls: ['/2.jpg'],
    });
  });

  test('--input-format reads as a list what looks like a page', async () => {
    const text = '# <img src="no.jpg">\nhttp://x.test/1.jpg\n';
    expect(await read('page.html', text, ['--input-format', 'list'])).toMatchObject({
      code: 0,
      urls: ['/1.jpg'],
    });
  });
});

describe('what get takes', () => {
  test('--min-width, --min-height, --max-bytes', async () => {
    await using server = await serve(site);
    for (const [args, expected] of [
      [['--min-width', '300'], ['large.jpg']],
      [['--min-height', '200'], ['large.jpg']],
      [['--max-bytes', `${large.length - 1}`], ['small.jpg']],
    ] as const) {
      const cwd = scratch();
      const wanted = ['large', 'small'].map((name) => `${server.origin}/${name}.jpg`);
      await imgtrawl([...wanted, '-o', 'out', ...args], { cwd });
      expect(images(join(cwd, 'out'))).toEqual(expected);
    }
  });

  test('--max-pixels refuses to decode more', async () => {
    await using server = await serve(site);
    const cwd = scratch();
    const args = [`${server.origin}/large.jpg`, '-o', 'out', '--max-pixels', '100000'];
    const ran = await imgtrawl(args, { cwd });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('[too-many-pixels]');
    expect(images(join(cwd, 'out'))).toEqual([]);
  });

  test('--keep-damaged keeps what is cut off, apart', async () => {
    await using server = await serve(site);
    const cwd = scratch();
    const args = [`${server.origin}/cut.jpg`, '-o', 'out', '--retries', '0'];
    await imgtrawl(args, { cwd });
    expect(existsSync(join(cwd, 'out/.imgtrawl/damaged'))).toBe(false);
    const ran = await imgtrawl([...args, '--keep-damaged'], { cwd });
    expect(ran.stderr).toContain('[truncated]');
    expect(images(join(cwd, 'out'))).toEqual([]);
    const damaged = join(cwd, 'out/.imgtrawl/damaged');
    const [name] = readdirSync(damaged);
    expect(readFileSync(join(damaged, name as string)).length).toBe(5000);
  });
});

test('hash --dihedral gives the eight orientations', async () => {
  const cwd = scratch();
  writeFileSync(join(cwd, 'a.jpg'), large);
  const ran = await imgtrawl(['hash', 'a.jpg', '--json', '--dihedral'], { cwd });
  const [{ pdq, dihedral }] = ran.lines;
  expect(Object.keys(dihedral)).toHaveLength(8);
  expect(new Set(Object.values(dihedral)).size).toBe(8);
  expect(Object.values(dihedral)).toContain(pdq);
});

test('dedupe --near-threshold 0 holds only the same hash for the same picture', async () => {
  const cwd = scratch();
  writeFileSync(join(cwd, 'a.jpg'), large);
  writeFileSync(join(cwd, 'b.jpg'), await encode(photo(3, 400, 300), '.jpg[Q=30]'));
  const groups = async (...args: string[]) =>
    (await imgtrawl(['dedupe', '.', '--json', ...args], { cwd })).lines.length;
  const usual = await groups();
  const { lines } = await imgtrawl(['hash', 'a.jpg', 'b.jpg', '--json'], { cwd });
  expect(lines[0].pdq).not.toBe(lines[1].pdq);
  expect(await groups('--near-threshold', '0')).toBeLessThan(usual);
});

test('-q prints failures only, -v more than usual', async () => {
  await using server = await serve(site);
  const cwd = scratch();
  const lengths: number[] = [];
  for (const [i, flags] of [['-q'], [], ['-v']].entries()) {
    const args = [`${server.origin}/large.jpg`, '-o', `out${i}`, ...flags];
    const { stdout, stderr } = await imgtrawl(args, { cwd });
    lengths.push((stdout + stderr).length);
  }
  expect(lengths[0]).toBe(0);
  expect(lengths[1]).toBeGreaterThan(0);
  expect(lengths[2]).toBeGreaterThan(lengths[1] as number);
});
