import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CandidateImage, FileGroup, FileReport, PictureFile } from '../../src/dedupe/mod.ts';
import { THUMBNAIL_BYTES } from '../../src/inspect/thumbnail.ts';
import { writeFileGroups } from '../../src/report/mod.ts';
import { hasChromium, launch, open } from './browser.ts';

// biome-ignore lint/suspicious/noExplicitAny: the browser's own, which the program's types do not know
declare const document: any;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'imgtrawl-groups-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (path: string, more: Partial<CandidateImage> = {}): PictureFile => ({
  path,
  size: 9,
  mtimeNs: 1n,
  image: {
    ...{
      sha256: path,
      name: path,
      format: 'jpeg' as const,
      width: 900,
      height: 600,
      bytes: 90_000,
    },
    ...more,
  },
});

const near = (path: string, more: Partial<CandidateImage> = {}, distance = 8) => ({
  ...file(path, more),
  distance,
});

const reportOf = (groups: Omit<FileGroup, 'group'>[], unread: FileReport['unread'] = []) => ({
  groups: groups.map((group, at) => ({ group: at + 1, ...group })),
  unread,
  pictures: 100,
});

const write = (report: FileReport, name = 'groups.html') =>
  writeFileGroups(join(folder, name), report, {
    thumbnailOf: () => new Uint8Array(THUMBNAIL_BYTES).fill(90),
    made: 0,
  });

const pair = reportOf([
  {
    kind: 'near',
    keep: file('in/kept.jpg'),
    duplicates: [
      { ...file('in/twin.jpg', { sha256: 'in/kept.jpg' }), distance: 0 },
      near('in/small.webp', { format: 'webp', width: 300, height: 200, bytes: 9000 }),
      near('in/cut.jpg', { width: 855, bytes: 85_000 }, 40),
    ],
  },
]);

describe('the page of dedupe --html', () => {
  test('says which copy is kept, how each is stored, and what differs', async () => {
    const text = readFileSync(await write(pair), 'utf8');
    const copies = [...text.matchAll(/<figcaption>([\s\S]*?)<\/figcaption>/g)].map(([, one]) =>
      (one as string)
        .replaceAll(/<[^>]+>/g, ' ')
        .replaceAll(/\s+/g, ' ')
        .trim(),
    );
    const shown = '(shown as a small likeness)';
    expect(copies).toEqual([
      `Kept 900×600 jpeg, 90 KB ${shown} in/kept.jpg`,
      `Same bytes 900×600 jpeg, 90 KB ${shown} in/twin.jpg`,
      `8 bits apart 300×200 webp, 9.0 KB ${shown} webp instead of jpeg, 11 % of the pixels, 10 % of the bytes in/small.webp`,
      `40 bits apart 855×600 jpeg, 85 KB ${shown} 95 % of the pixels, 5 % narrower in shape, 94 % of the bytes in/cut.jpg`,
    ]);
  });

  test('the largest groups come first, under the numbers of the other output', async () => {
    const group = (path: string, copies: number, bytes = 10) => ({
      kind: 'near' as const,
      keep: file(path),
      duplicates: Array.from({ length: copies }, (_, at) => near(`${path}${at}`, { bytes })),
    });
    const report = reportOf([group('a', 1), group('b', 3), group('c', 1, 50)]);
    const text = readFileSync(await write(report), 'utf8');
    const titles = [...text.matchAll(/<h3[^>]*>(.*?)<\/h3>/g)].map(([, title]) => title);
    expect(titles).toEqual(['2. <bdi>b</bdi>', '3. <bdi>c</bdi>', '1. <bdi>a</bdi>']);
  });

  test('a name in which nothing is invisible', async () => {
    const name = 'photo\u202egpj.exe\n\u0000\u200b.jpg';
    const report = reportOf([{ kind: 'near', keep: file(name), duplicates: [near('b')] }]);
    const text = readFileSync(await write(report), 'utf8');
    expect(text).toContain('photo⟨U+202E⟩gpj.exe␊␀⟨U+200B⟩.jpg');
    expect(text).not.toMatch(/[\u202e\u200b\0]/);
  });

  test.each(['a.jpg', 'html', 'page.html.png', ''])('%j is no name for the page', async (name) => {
    if (name !== '') writeFileSync(join(folder, name), 'mine');
    await expect(write(pair, name)).rejects.toThrow(/must end in \.html/);
    if (name !== '') expect(readFileSync(join(folder, name), 'utf8')).toBe('mine');
  });

  test('a folder that is not there is said before anything is written', async () => {
    await expect(write(pair, 'none/groups.html')).rejects.toThrow(/none/);
  });
});

const evil = [
  '<img src=x onerror="window.hit=1">',
  '"><script>window.hit=1<',
  "'onmouseover='window.hit=1",
  'javascript:window.hit=1',
  '\u202e\u0007\r\n#?%2e%2e&amp;.jpg',
  '<!--<script>',
];

describe.skipIf(!hasChromium)('the same in Chromium (skipped without /usr/bin/chromium)', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  /** Two real pictures, 60 pixels wide, of which the page knows likenesses. */
  async function withFiles() {
    mkdirSync(join(folder, 'in'));
    const names = [join(folder, 'in/a #1.png'), join(folder, 'in/b.png')];
    for (const name of names) {
      await sharp({ create: { width: 60, height: 40, channels: 3, background: 'red' } })
        .png()
        .toFile(name);
    }
    const [keep, other] = names as [string, string];
    return reportOf([{ kind: 'near', keep: file(keep), duplicates: [near(other)] }]);
  }

  const widths = `[...document.querySelectorAll('.copy img')].map((one) => one.naturalWidth)`;

  test('shows the files themselves, and their likenesses once the page has moved', async () => {
    const path = await write(await withFiles());
    const here = await open(browser, path);
    await expect.poll(() => here.page.evaluate(widths)).toEqual([60, 60]);
    expect(await here.page.locator('.copy').first().textContent()).toMatch(/^\s*Kept/);
    expect({ said: here.said, left: here.left }).toEqual({ said: [], left: [] });

    mkdirSync(join(folder, 'else'));
    renameSync(path, join(folder, 'else/groups.html'));
    const moved = await open(browser, join(folder, 'else/groups.html'));
    await expect.poll(() => moved.said.length).toBe(2);
    expect(await moved.page.evaluate(widths)).toEqual([48, 48]);
    expect(moved.left).toEqual([]);
  });

  test('runs nothing that names hold, and every picture can be reached by keyboard', async () => {
    const report = reportOf(
      evil.map((name) => ({ kind: 'near', keep: file(name), duplicates: [near(`${name}2`)] })),
      evil.map((name) => ({ path: name, code: name, message: name })),
    );
    const { page, left, popups } = await open(browser, await write(report));
    for (const summary of await page.locator('summary').all()) await summary.click();
    const state = await page.evaluate(() => ({
      hit: (globalThis as { hit?: unknown }).hit ?? 'nothing',
      scripts: document.scripts.length,
      schemes: [...new Set([...document.links].map(({ protocol }) => protocol))],
      handlers: [...document.querySelectorAll('*')].filter((one) =>
        one.getAttributeNames().some((name: string) => name.startsWith('on')),
      ).length,
    }));
    expect(state).toEqual({ hit: 'nothing', scripts: 1, schemes: ['file:'], handlers: 0 });
    expect({ left, popups }).toEqual({ left: [], popups: [] });
    expect(await page.locator('main').textContent()).toContain(evil[0]);

    const reached = new Set<string>();
    for (let n = 0; n < 30; n++) {
      await page.keyboard.press('Tab');
      reached.add(await page.evaluate(() => document.activeElement?.outerHTML ?? ''));
    }
    expect([...reached].filter((one) => /^<a [^>]*><img/.test(one))).toHaveLength(12);
  });

  test('an injected script or address would be stopped by the policy', async () => {
    const { page, said } = await open(browser, await write(pair));
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.hit = 1';
      document.body.append(script);
      document.body.insertAdjacentHTML('beforeend', '<img src="https://out.test/x.png">');
    });
    await expect.poll(() => said.filter((one) => /Content Security/.test(one)).length).toBe(2);
    expect(await page.evaluate(() => (globalThis as { hit?: unknown }).hit)).toBeUndefined();
  });

  test('stays usable with 10,000 groups, and on a phone', async () => {
    const many = Array.from({ length: 10_000 }, (_, at) => ({
      kind: 'near' as const,
      keep: file(`some/where/photo-${at}.jpg`),
      duplicates: [near(`some/where/photo-${at}-small.jpg`)],
    }));
    const { page, left } = await open(browser, await write(reportOf(many)), 400);
    expect(await page.locator('h1 + p').isVisible()).toBe(true);
    const folds = page.locator('#duplicates > details');
    expect(await folds.count()).toBe(200);
    await folds.nth(80).locator('summary').focus();
    await page.keyboard.press('Enter');
    const last = folds.nth(80).locator('article').nth(49);
    await last.scrollIntoViewIfNeeded();
    expect(await last.textContent()).toMatch(/4,050\. some\/where\/photo-4049\.jpg/);
    expect(await last.locator('img').first().isVisible()).toBe(true);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      400,
    );
    expect(left).toEqual([]);
  });
});
