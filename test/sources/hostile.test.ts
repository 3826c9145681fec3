import { createGzip, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TrawlError } from '../../src/errors.ts';
import { readManifest, type SourceFormat } from '../../src/sources/mod.ts';
import { unpack } from '../../src/sources/unpack.ts';
import { itemsOf, stream, urlsOf } from './support.ts';

const encoder = new TextEncoder();

/** `head`, `part` over and over for `size` bytes, `tail`. Counts what was taken. */
function generated(head: string, part: string, size: number, tail = '') {
  const block = encoder.encode(part.repeat(Math.ceil(65_536 / part.length)));
  const taken = { bytes: 0 };
  async function* bytes() {
    yield encoder.encode(head);
    for (taken.bytes = 0; taken.bytes < size; taken.bytes += block.length) yield block;
    yield encoder.encode(tail);
  }
  return { bytes: bytes(), taken };
}

describe('hostile XML', () => {
  test('a billion laughs are not told', async () => {
    const entities = Array.from(
      { length: 30 },
      (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`,
    );
    const xml = `<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY l0 "lol">${entities.join('')}]>
      <urlset><url><loc>https://a.test/&l30;</loc></url><url><loc>https://a.test/2</loc></url></urlset>`;
    const urls = await urlsOf(xml, {}, { inputFormat: 'sitemap' });
    expect(urls.join('').length).toBeLessThan(1000);
    expect(urls).toContain('https://a.test/2');
  });

  test('external entities are not read', async () => {
    const xml = `<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/passwd">]><urlset><url><loc>https://a.test/&x;</loc></url></urlset>`;
    const urls = await urlsOf(xml);
    expect(urls.join('')).not.toContain('root');
  });

  test.each([
    ['an attribute', '<rss><channel a="', 'a', /a tag longer than/],
    ['a comment', '<rss><!--', 'a', /a tag longer than/],
    ['a CDATA section', '<rss><channel><item><description><![CDATA[', 'a', /a tag longer than/],
    ['a tag name', '<rss><', 'a', /a tag longer than/],
    ['nesting', '<rss>', '<a>', /more than 500 elements deep/],
  ])('%s without end is refused after a few megabytes', async (_, head, part, message) => {
    const { bytes, taken } = generated(head, part, 1e9);
    await expect(itemsOf(bytes)).rejects.toMatchObject({
      code: 'source-unreadable',
      message: expect.stringMatching(message),
    });
    expect(taken.bytes).toBeLessThan(16e6);
  });

  test('text without end is cut, not kept', async () => {
    const { bytes } = generated(
      '<urlset><url><loc>https://a.test/',
      'a',
      30e6,
      '</loc></url></urlset>',
    );
    const urls = await urlsOf(bytes);
    expect(urls).toHaveLength(1);
    expect(urls[0]!.length).toBeLessThan(2e6);
  });
});

describe('hostile JSON', () => {
  test('an element without end is reported, not kept', async () => {
    const { bytes } = generated('["https://a.test/1",\n["', 'a', 40e6, '"],"https://a.test/3"]');
    expect(await urlsOf(bytes)).toEqual([
      'https://a.test/1',
      '2: malformed JSON: longer than 16777216 characters',
      'https://a.test/3',
    ]);
  });

  test('deep nesting in an element costs that element', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(await urlsOf(`["https://a.test/1",\n${deep},\n"https://a.test/3"]`)).toEqual([
      'https://a.test/1',
      '2: malformed JSON: nested too deep',
      'https://a.test/3',
    ]);
    expect(await urlsOf(`"https://a.test/1"\n${deep}\n"https://a.test/3"`)).toHaveLength(3);
  });

  test('deep nesting of objects is refused', async () => {
    await expect(
      itemsOf(`{"url":"https://a.test","a":${'{"a":'.repeat(100_000)}`),
    ).rejects.toMatchObject({
      code: 'source-unreadable',
      message: expect.stringMatching(/nested too deep/),
    });
  });

  test('keys that mean something to JavaScript mean nothing here', async () => {
    expect(
      await urlsOf(
        '[{"__proto__":{"url":"https://a.test/1"}},{"constructor":1,"url":"https://a.test/2"}]',
      ),
    ).toEqual(['https://a.test/1', 'https://a.test/2']);
    expect(({} as { url?: string }).url).toBeUndefined();
  });
});

describe('hostile packing', () => {
  test('a bomb is refused soon after the grace', async () => {
    // 100 MB of zeros pack to 100 KB; the limits are scaled down alike.
    const bomb = gzipSync(new Uint8Array(20e6), { level: 9 });
    let out = 0;
    const read = async () => {
      const limits = { maxRatio: 250, graceBytes: 1e6, maxBytes: 1e9 };
      for await (const chunk of await unpack(stream(bomb), 'bomb.gz', limits)) out += chunk.length;
    };
    await expect(read()).rejects.toMatchObject({
      code: 'too-large',
      message: expect.stringMatching(/bomb\.gz unpacks/),
    });
    expect(out).toBeLessThan(8e6);
  });

  test('a long list that packs well is no bomb', async () => {
    const gzip = createGzip();
    gzip.end(
      Array.from({ length: 200_000 }, (_, i) => `https://a.test/photos/${i}.jpg`).join('\n'),
    );
    const limits = { maxRatio: 250, graceBytes: 1e5, maxBytes: 1e9 };
    let out = 0;
    for await (const chunk of await unpack(gzip, 'list.gz', limits)) out += chunk.length;
    expect(out).toBeGreaterThan(6e6);
  });

  test('a stream that breaks off is an error of the source', async () => {
    async function* broken() {
      yield encoder.encode('https://a.test/1\n');
      throw new Error('socket hang up');
    }
    await expect(itemsOf(broken(), { name: 'x.txt' })).rejects.toMatchObject({
      code: 'source-unreadable',
      message: 'cannot read x.txt: socket hang up',
    });
  });
});

describe('one thing over and over is read in linear time', () => {
  const parts: [SourceFormat, string][] = [
    ...[
      '[',
      '![',
      '![](',
      '[a](',
      '](',
      '`',
      '`a',
      '<',
      '[a]: ',
      '[a][',
      '![a](<',
      '\\',
      '[a]\n\n',
      '"',
      '    x\n\n',
    ],
    ...[
      '](data:image/',
      '](data:image/png;base64,',
      '[x](((((',
      '- ',
      '> ',
      '1. ',
      '``` `',
      '[[a]]',
      '![a][b] ',
      ' \n',
    ],
  ].map((part) => ['markdown', part]);
  parts.push(
    ...['"', '"\n', 'x","\n', '""', ',', '\n', '","', 'a,"b\n', ' '].map(
      (part) => ['csv', part] as [SourceFormat, string],
    ),
    ...['{"a":', '[', '"', '"\n', ',', '\\', '{}', ']', '"a":[', '1 '].map(
      (part) => ['json', part] as [SourceFormat, string],
    ),
    ...['<a', '&', '<![CDATA[', ']]', '<!--', '<a b="', '</a>', '<item>', '&#x', '<?', '<!'].map(
      (part) => ['rss', part] as [SourceFormat, string],
    ),
    ...['#', ' #', ' ', '\t', 'a ', '\r'].map((part) => ['list', part] as [SourceFormat, string]),
  );

  test.each(parts)('%s: %j', async (inputFormat, part) => {
    const time = async (length: number) => {
      const text = `![x](y.jpg),url\n${part.repeat(length / part.length)}`;
      const start = process.cpuUsage();
      await itemsOf(text, {}, { inputFormat, baseUrl: 'https://a.test/' }).catch(() => {});
      return process.cpuUsage(start).user;
    };
    await time(20_000);
    const small = await time(50_000);
    // Four times the text; quadratic would be 16 times the work. The constant absorbs noise.
    expect(await time(200_000)).toBeLessThan(small * 10 + 100_000);
  });

  test.each([
    '<',
    '{',
    '[',
    '"',
    '<!--',
    '<?',
    '<!doctype [',
    '#',
    '# ',
    ',',
    '[a',
    '\t',
    ' ',
    'a.',
    'http',
  ])('recognising %j', async (part) => {
    const time = async (length: number) => {
      const start = process.cpuUsage();
      await itemsOf(part.repeat(length / part.length)).catch(() => {});
      return process.cpuUsage(start).user;
    };
    await time(4000);
    const small = await time(15_000);
    expect(await time(60_000)).toBeLessThan(small * 10 + 100_000);
  });
});

const FORMATS: SourceFormat[] = [
  'list',
  'json',
  'jsonl',
  'csv',
  'tsv',
  'sitemap',
  'rss',
  'atom',
  'json-feed',
  'iiif',
  'har',
  'markdown',
];

/** Pieces from which malformed manifests of every kind arise. */
const pieces = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          'https://a.test/1.jpg',
          '\n',
          '\r\n',
          ',',
          ';',
          '\t',
          '"',
          '""',
          '#',
          ' ',
          'url',
          '{',
          '}',
          '[',
          ']',
          ':',
        ],
        ...[
          '{"log":{"entries":[',
          '"items":[',
          '"sequences":[{"canvases":[',
          '{"url":"https://a.test/2"}',
          'null',
          '\\',
        ],
        ...[
          '<urlset>',
          '<url>',
          '<loc>',
          '</loc>',
          '</url>',
          '<image:image>',
          '<image:loc>',
          '</image:image>',
          '<![CDATA[',
        ],
        ...[
          '<rss>',
          '<channel>',
          '<item>',
          '</item>',
          '<link>',
          '<enclosure url="',
          '<feed>',
          '<entry>',
          '</entry>',
        ],
        ...[
          '<content type="xhtml">',
          '</content>',
          '<media:content url="x.jpg">',
          '&amp;',
          '&#x0;',
          '&lol;',
          ']]>',
          '<!--',
          '-->',
        ],
        ...[
          '![',
          '](',
          ')',
          '[a]: b.jpg',
          '`',
          '```\n',
          '    ',
          '<img src=x>',
          '\u0000',
          '\ufeff',
          '日本',
          '😀',
        ],
      ),
      fc.string({ maxLength: 8, unit: 'binary' }),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

/** Items, or the error's code: everything a caller sees. Fails when it is no TrawlError. */
async function outcome(bytes: Uint8Array, size: number, inputFormat?: SourceFormat) {
  const items: unknown[] = [];
  try {
    const options = inputFormat === undefined ? {} : { inputFormat };
    const reading = await readManifest(
      stream(bytes, size),
      { name: 'x' },
      { ...options, linkedPages: true },
    );
    if (reading.kind !== 'items') return { kind: reading.kind };
    for await (const batch of reading.batches) items.push(...batch);
    return { format: reading.format, items };
  } catch (error) {
    if (!(error instanceof TrawlError)) throw error;
    return { items, code: error.code, message: error.message };
  }
}

describe('any content', () => {
  test('gives items or a TrawlError, the same whatever the chunks are', async () => {
    await fc.assert(
      fc.asyncProperty(
        pieces,
        fc.constantFrom(undefined, ...FORMATS),
        fc.integer({ min: 1, max: 9 }),
        async (text, format, size) => {
          const bytes = encoder.encode(text);
          expect(await outcome(bytes, size, format)).toEqual(await outcome(bytes, 1 << 20, format));
        },
      ),
      { numRuns: 1500 },
    );
  });

  test('bytes of any kind, too', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom(undefined, ...FORMATS),
        async (bytes, format) => {
          expect(await outcome(bytes, 3, format)).toEqual(await outcome(bytes, 1 << 20, format));
        },
      ),
      { numRuns: 500 },
    );
  });
});
