import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SourceOptions } from '../../src/sources/mod.ts';
import { itemsOf, urlsOf } from './support.ts';

const fixture = (name: string) =>
  readFile(join(import.meta.dirname, '../../fixtures/manifests', name));

/** The items of a fixture, recognised by content alone. */
const read = async (name: string, options: SourceOptions = {}) =>
  itemsOf(await fixture(name), {}, options);

const kinds = async (name: string, kind: string, options: SourceOptions = {}) =>
  (await read(name, options)).filter((item) => item.kind === kind);

/** Candidates of each image. */
const images = async (name: string, options: SourceOptions = {}) =>
  (await kinds(name, 'image', options)).map((item) =>
    item.kind === 'image' ? item.candidates.map(({ url }) => url) : [],
  );

/** `line: message` of each problem. */
const problems = async (name: string) =>
  (await kinds(name, 'problem')).map(
    (item) => item.kind === 'problem' && `${item.line}: ${item.message}`,
  );

describe('JSON', () => {
  test('finds records anywhere, and the address under the usual names, image before page', async () => {
    const items = await read('photos.json');
    expect(items[0]).toEqual({
      kind: 'address',
      url: 'https://a.test/1.jpg',
      from: 'json',
      line: 5,
      alt: 'A hill',
      width: 4000,
    });
    expect(items.slice(2).map((item) => 'url' in item && item.url)).toEqual([
      'https://a.test/3.jpg',
      'https://a.test/4a.jpg',
      'https://a.test/4b.jpg',
      'https://a.test/5',
      'https://a.test/6.jpg',
    ]);
  });

  test('takes the sizes of one picture for candidates, largest first', async () => {
    expect(await images('photos.json')).toEqual([
      ['https://a.test/2.jpg', 'https://a.test/2.jpg?w=1080', 'https://a.test/2.jpg?w=200'],
    ]);
  });

  test('--url-key names the key, also as a path', async () => {
    const json =
      '[{"a":{"b":"https://a.test/1"},"url":"https://a.test/no"},{"a":{"b":["https://a.test/2"]}},{"a":0}]';
    expect(await urlsOf(json, {}, { urlKey: 'a.b' })).toEqual([
      'https://a.test/1',
      'https://a.test/2',
      '1: no address under "a.b" (--url-key names the key that holds it)',
    ]);
  });

  test('reads a bare array of addresses and a single record', async () => {
    expect(await urlsOf('["https://a.test/1",\n"https://a.test/2"]')).toEqual([
      'https://a.test/1',
      'https://a.test/2',
    ]);
    expect(await urlsOf('{"url": "https://a.test/1"}')).toEqual(['https://a.test/1']);
  });

  test('a malformed element is reported with its line and costs no other', async () => {
    expect(await urlsOf(await fixture('broken.json'))).toEqual([
      'https://a.test/1.jpg',
      '3: malformed JSON: a string is not closed',
      'https://a.test/3.jpg',
      expect.stringMatching(/^5: malformed JSON: /),
      expect.stringMatching(/^6: no address under any of the usual keys/),
      expect.stringMatching(/^7: malformed JSON: /),
      'https://a.test/7.jpg',
    ]);
  });

  test('a lost quote costs its own element only, with brackets in its strings or behind it', async () => {
    const json = [
      '[{"a": "}x]", "url": "https://a.test/1,',
      ' "b": 1},',
      '{"a": "}x]", "url": "https://a.test/2}},',
      '{"a": "}x]", "url": "https://a.test/3"}]',
    ];
    expect(await urlsOf(json.join('\n'))).toEqual([
      '1: malformed JSON: a string is not closed',
      '3: malformed JSON: a string is not closed',
      'https://a.test/3',
    ]);
  });

  test('what a text cut short still holds is read', async () => {
    expect(await urlsOf('[{"url":"https://a.test/1"},\n{"url":"https://a.te')).toEqual([
      'https://a.test/1',
      '2: the text ends inside a value',
      '2: the text ends before its last bracket is closed',
    ]);
  });
});

test('JSON lines hold strings and records; a malformed line is reported and skipped', async () => {
  expect(await urlsOf(await fixture('photos.jsonl'))).toEqual([
    'https://a.test/1.jpg',
    expect.stringMatching(/^3: malformed JSON/),
    'https://a.test/3.jpg',
    'https://a.test/4.jpg',
    expect.stringMatching(/^6: no address/),
  ]);
});

describe('CSV', () => {
  test('takes the best of the usual columns and what others say of the image', async () => {
    const items = await read('photos.csv');
    expect(items[0]).toEqual({
      kind: 'address',
      url: 'https://a.test/1.jpg',
      from: 'csv',
      line: 2,
      alt: 'A "fine" hill, green',
      width: 4000,
    });
    expect(items[1]).toMatchObject({ url: 'https://a.test/2,b.jpg', alt: 'two\nlines', line: 3 });
  });

  test('numbers the lines of malformed rows, quoted line ends counted', async () => {
    expect(await problems('photos.csv')).toEqual([
      '5: no address in Image URL',
      '6: not an absolute address: not an address (give --base-url to resolve relative ones)',
    ]);
  });

  test.each([
    ['tabs', 'a\turl\n1\thttps://a.test/1\n', {}, ['https://a.test/1']],
    ['semicolons', 'a;url\n1;https://a.test/1\n', {}, ['https://a.test/1']],
    ['a byte order mark', '\ufeffurl,a\nhttps://a.test/1,x\n', {}, ['https://a.test/1']],
    ['CRLF', 'url,a\r\nhttps://a.test/1,x\r\n', {}, ['https://a.test/1']],
    ['one column', 'url\nhttps://a.test/1\n', {}, ['https://a.test/1']],
    [
      'no header',
      'x y,https://a.test/1\nz w,https://a.test/2\n',
      {},
      ['https://a.test/1', 'https://a.test/2'],
    ],
    ['an unusual header', 'foo,bar\nx y,https://a.test/1\n', {}, ['https://a.test/1']],
    [
      '--url-column',
      'url,big\nhttps://a.test/1,https://a.test/2\n',
      { urlColumn: 'big' },
      ['https://a.test/2'],
    ],
    [
      '--url-column by number',
      'url,x\nhttps://a.test/1,https://a.test/2\n',
      { urlColumn: '2' },
      ['https://a.test/2'],
    ],
    [
      'quotes in the middle',
      'url,a\nhttps://a.test/1,5" disk\nhttps://a.test/2,"x"y\n',
      {},
      ['https://a.test/1', 'https://a.test/2'],
    ],
  ])('with %s', async (_, csv, options, expected) => {
    expect(await urlsOf(csv, {}, options)).toEqual(expected);
  });

  test('a quote that is never closed costs its own row', async () => {
    const rows = Array.from({ length: 2000 }, (_, i) => `https://a.test/${i},x`);
    rows[3] = 'https://a.test/3,"lost';
    const urls = await urlsOf(`url,a\n${rows.join('\n')}\n`);
    expect(urls).toHaveLength(2000);
    expect(urls[3]).toBe('5: a quoted field is not closed');
    expect(urls[4]).toBe('https://a.test/4');
  });

  test('says which columns there are when none holds addresses', async () => {
    await expect(itemsOf('foo,bar\n1,2\n', { name: 'x.csv' })).rejects.toMatchObject({
      code: 'source-unreadable',
      message:
        'x.csv has no column with addresses; its columns are foo, bar (--url-column names one)',
    });
    await expect(
      itemsOf('url,a\nhttps://a.test/1,2\n', {}, { urlColumn: 'pic' }),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/no column "pic"; its columns are url, a/),
    });
  });
});

describe('sitemaps', () => {
  test('name images by namespace, not by prefix', async () => {
    expect((await kinds('sitemap.xml', 'image', { baseUrl: 'https://a.test/' }))[0]).toEqual({
      kind: 'image',
      candidates: [{ url: 'https://a.test/1.jpg', from: 'sitemap.image' }],
      page: 'https://a.test/hills?a=1&b=2',
      title: 'A hill',
      alt: 'Green & steep',
      line: 7,
    });
    expect(await images('sitemap.xml', { baseUrl: 'https://a.test/' })).toHaveLength(2);
  });

  test('name pages to search, those with images of their own only on request', async () => {
    expect(await kinds('sitemap.xml', 'page')).toMatchObject([
      { url: 'https://a.test/lakes', line: 15 },
    ]);
    expect(await kinds('sitemap.xml', 'page', { linkedPages: true })).toHaveLength(2);
  });

  test('report entries without a usable address', async () => {
    expect(await problems('sitemap.xml')).toEqual([
      '12: not an absolute address: /2.jpg (give --base-url to resolve relative ones)',
      '13: <image:loc> is missing or empty',
      '18: not an http(s) address: mailto:nobody@a.test',
    ]);
  });

  test('an index names further sitemaps', async () => {
    expect(await read('sitemap-index.xml')).toEqual([
      { kind: 'source', url: 'https://a.test/sitemap-1.xml.gz', line: 2 },
      { kind: 'source', url: 'https://a.test/sitemap-2.xml', line: 3 },
    ]);
  });
});

describe('feeds', () => {
  test('RSS: enclosures that are images, the sizes of a media group as one picture, thumbnails', async () => {
    expect(await images('feed.rss')).toEqual([
      ['https://a.test/1.jpg'],
      ['https://a.test/2-large.jpg', 'https://a.test/2-small.jpg', 'https://a.test/2-thumb.jpg'],
      ['https://a.test/still.jpg'],
    ]);
  });

  test('RSS: content is handed on as HTML with its page as base', async () => {
    expect(await kinds('feed.rss', 'html')).toMatchObject([
      { html: '<p><img src="3-small.jpg"></p>', base: 'https://a.test/blog/3' },
      {
        html: '<p>Text &amp; <img src="3.jpg"></p>',
        base: 'https://a.test/blog/3',
        page: 'https://a.test/blog/3',
      },
    ]);
  });

  test("entries' pages come only on request, relative links against the channel's", async () => {
    expect(await kinds('feed.rss', 'page')).toEqual([]);
    expect(await kinds('feed.rss', 'page', { linkedPages: true })).toMatchObject([
      { url: 'https://a.test/blog/1', from: 'rss.link' },
      { url: 'https://a.test/blog/2' },
      { url: 'https://a.test/blog/3' },
    ]);
  });

  test('Atom: enclosures, content that is an image, HTML and XHTML under xml:base', async () => {
    expect(await images('feed.atom')).toEqual([
      ['https://a.test/img/1.png'],
      ['https://a.test/3.jpg'],
    ]);
    expect(await kinds('feed.atom', 'html')).toMatchObject([
      { html: '<img src="a.jpg" alt="x">', base: 'https://a.test/posts/1' },
      {
        html: expect.stringContaining('1 &lt; 2 <img src="c.jpg" alt="&quot;c&quot;">'),
        base: 'https://b.test/x/',
      },
    ]);
  });

  test('JSON Feed: image, banner, attachments and HTML content', async () => {
    expect(await images('feed.json')).toEqual([
      ['https://a.test/img/1.jpg'],
      ['https://a.test/banner.jpg'],
      ['https://a.test/att.png'],
    ]);
    expect(await kinds('feed.json', 'html')).toMatchObject([{ base: 'https://a.test/posts/1' }]);
    expect(await problems('feed.json')).toEqual(['17: an item of the feed is no object']);
  });

  test('RSS 1.0 is read too', async () => {
    const rdf =
      '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">' +
      '<item rdf:about="https://a.test/1"><description>&lt;img src="/x.jpg"&gt;</description></item></rdf:RDF>';
    expect(await itemsOf(rdf)).toMatchObject([{ kind: 'html', base: 'https://a.test/1' }]);
  });
});

describe('IIIF', () => {
  test('2: the full size of each canvas, what the manifest names as the fallback', async () => {
    expect(await images('iiif-2.json')).toEqual([
      [
        'https://i.test/iiif/1/full/full/0/default.jpg',
        'https://i.test/iiif/1/full/max/0/default.jpg',
        'https://i.test/iiif/1/full/600,/0/default.jpg',
      ],
      ['https://i.test/2.jpg'],
      ['https://i.test/3-visible.jpg', 'https://i.test/3-infrared.jpg'],
    ]);
    expect((await kinds('iiif-2.json', 'image'))[1]).toMatchObject({ title: 'p. 2' });
    expect(await problems('iiif-2.json')).toEqual(['7: no image on the canvas p. 4']);
  });

  test('3: painting annotations only, the image service among others, choices and specific resources', async () => {
    expect(await images('iiif-3.json')).toEqual([
      ['https://i.test/iiif/9/full/max/0/default.jpg'],
      ['https://i.test/v.png', 'https://i.test/uv.png'],
    ]);
  });

  test('a collection names further manifests', async () => {
    expect(await urlsOf(await fixture('iiif-collection.json'))).toEqual([
      'https://i.test/a/manifest',
      'https://i.test/b/collection',
    ]);
  });
});

test('HAR: responses that were images and arrived, with their page', async () => {
  expect(await kinds('visit.har', 'image')).toEqual([
    {
      kind: 'image',
      candidates: [{ url: 'https://a.test/1.jpg', from: 'har.response', type: 'image/jpeg' }],
      page: 'https://a.test/gallery',
      line: 8,
    },
    { kind: 'image', candidates: [{ url: 'https://a.test/2', from: 'har.response' }], line: 9 },
  ]);
  expect(await problems('visit.har')).toEqual(['12: an entry names no request']);
});

describe('Markdown', () => {
  const base = { baseUrl: 'https://m.test/x/' };

  test('images inline, by reference and linked; code and escapes are none', async () => {
    expect(await images('page.md', base)).toEqual([
      ['https://m.test/img/1.jpg'],
      ['https://m.test/x/img/with%20space.png'],
      ['https://m.test/x/full/2.jpg', 'https://m.test/x/t/2.jpg'],
      ['https://ci.test/badge.svg'],
      ['https://m.test/x/img/lake%201.jpg'],
      ['https://m.test/x/img/lake%201.jpg'],
      ['https://m.test/x/img/sea.jpg'],
      ['https://m.test/x/img/5.webp'],
      ['https://m.test/x/img/6.jpg'],
      ['https://m.test/x/img/a_(1).jpg'],
    ]);
    expect((await kinds('page.md', 'image', base))[0]).toMatchObject({
      alt: 'A hill',
      title: 'The hill',
      line: 3,
    });
  });

  test('HTML inside is handed on', async () => {
    expect(await kinds('page.md', 'html', base)).toEqual([
      {
        kind: 'html',
        html: '<p align="center">\n  <img src="inline.jpg" alt="x">\n</p>',
        base: 'https://m.test/x/',
        line: 18,
      },
    ]);
  });
});
