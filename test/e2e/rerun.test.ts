import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { encode } from '../../fixtures/encode.ts';
import type { SiteFile } from '../../fixtures/gallery.ts';
import { photo } from '../../fixtures/photo.ts';
import { type Served, serve } from '../../fixtures/serve.ts';
import { images, imgtrawl, scratch } from './run.ts';

const pictures = await Promise.all(
  [51, 52, 53, 54].map((seed) => encode(photo(seed, 500, 400), '.jpg[Q=85]')),
);
const jpeg = (place: number): SiteFile => ({
  type: 'image/jpeg',
  body: pictures[place] as Uint8Array,
});
const html = (body: string): SiteFile => ({ type: 'text/html', body });

let site: Map<string, SiteFile>;
beforeEach(() => {
  site = new Map([
    ['/', html('<link rel=stylesheet href=a.css><img src=a.jpg><img src=b.jpg><img src=gone.jpg>')],
    ['/a.css', { type: 'text/css', body: 'p { background: url(c.jpg) }' }],
    ['/a.jpg', jpeg(0)],
    ['/b.jpg', jpeg(1)],
    ['/c.jpg', jpeg(2)],
  ]);
});

/** One night: runs `get` on the site, and says what the server was asked. */
async function night(server: Served, cwd: string, args: string[] = []) {
  server.log.length = 0;
  const ran = await imgtrawl([`${server.origin}/`, '-o', 'out', '--json', ...args], { cwd });
  const summary = ran.lines.findLast((line) => line.type === 'summary');
  return { ...ran, summary, log: [...server.log].filter((line) => !line.includes('robots.txt')) };
}

describe('the second night', () => {
  test('transfers no body of what did not change: pages, sheets and images', async () => {
    await using server = await serve(site);
    const cwd = scratch();
    expect((await night(server, cwd)).summary).toMatchObject({ saved: 3, failed: 1 });
    const again = await night(server, cwd);
    expect(again.summary).toMatchObject({ saved: 0, unchanged: 3, failed: 1, bytes: 0 });
    expect(again.log.filter((line) => line.endsWith(' 200'))).toEqual([]);
  });

  test('transfers no image again that the user names, and reads a page that took its place', async () => {
    await using server = await serve(site);
    const cwd = scratch();
    const named = async () => {
      server.log.length = 0;
      return await imgtrawl([`${server.origin}/a.jpg`, '-o', 'out', '--json'], { cwd });
    };
    expect((await named()).lines.at(-1)).toMatchObject({ saved: 1 });
    expect((await named()).lines.at(-1)).toMatchObject({ unchanged: 1, bytes: 0 });
    expect(server.log).toEqual(['GET /a.jpg 304']);
    site.set('/a.jpg', html('<img src=b.jpg>'));
    expect((await named()).lines.at(-1)).toMatchObject({ saved: 1, failed: 0 });
    expect(images(join(cwd, 'out'))).toContain('b.jpg');
  });

  test.each(['exact', 'near'])(
    'saves a copy of a picture whose file is gone and whose address nobody names (--dedupe %s)',
    async (mode) => {
      site.set('/', html('<img src=a.jpg>'));
      await using server = await serve(site);
      const cwd = scratch();
      await night(server, cwd, ['--dedupe', mode]);
      rmSync(join(cwd, 'out/a.jpg'));
      site.set('/', html('<img src=copy.jpg><img src=other.jpg>'));
      site.set('/copy.jpg', jpeg(0));
      site.set('/other.jpg', jpeg(0));
      const again = await night(server, cwd, ['--dedupe', mode]);
      expect(again.summary).toMatchObject({ saved: 1, duplicates: 1, failed: 0 });
      expect(images(join(cwd, 'out'))).toHaveLength(1);
    },
  );

  test('asks first for what failed, and --retry-failed for nothing else', async () => {
    const many = Array.from({ length: 400 }, (_, place) => `x${place}.jpg`);
    for (const name of many) site.set(`/${name}`, jpeg(1));
    site.set('/', html(`${many.map((name) => `<img src=${name}>`).join('')}<img src=gone.jpg>`));
    await using server = await serve(site);
    const cwd = scratch();
    await night(server, cwd);
    site.set('/gone.jpg', jpeg(3));
    const again = await night(server, cwd, ['-j', '1']);
    const asked = again.log.filter((line) => line.includes('.jpg'));
    // Those that are under way together overtake each other; it was the last of the page.
    expect(asked.indexOf('GET /gone.jpg 200')).toBeLessThan(300);
    expect(asked).toHaveLength(401);
    expect(again.code).toBe(0);
    site.delete('/gone.jpg');
    await night(server, cwd, ['--refresh']);
    const only = await night(server, cwd, ['--retry-failed']);
    expect(only.log.filter((line) => line.includes('.jpg'))).toEqual(['GET /gone.jpg 404']);
  });

  test('--refresh asks for everything anew', async () => {
    await using server = await serve(site);
    const cwd = scratch();
    await night(server, cwd);
    const again = await night(server, cwd, ['--refresh']);
    expect(again.log.filter((line) => line.endsWith(' 304'))).toEqual([]);
    expect(again.summary).toMatchObject({ saved: 0, unchanged: 3 });
  });

  test('a file that is gone or was changed is fetched again, and the change is kept', async () => {
    await using server = await serve(site);
    const cwd = scratch();
    await night(server, cwd);
    rmSync(join(cwd, 'out/a.jpg'));
    writeFileSync(join(cwd, 'out/b.jpg'), 'mine now');
    const again = await night(server, cwd);
    expect(again.summary).toMatchObject({ saved: 2, unchanged: 1 });
    expect(readFileSync(join(cwd, 'out/a.jpg')).equals(pictures[0] as Uint8Array)).toBe(true);
    expect(readFileSync(join(cwd, 'out/b.jpg'), 'utf8')).toBe('mine now');
    expect(images(join(cwd, 'out'))).toHaveLength(4);
  });

  test('a new version of an image takes the place of the old one', async () => {
    await using server = await serve(site);
    const cwd = scratch();
    await night(server, cwd);
    site.set('/a.jpg', jpeg(3));
    const again = await night(server, cwd);
    expect(again.summary).toMatchObject({ saved: 1, unchanged: 2 });
    expect(images(join(cwd, 'out'))).toEqual(['a.jpg', 'b.jpg', 'c.jpg']);
    expect(readFileSync(join(cwd, 'out/a.jpg')).equals(pictures[3] as Uint8Array)).toBe(true);
  });

  test('an image that failed in between is not forgotten', async () => {
    await using server = await serve(site);
    const cwd = scratch();
    await night(server, cwd);
    site.delete('/a.jpg');
    expect((await night(server, cwd)).summary).toMatchObject({ failed: 2, unchanged: 2 });
    site.set('/a.jpg', jpeg(0));
    expect((await night(server, cwd)).summary).toMatchObject({ saved: 0, unchanged: 3 });
  });

  test('what was too small stays known', async () => {
    await using server = await serve(site);
    const cwd = scratch();
    const first = await night(server, cwd, ['--min-width', '600']);
    expect(first.summary).toMatchObject({ filtered: 3, saved: 0 });
    const again = await night(server, cwd, ['--min-width', '600']);
    expect(again.summary).toMatchObject({ filtered: 3, bytes: 0 });
    expect((await night(server, cwd)).summary).toMatchObject({ saved: 3 });
  });
});

describe('--prune', () => {
  test('removes what the page no longer names, with --yes only', async () => {
    await using server = await serve(site);
    const cwd = scratch();
    await night(server, cwd);
    site.set('/', html('<img src=b.jpg>'));
    const asked = await night(server, cwd, ['--prune']);
    expect(asked.stderr).toMatch(/a\.jpg\n.*c\.jpg\n.*2 file\(s\).*--yes/);
    expect(images(join(cwd, 'out'))).toHaveLength(3);
    const pruned = await night(server, cwd, ['--prune', '--yes']);
    expect(pruned.lines.filter((line) => line.type === 'pruned').map(({ file }) => file)).toEqual([
      'a.jpg',
      'c.jpg',
    ]);
    expect(images(join(cwd, 'out'))).toEqual(['b.jpg']);
  });

  test('removes nothing when a source could not be read', async () => {
    await using server = await serve(site);
    const cwd = scratch();
    await night(server, cwd);
    site.delete('/');
    const ran = await night(server, cwd, ['--prune', '--yes']);
    expect(ran.stderr).toMatch(/nothing was removed/);
    expect(images(join(cwd, 'out'))).toHaveLength(3);
  });
});

describe('verify', () => {
  test('finds what is missing, changed and unknown; --repair fetches it again', async () => {
    await using server = await serve(site);
    const cwd = scratch();
    await night(server, cwd);
    expect((await imgtrawl(['verify', 'out'], { cwd })).code).toBe(0);
    rmSync(join(cwd, 'out/a.jpg'));
    writeFileSync(join(cwd, 'out/b.jpg'), pictures[3] as Uint8Array);
    writeFileSync(join(cwd, 'out/notes.txt'), 'mine');
    const found = await imgtrawl(['verify', 'out', '--json'], { cwd });
    expect(found.code).toBe(1);
    expect(found.lines.map(({ file, state }) => [file, state]).sort()).toEqual([
      ['a.jpg', 'missing'],
      ['b.jpg', 'changed'],
      ['c.jpg', 'ok'],
      ['notes.txt', 'unknown'],
    ]);
    const repaired = await imgtrawl(['verify', 'out', '--repair'], { cwd });
    expect(repaired.code).toBe(0);
    for (const [name, place] of [
      ['a.jpg', 0],
      ['b.jpg', 1],
    ] as const) {
      expect(readFileSync(join(cwd, 'out', name)).equals(pictures[place] as Uint8Array)).toBe(true);
    }
    expect(
      readFileSync(join(cwd, 'out/.imgtrawl/changed/b.jpg')).equals(pictures[3] as Uint8Array),
    ).toBe(true);
    expect((await imgtrawl(['verify', 'out'], { cwd })).code).toBe(0);
  });

  test('--repair makes a new catalog from the files when the old one is noise', async () => {
    await using server = await serve(site);
    const cwd = scratch();
    await night(server, cwd);
    writeFileSync(join(cwd, 'out/.imgtrawl/catalog.sqlite'), Buffer.alloc(5000, 7));
    const refused = await night(server, cwd);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/catalog.*verify --repair/is);
    expect((await imgtrawl(['verify', 'out', '--repair'], { cwd })).code).toBe(0);
    const next = await night(server, cwd);
    expect(next.summary).toMatchObject({ failed: 1 });
    expect(images(join(cwd, 'out'))).toEqual(['a.jpg', 'b.jpg', 'c.jpg']);
  });
});

test('export writes the catalog, a row for each address', async () => {
  await using server = await serve(site);
  const cwd = scratch();
  await night(server, cwd);
  const { lines } = await imgtrawl(['export', 'out'], { cwd });
  expect(
    lines.map(({ url, status, file }) => [new URL(url).pathname, status, file]).sort(),
  ).toEqual([
    ['/a.jpg', 'saved', 'a.jpg'],
    ['/b.jpg', 'saved', 'b.jpg'],
    ['/c.jpg', 'saved', 'c.jpg'],
    ['/gone.jpg', 'failed', undefined],
  ]);
  for (const format of ['csv', 'parquet', 'webdataset']) {
    expect(
      (await imgtrawl(['export', 'out', '--format', format, '-o', `made.${format}`], { cwd })).code,
    ).toBe(0);
  }
  expect(readFileSync(join(cwd, 'made.csv'), 'utf8').split('\r\n')).toHaveLength(6);
  expect(readFileSync(join(cwd, 'made.parquet')).subarray(0, 4).toString()).toBe('PAR1');
  expect(images(join(cwd, 'made.webdataset'))).toEqual(['images-000000.tar']);
});
