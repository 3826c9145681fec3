import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readManifest, type SourceHints } from '../../src/sources/mod.ts';
import { itemsOf, stream, urlsOf } from './support.ts';

async function formatOf(content: string | Uint8Array, hints: Partial<SourceHints> = {}) {
  const reading = await readManifest(stream(content), { name: 'x', ...hints });
  return reading.kind === 'items' ? reading.format : reading.kind;
}

const latin1 = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

describe('content tells the format', () => {
  test.each([
    ['page', '<!DOCTYPE html><title>x</title>'],
    ['page', '\ufeff\n <!-- <urlset> --> <html><body>'],
    [
      'page',
      '<?xml version="1.0"?><!DOCTYPE html PUBLIC "x" "y"><html xmlns="http://www.w3.org/1999/xhtml">',
    ],
    ['page', '<div><svg></svg><img src=x></div>'],
    ['page', 'Hello, <b>world</b> <img src="x.jpg">\nand so on, and so on\n'],
    ['image', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['image', '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "a" "b" [<!ENTITY x "<y>">]><svg>'],
    ['sitemap', '<?xml version="1.0"?>\n<!-- x --><urlset xmlns="x"><url>'],
    ['sitemap', '<sm:urlset xmlns:sm="http://www.sitemaps.org/schemas/sitemap/0.9"><sm:url>'],
    ['sitemap-index', '<?xml-stylesheet href="x"?><sitemapindex>'],
    ['rss', '<rss version="2.0"><channel>'],
    ['rss', '<rdf:RDF xmlns="http://purl.org/rss/1.0/">'],
    ['atom', '<feed xmlns="http://www.w3.org/2005/Atom">'],
    ['json', '[]'],
    ['json', '  {"a": 1}'],
    ['json', '["https://a.test/1"]'],
    ['json', '{"photos":[\n{"url":"https://a.test/1"}\n,{"url":"https://a.test/2"}\n]}'],
    ['jsonl', '{"url":"https://a.test/1}\n{"url":"https://a.test/2"}'],
    ['jsonl', '{"url":"https://a.test/1"}\n{"url":"https://a.test/2"}'],
    ['jsonl', '"https://a.test/1"\n"https://a.test/2"\n'],
    ['json-feed', '{"version":"https://jsonfeed.org/version/1","items":[]}'],
    [
      'iiif',
      '{"@context":["x","http://iiif.io/api/presentation/3/context.json"],"type":"Manifest"}',
    ],
    ['har', '{"log":{"version":"1.2","entries":[]}}'],
    ['csv', 'id,url\n1,https://a.test/1\n'],
    ['csv', '"url","alt"\n"https://a.test/1","x"\n'],
    ['csv', 'https://a.test/1,first one\nhttps://a.test/2,second one\n'],
    ['tsv', 'https://a.test/1\tfirst one\nhttps://a.test/2\tsecond one\n'],
    ['markdown', '# Title\n\n![x](https://a.test/1.jpg)\n'],
    ['markdown', '[![badge](https://a.test/b.svg)](https://a.test/)\n'],
    ['list', 'https://a.test/1.jpg\n'],
    ['list', 'https://a.test/1.jpg'],
    ['list', 'https://a.test/a,b.jpg\nhttps://a.test/c,d.jpg\n'],
    ['list', '# comment\n\n# another\n'],
    ['list', '/img/1.jpg\n/img/2.jpg\n'],
    ['list', 'data:image/gif;base64,R0lGODlhAQABAAAAACw=\n'],
  ])('%s: %j', async (format, content) => {
    expect(await formatOf(content)).toBe(format);
  });

  test.each([
    ['JPEG', '\xff\xd8\xff\xe0\0\x10JFIF'],
    ['PNG', '\x89PNG\r\n\x1a\n\0\0'],
    ['GIF', 'GIF89a\x01\0\x01\0'],
    ['WebP', 'RIFF\0\0\0\0WEBPVP8 '],
    ['AVIF', '\0\0\0\x20ftypavif\0\0\0\0'],
    ['TIFF', 'II*\0\x08\0\0\0'],
    ['BMP', `BM${'\0'.repeat(12)}\x28\0\0\0`],
    ['PNM', 'P6\n# made by hand\n10 10\n255\n'],
    ['JPEG XL', '\xff\x0a\xfa'],
  ])('an image: %s', async (_, bytes) => {
    expect(await formatOf(latin1(bytes))).toBe('image');
  });

  test.each([
    ['an empty file', '', /is empty/],
    ['a PDF', '%PDF-1.7\n\0', /binary file; tried text list/],
    ['a ZIP', 'PK\x03\x04\0\0\0\0', /binary file/],
    ['unknown XML', '<?xml version="1.0"?><note><to>x</to></note>', /begins with "<\?xml/],
    [
      'prose',
      'Once upon a time there was a file\nthat named nothing at all\n',
      /begins with "Once upon/,
    ],
    [
      'a list of nothing',
      'https://\nhttp://\nhttps://\n',
      /looks like list, but none of its 3 rows/,
    ],
  ])('nothing readable: %s', async (_, content, message) => {
    await expect(itemsOf(latin1(content), { name: 'x' })).rejects.toMatchObject({
      code: 'source-unreadable',
      message: expect.stringMatching(message),
    });
  });
});

test('the name and Content-Type decide only what content leaves open', async () => {
  const oneColumn = 'https://a.test/1\nhttps://a.test/2\n';
  expect(await formatOf(oneColumn, { name: 'x.csv' })).toBe('csv');
  expect(await formatOf(oneColumn, { contentType: 'text/csv; charset=utf-8' })).toBe('csv');
  expect(await formatOf(oneColumn, { name: 'x.json' })).toBe('list');
  expect(await formatOf('<urlset>', { contentType: 'text/html' })).toBe('sitemap');
  expect(await formatOf('plain <b>words</b>', { contentType: 'text/html' })).toBe('page');
  expect(await formatOf('Just words.\n', { name: 'README.md' })).toBe('markdown');
});

test('--input-format overrides', async () => {
  const read = await readManifest(
    stream('https://a.test/1\n'),
    { name: 'x' },
    { inputFormat: 'html' },
  );
  expect(read.kind).toBe('page');
});

test('the bytes of a page are handed on whole', async () => {
  const html = `<!doctype html>${'x'.repeat(200_000)}`;
  const reading = await readManifest(stream(html, 1000), { name: 'x' });
  if (reading.kind !== 'page') throw new Error('expected a page');
  let length = 0;
  for await (const chunk of reading.bytes) length += chunk.length;
  expect(length).toBe(html.length);
});

describe('encodings', () => {
  const list = '# ü 日本\nhttps://a.test/ü.jpg\n';
  const url = ['https://a.test/%C3%BC.jpg'];
  const utf16 = (text: string, big: boolean) => {
    const bytes = new Uint8Array(text.length * 2);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i), !big);
    return bytes;
  };

  test.each([
    ['UTF-8', new TextEncoder().encode(list)],
    ['UTF-8 with a mark', new TextEncoder().encode(`\ufeff${list}`)],
    ['UTF-16 LE with a mark', utf16(`\ufeff${list}`, false)],
    ['UTF-16 BE with a mark', utf16(`\ufeff${list}`, true)],
    ['UTF-16 LE', utf16(list, false)],
    ['UTF-16 BE', utf16(list, true)],
    ['windows-1252', latin1('# ü\nhttps://a.test/ü.jpg\n')],
  ])('%s', async (_, bytes) => {
    for (const size of [1 << 16, 1, 3]) expect(await urlsOf(stream(bytes, size))).toEqual(url);
  });

  test('the charset of Content-Type and of the XML declaration', async () => {
    const japanese = Uint8Array.of(0x93, 0xfa, 0x96, 0x7b); // 日本 in Shift_JIS
    const encoded = ['https://a.test/%E6%97%A5%E6%9C%AC'];
    const lines = new Uint8Array([...latin1('https://a.test/'), ...japanese]);
    expect(await urlsOf(lines, { contentType: 'text/plain; charset="Shift_JIS"' })).toEqual(
      encoded,
    );
    const before = '<?xml version="1.0" encoding="shift_jis"?><urlset><url><loc>https://a.test/';
    const xml = new Uint8Array([
      ...latin1(before),
      ...japanese,
      ...latin1('</loc></url></urlset>'),
    ]);
    expect(await urlsOf(xml)).toEqual(encoded);
  });
});

describe('packed sources', () => {
  const list = 'https://a.test/1\nhttps://a.test/2\n';
  const urls = ['https://a.test/1', 'https://a.test/2'];

  test.each([
    ['gzip', gzipSync(list)],
    [
      'gzip in two members',
      new Uint8Array([...gzipSync('https://a.test/1\n'), ...gzipSync('https://a.test/2\n')]),
    ],
    ['gzip in gzip', gzipSync(gzipSync(list))],
    ['zstd', zstdCompressSync(list)],
  ])('%s', async (_, bytes) => {
    expect(await urlsOf(stream(bytes, 5))).toEqual(urls);
    expect(await urlsOf(bytes)).toEqual(urls);
  });

  test('a packed sitemap is a sitemap', async () => {
    expect(await formatOf(gzipSync('<urlset><url>'))).toBe('sitemap');
  });

  test.each([
    ['cut short', gzipSync(list).subarray(0, 20)],
    ['damaged', gzipSync(list).map((byte, i) => (i > 12 && i < 20 ? byte ^ 0xff : byte))],
    ['packed again and again', gzipSync(gzipSync(gzipSync(gzipSync(list))))],
  ])('%s is an error of its own', async (_, bytes) => {
    await expect(itemsOf(bytes)).rejects.toMatchObject({ code: 'source-unreadable' });
  });
});
