import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ExtractOptions, extractPage, extractSheet } from '../../src/extract/mod.ts';

const url = 'https://s.example/';
const read = (html: string, options?: ExtractOptions) => extractPage({ html, url }, options).images;
const many = (count: number, unit: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => unit(at)).join('');

/** Each takes minutes, or all memory, where something is quadratic. */
const PAGES: readonly (readonly [says: string, html: () => string])[] = [
  ['100,000 nested elements', () => `${'<div>'.repeat(100_000)}<img src=/a.jpg>`],
  [
    '100,000 nested inline elements',
    () => `${'<span>'.repeat(100_000)}<img src=/a.jpg>${'</span>'.repeat(100_000)}`,
  ],
  [
    'nested formatting elements, all different',
    () => `${many(20_000, (at) => `<b id=${at}>`)}<img src=/a.jpg>`,
  ],
  [
    'formatting elements that every paragraph reopens',
    () => `${many(400, (at) => `<b id=${at}>`)}${'<p>x'.repeat(50_000)}<img src=/a.jpg>`,
  ],
  [
    'formatting elements closed out of order',
    () => `${'<a><b><p></a></b>'.repeat(30_000)}<img src=/a.jpg>`,
  ],
  [
    'a long table with everything in the wrong place',
    () => `<img src=/a.jpg><table>${'<i>x</i><br>'.repeat(100_000)}`,
  ],
  ['many children moved at once', () => `<b><p>${'<br>'.repeat(200_000)}</b><img src=/a.jpg>`],
  ['nested tables', () => `<img src=/a.jpg>${'<table><tr><td>'.repeat(30_000)}`],
  [
    'nested templates and noscripts',
    () => `<p><img src=/a.jpg>${'<template><noscript>'.repeat(30_000)}<img src=/b.jpg>`,
  ],
  ['nested links', () => `${'<a href=/x.jpg>'.repeat(50_000)}<img src=/a.jpg>`],
  ['100,000 attributes', () => `<img src=/a.jpg ${many(100_000, (at) => `a${at} `)}>`],
  [
    'repeated html and body tags',
    () => `<img src=/a.jpg>${many(50_000, (at) => `<body a${at}=1><html b${at}=1>`)}`,
  ],
  ['end tags without start', () => `<img src=/a.jpg>${'</x></div></p></b>'.repeat(100_000)}`],
  ['an attribute of 4 MB', () => `<img src=/a.jpg data-x="${'.jpg '.repeat(800_000)}">`],
  ['an attribute of 4 MB without quotes', () => `<img src=/a.jpg data-x=${'x'.repeat(4_000_000)}>`],
  ['an address of 4 MB', () => `<img src=/a.jpg><img src="/${'x'.repeat(4_000_000)}">`],
  [
    'an attribute of 4 MB of entities',
    () => `<img src=/a.jpg data-x="${'&amp;'.repeat(800_000)}">`,
  ],
  ['a comment that never ends', () => `<img src=/a.jpg><!-- ${'- '.repeat(1_000_000)}`],
  [
    'a srcset of 100,000 candidates',
    () => `<img srcset="${many(100_000, (at) => `/a${at}.jpg ${at + 1}w, `)}">`,
  ],
  ['a srcset of parentheses', () => `<img src=/a.jpg srcset="a ${'('.repeat(500_000)}">`],
  ['100,000 times the same image', () => '<img src=/a.jpg>'.repeat(100_000)],
  [
    'a chain of pictures that each hold the next',
    () => many(20_000, (at) => `<img srcset="/p${at}.jpg 900w, /p${at + 1}.jpg 800w">`),
  ],
  [
    'JSON in attributes, deep and wide',
    () =>
      `<img src=/a.jpg><div data-x='${'['.repeat(100_000)}".jpg"${']'.repeat(100_000)}' data-y='[${'"/b.jpg",'.repeat(20_000)}"/c.jpg"]'>`,
  ],
  [
    'deep JSON-LD, not quite valid',
    () =>
      `<img src=/a.jpg><script type=application/ld+json>${'{"image":['.repeat(100_000)},</script>`,
  ],
  [
    'JSON-LD of slashes and spaces',
    () => `<img src=/a.jpg><script type=application/ld+json>{${'// '.repeat(500_000)}</script>`,
  ],
  [
    'CSS of brackets',
    () => `<img src=/a.jpg><style>${'url(('.repeat(200_000)}${'{'.repeat(100_000)}</style>`,
  ],
  ['nested image sets', () => `<img src=/a.jpg><p style="a:${'image-set('.repeat(50_000)}">`],
  [
    'CSS of unclosed strings and comments',
    () => `<img src=/a.jpg><style>${`a{b:url("\n`.repeat(100_000)}/*${'*'.repeat(100_000)}</style>`,
  ],
  [
    '50,000 items in items',
    () => `<img src=/a.jpg>${'<p itemscope itemprop=image>'.repeat(50_000)}`,
  ],
  [
    '150,000 noscripts beside each other',
    () => `<p><img src=/a.jpg>${'<noscript></noscript>'.repeat(150_000)}`,
  ],
  [
    'a base64 image of 4 MB, ten times',
    () =>
      `<img src=/a.jpg>${`<img src="data:image/png;base64,${'A'.repeat(400_000)}">`.repeat(10)}`,
  ],
];

describe('a hostile page is read to its end', () => {
  it.each(PAGES)('%s', (_, html) => {
    expect(read(html(), { from: ['all'] }).length).toBeGreaterThan(0);
  });

  it.each(PAGES.slice(0, 6))('with a selector: %s', (_, html) => {
    expect(
      read(html(), { selector: 'img, :has(> img)', upgrade: true, dataUrls: true }).length,
    ).toBeGreaterThanOrEqual(0);
  });

  it('a sheet too', () => {
    for (const unit of [
      'a{',
      'url(',
      '"',
      '(',
      '@import "a.css";',
      '/*',
      '\\',
      'a{b:url(c.png)}',
      '--x:url(a.png);',
    ]) {
      extractSheet(unit.repeat(200_000), url);
    }
  });
});

describe('whatever a page holds', () => {
  const markup = fc.array(
    fc.oneof(
      fc.constantFrom(
        '<img ',
        '<picture>',
        '<source ',
        '<a ',
        '<noscript>',
        '</noscript>',
        '<template>',
        '<style>',
        '</style>',
        '<script type=application/ld+json>',
        '</script>',
        '<base ',
        '<meta ',
        '<link ',
        '<svg>',
        '<image ',
        '<p ',
        '>',
        '"',
        "'",
        'src=',
        'srcset=',
        'data-src=',
        'data-bg=',
        'href=',
        'content=',
        'property=og:image ',
        'itemprop=image ',
        'itemscope ',
        'style=',
        'rel=icon ',
        'url(',
        ')',
        '{',
        '}',
        '{"image":',
        '/a.jpg',
        'b.png 2x,',
        'http://',
        '[',
        '\\',
        '&amp;',
        '%',
        'data:image/gif;base64,AA',
        ' ',
      ),
      fc.string({ maxLength: 8, unit: 'binary' }),
    ),
    { maxLength: 60 },
  );

  it('nothing is thrown, groups count from 1, and no chosen address comes twice', () => {
    fc.assert(
      fc.property(markup, fc.boolean(), fc.boolean(), (pieces, upgrade, dataUrls) => {
        const refs = read(pieces.join(''), { from: ['all'], upgrade, dataUrls });
        const first = refs.map((ref) => ref.candidates[0].url);
        expect(new Set(first).size).toBe(first.length);
        expect(refs.map((ref) => ref.group)).toEqual(refs.map((_, at) => at + 1));
        for (const { candidates } of refs) {
          expect(new Set(candidates.map((one) => one.url)).size).toBe(candidates.length);
          for (const one of candidates) {
            expect(one.url).toMatch(
              dataUrls ? /^(?:https?:\/\/[^#]*|data:image\/.*)$/is : /^https?:\/\/[^#]*$/,
            );
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('bytes of any kind are read', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (html) => {
        expect(extractPage({ html, url }).images).toBeInstanceOf(Array);
      }),
    );
  });
});
