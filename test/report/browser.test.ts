import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeReport } from '../../src/report/mod.ts';
import { hasChromium, launch, open } from './browser.ts';
import { folderWith, type Given } from './folder.ts';

// biome-ignore lint/suspicious/noExplicitAny: the browser's own, which the program's types do not know
declare const document: any;

const small: Given[] = [
  { url: 'https://a.test/dawn.png', file: 'dawn.png', row: { alt: 'Dawn over the hills' } },
  { url: 'https://a.test/dusk.png', file: 'dusk.png', image: { format: 'webp' } },
  { url: 'https://b.test/noon.png', file: 'noon.png', status: 'unchanged' },
  { url: 'https://b.test/dawn-small.png', status: 'duplicate', near: 0 },
  {
    url: 'https://b.test/gone.png',
    status: 'failed',
    row: { error: 'http-status', message: 'https://b.test/gone.png answered 404' },
  },
];

/** What strangers would like a report to run. Each part sets `window.hit` if it ever does. */
const evil = [
  '<img src=x onerror="window.hit=1">',
  '"><script>window.hit=1</script>',
  '</script><script>window.hit=1</script>',
  "'onmouseover='window.hit=1",
  '<!--<script>',
  '\u2028window.hit=1\u202e',
  `]]></style><svg onload=window.hit=1>`,
];

const hostile: Given[] = evil.flatMap((bad, at): Given[] => {
  const name = `${bad.replaceAll('/', '_')}${at}.png`;
  const row = { alt: bad, page: `https://p.test/${bad}`, contentType: bad };
  const failed = { error: bad, message: bad, page: 'javascript:window.hit=1' };
  return [
    { url: `https://h.test/${bad}`, file: name, row },
    { url: `javascript:window.hit=1//${bad}`, status: 'duplicate', near: 0, row },
    { url: `data:text/html,${bad}`, file: `d${name}`, row, image: { format: bad as 'png' } },
    { url: `https://${at}.test/fail`, status: 'failed', row: failed },
    { url: `javascript:window.hit=1//${at}`, status: 'failed', row: failed },
  ];
});

describe.skipIf(!hasChromium)('a report in Chromium (skipped without /usr/bin/chromium)', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  test('shows images, duplicates, failures, hosts and the timeline; quietly, from files alone', async () => {
    const { page, said, left } = await open(browser, await writeReport(folderWith(small)));
    const cards = page.locator('#cards > li');
    expect(await cards.count()).toBe(3);
    const dawn = page.locator('#cards img[alt="Dawn over the hills"]');
    await expect.poll(() => dawn.evaluate((one) => one.naturalWidth)).toBe(4);
    expect(await dawn.getAttribute('loading')).toBe('lazy');
    expect(await page.locator('#count').textContent()).toBe('1–3 of 3 that match, of 5');
    expect(await page.locator('#duplicates').textContent()).toMatch(
      /12 bits apart[\s\S]*dawn-small\.png/,
    );
    const failures = await page.locator('#failures').textContent();
    expect(failures).toMatch(/http-status[\s\S]*Check the address[\s\S]*gone\.png\s*answered 404/);
    expect(await page.locator('#hosts tbody tr').count()).toBe(2);
    expect(await page.locator('#timeline svg rect').count()).toBeGreaterThanOrEqual(8);
    expect(await page.locator('#timeline > p').first().textContent()).toMatch(/4 downloads/);
    for (const image of await page.locator('#duplicates img').all()) {
      await image.scrollIntoViewIfNeeded();
      await expect.poll(() => image.evaluate((one) => one.naturalWidth)).toBeGreaterThan(0);
    }
    expect({ said, left }).toEqual({ said: [], left: [] });
  });

  test('filters by keyboard alone, and tells how many match', async () => {
    const { page, said } = await open(browser, await writeReport(folderWith(small)));
    const count = page.locator('#count');
    expect(await count.getAttribute('role')).toBe('status');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(
      'Skip to the images',
    );
    for (
      let n = 0;
      n < 20 && !(await page.evaluate(() => document.activeElement?.id === 'search'));
      n++
    )
      await page.keyboard.press('Tab');
    await page.keyboard.type('HILLS');
    await expect.poll(() => count.textContent()).toBe('1–1 of 1 that match, of 5');
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
    await expect.poll(() => count.textContent()).toBe('1–3 of 3 that match, of 5');

    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('status');
    await page.keyboard.type('Fail');
    await expect.poll(() => page.locator('#cards').textContent()).toMatch(/Failed: http-status/);
    await page.keyboard.press('Home');
    await expect.poll(() => count.textContent()).toBe('1–5 of 5');
    await page.keyboard.press('Tab');
    await page.keyboard.type('webp');
    await expect.poll(() => count.textContent()).toMatch(/^1–1 of 1 /);
    await page.keyboard.press('Home');
    await page.keyboard.press('Tab');
    await page.keyboard.type('b.test');
    await expect.poll(() => count.textContent()).toMatch(/^1–3 of 3 /);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect.poll(() => count.textContent()).toBe('1–3 of 3 that match, of 5');
    expect(said).toEqual([]);
  });

  test('shows an image large and goes on to the next, by keyboard; the focus comes back', async () => {
    const { page, said } = await open(browser, await writeReport(folderWith(small)));
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    await page.locator('#cards button').first().focus();
    await page.keyboard.press('Enter');
    const viewer = page.getByRole('dialog');
    await expect.poll(() => viewer.textContent()).toMatch(/dawn\.png[\s\S]*Dawn over the hills/);
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => viewer.textContent()).toMatch(/dusk\.png/);
    await page.keyboard.press('Escape');
    await expect.poll(() => viewer.isVisible()).toBe(false);
    await expect.poll(focused).toBe('dusk.png, show large');
    expect(said).toEqual([]);
  });

  test('every field has a name, every image a text, every table headings', async () => {
    const { page } = await open(browser, await writeReport(folderWith(small)));
    const nameless = await page.evaluate(() => {
      const faults: string[] = [];
      for (const field of document.querySelectorAll('input, select')) {
        if (!field.labels?.length) faults.push(field.id);
      }
      for (const image of document.querySelectorAll('main img:not(dialog img)')) {
        if (!image.getAttribute('alt')) faults.push(image.outerHTML);
      }
      for (const table of document.querySelectorAll('table')) {
        if (!table.querySelector('th[scope]')) faults.push(table.outerHTML);
      }
      const levels = [...document.querySelectorAll('h1, h2, h3')].map((one) =>
        Number(one.tagName[1]),
      );
      for (const [at, level] of levels.entries()) {
        if (level > (levels[at - 1] ?? 0) + 1) faults.push(`h${level} after h${levels[at - 1]}`);
      }
      return faults;
    });
    expect(nameless).toEqual([]);
  });

  test('runs nothing that names, addresses, texts or errors hold', async () => {
    const { page, said, left, popups } = await open(
      browser,
      await writeReport(folderWith(hostile)),
    );
    await page.locator('#status').selectOption('');
    for (const summary of await page.locator('summary').all()) await summary.click();
    const cards = page.locator('#cards > li');
    expect(await cards.count()).toBe(hostile.length);
    for (const button of await page.locator('#cards button').all()) {
      await button.hover();
      await button.click();
      await page.keyboard.press('Escape');
    }
    const state = await page.evaluate(() => ({
      hit: (globalThis as { hit?: unknown }).hit ?? 'nothing',
      scripts: document.scripts.length,
      links: [...document.links].filter(({ protocol }) => !/^(?:https?|file):$/.test(protocol))
        .length,
      handlers: [...document.querySelectorAll('*')].filter((one) =>
        one.getAttributeNames().some((name: string) => name.startsWith('on')),
      ).length,
    }));
    expect(state).toEqual({ hit: 'nothing', scripts: 2, links: 0, handlers: 0 });
    expect({ said, left, popups }).toEqual({ said: [], left: [], popups: [] });
    // The names are there to be read, as they are.
    expect(await page.locator('#cards').textContent()).toContain(evil[0]);
  });

  test('an injected script would be stopped by the policy', async () => {
    const { page, said } = await open(browser, await writeReport(folderWith(small)));
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.hit = 1';
      document.body.append(script);
      document.body.insertAdjacentHTML('beforeend', '<img src="https://out.test/x.png">');
    });
    await expect.poll(() => said.length).toBeGreaterThanOrEqual(2);
    expect(await page.evaluate(() => (globalThis as { hit?: unknown }).hit)).toBeUndefined();
  });

  test('stays usable with 10,000 images', async () => {
    const many = Array.from({ length: 10_000 }, (_, n): Given => {
      const url = `https://h${n % 7}.test/gallery/photo-${n}.png`;
      if (n % 10 === 9)
        return { url, status: 'failed', row: { error: 'timeout', message: 'late' } };
      // Files are missing but for the first ones: a missing file must not stop the others.
      return n < 5 ? { url, file: `photo-${n}.png` } : { url, image: { file: `photo-${n}.png` } };
    });
    const { page, left } = await open(browser, await writeReport(folderWith(many)));
    const count = page.locator('#count');
    expect(await count.textContent()).toBe('1–120 of 9,000 that match, of 10,000');
    // However many there are, the page holds one screenful of pages of them.
    expect(await page.locator('#cards > li').count()).toBe(120);
    expect(await page.evaluate(() => document.querySelectorAll('*').length)).toBeLessThan(10_000);
    // By key: cards take their true height when they come into view, and a button moves away from the mouse.
    await page.getByRole('button', { name: 'Next' }).press('Enter');
    await expect.poll(() => count.textContent()).toMatch(/^121–240 /);
    await page.locator('#search').fill('photo-7654');
    await expect.poll(() => count.textContent()).toBe('1–1 of 1 that match, of 10,000');
    await page.locator('#search').fill('');
    await page.locator('#host').selectOption('h3.test');
    await page.locator('#status').selectOption('failed');
    await expect.poll(() => count.textContent()).toBe('1–120 of 143 that match, of 10,000');
    expect(left).toEqual([]);
  });

  test('needs no sideways scrolling on a phone', async () => {
    const list = [...small, ...hostile];
    const { page } = await open(browser, await writeReport(folderWith(list)), 400);
    await page.locator('#status').selectOption('');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      400,
    );
  });
});
