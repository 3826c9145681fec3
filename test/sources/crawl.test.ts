import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CrawlFrontier, type CrawlOptions, type CrawlScope } from '../../src/sources/mod.ts';

const START = 'https://www.a.test/gallery/index.html';

/** Whether a link on the start page is followed. */
function follows(url: string, options: CrawlOptions = {}, rel: string[] = []): boolean {
  const frontier = new CrawlFrontier({ depth: 1, ...options });
  frontier.start(START);
  return frontier.add({ url, rel }, frontier.next()!);
}

/** Crawls a site given as page → links; returns the pages in the order read. */
function crawl(site: Record<string, string[]>, start: string, options: CrawlOptions): string[] {
  const frontier = new CrawlFrontier(options);
  frontier.start(start);
  const read: string[] = [];
  for (let page = frontier.next(); page !== undefined; page = frontier.next()) {
    read.push(page.url);
    for (const url of site[page.url] ?? []) frontier.add({ url }, page);
  }
  return read;
}

describe('scope', () => {
  const urls = {
    same: 'https://www.a.test/gallery/index.html#top',
    path: 'http://www.a.test/gallery/hills/1',
    host: 'https://www.a.test/other',
    domain: 'https://images.a.test/x',
    any: 'https://b.test/x',
  };
  test.each<[CrawlScope, (keyof typeof urls)[]]>([
    ['page', []],
    ['path', ['path']],
    ['host', ['path', 'host']],
    ['domain', ['path', 'host', 'domain']],
    ['any', ['path', 'host', 'domain', 'any']],
  ])('%s', (scope, expected) => {
    const followed = Object.entries(urls).filter(([, url]) => follows(url, { scope }));
    expect(followed.map(([name]) => name)).toEqual(expected);
  });

  test('hosts on a shared domain are sites of their own', () => {
    const frontier = new CrawlFrontier({ depth: 1, scope: 'domain' });
    frontier.start('https://me.github.io/');
    const page = frontier.next()!;
    expect(frontier.add({ url: 'https://you.github.io/' }, page)).toBe(false);
    expect(frontier.add({ url: 'https://me.github.io/x' }, page)).toBe(true);
  });

  test('counts from where the start page was redirected to, as well', () => {
    const frontier = new CrawlFrontier({ depth: 1 });
    frontier.start('https://a.test/');
    const page = frontier.next()!;
    expect(frontier.landed(page, 'https://www.a.test/home')).toBe(true);
    expect(frontier.add({ url: 'https://www.a.test/x' }, page)).toBe(true);
    expect(frontier.add({ url: 'https://c.test/x' }, page)).toBe(false);
  });
});

describe('a link is followed', () => {
  test('not with nofollow, its own or the page’s', () => {
    expect(follows('https://www.a.test/1', {}, ['nofollow'])).toBe(false);
    const frontier = new CrawlFrontier({ depth: 1 });
    frontier.start(START);
    expect(frontier.add({ url: 'https://www.a.test/1' }, frontier.next()!, true)).toBe(false);
  });

  test('not beyond the depth, but rel=next costs none', () => {
    const frontier = new CrawlFrontier({ depth: 1 });
    frontier.start(START);
    const start = frontier.next()!;
    expect(frontier.add({ url: 'https://www.a.test/?page=2', rel: ['next'] }, start)).toBe(true);
    expect(frontier.add({ url: 'https://www.a.test/deep' }, start)).toBe(true);
    const second = frontier.next()!;
    expect(second.depth).toBe(0);
    expect(frontier.add({ url: 'https://www.a.test/?page=3', rel: ['next'] }, second)).toBe(true);
    const deep = frontier.next()!;
    expect(deep).toMatchObject({ depth: 1, start: START, referrer: START });
    expect(frontier.add({ url: 'https://www.a.test/deeper' }, deep)).toBe(false);
  });

  test('by rel=next even within scope page, on the same host', () => {
    expect(follows('https://www.a.test/gallery/2', { scope: 'page' }, ['next'])).toBe(true);
    expect(follows('https://b.test/gallery/2', { scope: 'page' }, ['next'])).toBe(false);
    expect(follows('https://www.a.test/gallery/2', { depth: 0 }, ['next'])).toBe(false);
  });

  test.each([
    'https://www.a.test/photo.JPG',
    'https://www.a.test/film.mp4?x=1',
    'https://www.a.test/archive.tar.gz',
    'mailto:x@a.test',
    'javascript:void(0)',
    'not an address',
    `https://www.a.test/${'x'.repeat(3000)}`,
    'https://www.a.test/a/b/a/b/a/b/a/b',
  ])('not to %s', (url) => {
    expect(follows(url)).toBe(false);
  });

  test.each([
    ['https://www.a.test/x', 'http://www.a.test/x#y'],
    ['https://www.a.test/x?a=1&b=2', 'https://www.a.test/x?b=2&a=1'],
    ['https://www.a.test/x?a=1', 'https://www.a.test/x?a=1&utm_source=mail&fbclid=z'],
    ['https://www.a.test/%7Eme/%c3%bc', 'https://www.a.test/~me/ü'],
  ])('once: %s is %s', (first, second) => {
    const frontier = new CrawlFrontier({ depth: 1 });
    frontier.start(START);
    const page = frontier.next()!;
    expect(frontier.add({ url: first }, page)).toBe(true);
    expect(frontier.add({ url: second }, page)).toBe(false);
  });
});

test('two addresses that lead to one page are one page', () => {
  const frontier = new CrawlFrontier({ depth: 1 });
  frontier.start('https://a.test/');
  const start = frontier.next()!;
  frontier.add({ url: 'https://a.test/1' }, start);
  frontier.add({ url: 'https://a.test/one' }, start);
  const first = frontier.next()!;
  expect(frontier.landed(first, 'https://a.test/canonical')).toBe(true);
  expect(frontier.landed(frontier.next()!, 'https://a.test/canonical')).toBe(false);
  expect(frontier.add({ url: 'https://a.test/canonical' }, start)).toBe(false);
});

test('a crawl goes in rings, ends on cycles and stops at --max-pages', () => {
  const site = {
    'https://a.test/': ['https://a.test/1', 'https://a.test/2', 'https://a.test/'],
    'https://a.test/1': ['https://a.test/11', 'https://a.test/2'],
    'https://a.test/2': ['https://a.test/', 'https://a.test/21'],
    'https://a.test/11': ['https://a.test/111'],
  };
  const all = [
    'https://a.test/',
    'https://a.test/1',
    'https://a.test/2',
    'https://a.test/11',
    'https://a.test/21',
  ];
  expect(crawl(site, 'https://a.test/', { depth: 2 })).toEqual(all);
  expect(crawl(site, 'https://a.test/', { depth: 0 })).toEqual(all.slice(0, 1));
  expect(crawl(site, 'https://a.test/', { depth: 9, maxPages: 3 })).toEqual(all.slice(0, 3));
});

test('any site: each page once, none deeper than asked, never more than the limit', () => {
  const name = fc.integer({ min: 0, max: 12 }).map((n) => `https://a.test/${n}`);
  const site = fc.dictionary(name, fc.array(name, { maxLength: 6 }));
  fc.assert(
    fc.property(site, fc.nat(5), fc.integer({ min: 1, max: 10 }), (links, depth, maxPages) => {
      const read = crawl(links, 'https://a.test/0', { depth, maxPages });
      expect(new Set(read).size).toBe(read.length);
      expect(read.length).toBeLessThanOrEqual(maxPages);
      if (depth === 0) expect(read).toEqual(['https://a.test/0']);
    }),
  );
});
