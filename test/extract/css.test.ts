import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extractSheet } from '../../src/extract/mod.ts';

const SHEET = 'https://cdn.example/css/main.css';
const urls = (css: string) =>
  extractSheet(css, SHEET).images.map(({ url }) => url.replace('https://cdn.example', ''));

describe('a style sheet names', () => {
  it.each([
    [
      'bare, single and double quoted urls',
      `a{background:url(a.png)}b{background:url('b.png')}c{background:url( "c.png" )}`,
      ['/css/a.png', '/css/b.png', '/css/c.png'],
    ],
    [
      'addresses against the sheet itself',
      'a{background:url(../img/a.png) url(/b.png) url(//x.example/c.png)}',
      ['/img/a.png', '/b.png', 'https://x.example/c.png'],
    ],
    ['each once', 'a{background:url(a.png)}b{background:url(./a.png#x)}', ['/css/a.png']],
    [
      'several layers',
      'a{background:url(a.png),linear-gradient(red,blue),url(b.png)}',
      ['/css/a.png', '/css/b.png'],
    ],
    [
      'every property that shows images',
      'a{list-style:url(a.png);border-image:url(b.png) 3;content:url(c.png);cursor:url(d.cur),auto;mask-image:url(e.svg);-webkit-mask-box-image:url(f.png)}',
      ['/css/a.png', '/css/b.png', '/css/c.png', '/css/d.cur', '/css/e.svg', '/css/f.png'],
    ],
    [
      'image-set with urls and strings',
      'a{background-image:image-set("a.avif" type("image/avif") 1x,url(b.png) 2x)}',
      ['/css/a.avif', '/css/b.png'],
    ],
    [
      '-webkit-image-set',
      'a{background:-webkit-image-set(url(a.png) 1x,url(b.png) 2x)}',
      ['/css/a.png', '/css/b.png'],
    ],
    [
      'cross-fade',
      'a{background:cross-fade(url(a.png) 50%,"b.png")}',
      ['/css/a.png', '/css/b.png'],
    ],
    ['custom properties', ':root{--hero:url(a.png)}a{background:var(--hero)}', ['/css/a.png']],
    [
      'rules inside rules',
      '@media print{@supports (a:b){a{b{background:url(a.png)}}}}',
      ['/css/a.png'],
    ],
    [
      'escapes',
      'a{background:url(a\\ b.png);content:u\\72l("c\\2e png")}',
      ['/css/a%20b.png', '/css/c.png'],
    ],
    [
      'the last declaration without semicolon, the last block without end',
      'a{color:red;background:url(a.png)}b{background:url(b.png',
      ['/css/a.png', '/css/b.png'],
    ],
    [
      'after hacks and vendor prefixes',
      'a{*background:url(a.png);filter:alpha(opacity=1);-moz-x:y;background:url(b.png)!important}',
      ['/css/a.png', '/css/b.png'],
    ],
    ['upper case', 'A{BACKGROUND:URL(A.PNG)}', ['/css/A.PNG']],
  ])('%s', (_, css, expected) => {
    expect(urls(css)).toEqual(expected);
  });

  it.each([
    ['comments', '/* a{background:url(a.png)} */ a{/*url(b.png)*/}'],
    ['fonts', '@font-face{font-family:x;src:url(a.svg#x) format("svg"),url(b.woff2)}'],
    [
      'filters and SVG parts',
      'a{filter:url(f.svg#x);clip-path:url(#c);fill:url(g.svg#x);behavior:url(x.htc)}',
    ],
    ['strings', 'a::before{content:"url(a.png)"}'],
    ['selectors', 'a[href="x.png"]:not(url){color:red}'],
    ['namespaces', '@namespace svg url(http://www.w3.org/2000/svg);'],
    ['bad urls', 'a{background:url(a b.png)}'],
    ['empty urls', 'a{background:url()}b{background:url("")}c{background:url(#x)}'],
    ['data', 'a{background:url(data:image/png;base64,AAAA)}'],
    ['var()', 'a{background:url(var(--x))}'],
  ])('nothing in %s', (_, css) => {
    expect(urls(css)).toEqual([]);
  });

  it('keeps the choices of an image-set together, densest first', () => {
    const css =
      'a{background:image-set("a.png" 1x, "b.png" 192dpi, "c.webp" type("image/webp") 3dppx)}';
    expect(extractSheet(css, SHEET).pictures).toEqual([
      {
        group: 1,
        page: SHEET,
        candidates: [
          { url: 'https://cdn.example/css/c.webp', from: 'css', density: 3, type: 'image/webp' },
          { url: 'https://cdn.example/css/b.png', from: 'css', density: 2 },
          { url: 'https://cdn.example/css/a.png', from: 'css', density: 1 },
        ],
      },
    ]);
  });

  it('its imports, in every form', () => {
    const css =
      '@charset "utf-8";@import "a.css";@import url(b.css) screen;@IMPORT url("c.css") layer(x) supports(display: grid);@import "a.css";';
    expect(extractSheet(css, SHEET).imports).toEqual(
      ['a', 'b', 'c'].map((name) => `https://cdn.example/css/${name}.css`),
    );
  });

  it('what its encoding says', () => {
    const bytes = new Uint8Array(
      [...'@charset "windows-1251";a{background:url(/']
        .map((char) => char.charCodeAt(0))
        .concat(0xe6, 0x2e, 0x70, 0x6e, 0x67, 0x29),
    );
    expect(extractSheet(bytes, SHEET).images[0]?.url).toBe('https://cdn.example/%D0%B6.png');
    const bom = new Uint8Array([
      0xef,
      0xbb,
      0xbf,
      ...new TextEncoder().encode('@charset "windows-1251";a{background:url(/ж.png)}'),
    ]);
    expect(extractSheet(bom, SHEET, {}, 'text/css; charset=koi8-r').images[0]?.url).toBe(
      'https://cdn.example/%D0%B6.png',
    );
  });

  it('never throws, whatever it is', () => {
    const parts = fc.array(
      fc.oneof(
        fc.constantFrom(
          '{',
          '}',
          '(',
          ')',
          'url(',
          '"',
          "'",
          ';',
          ':',
          '@import ',
          '/*',
          '\\',
          'image-set(',
          'a.png',
          'background',
          '--x',
          '2x',
          '\n',
        ),
        fc.string(),
      ),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(parts, (pieces) => {
        for (const { url } of extractSheet(pieces.join(''), SHEET).images)
          expect(url).toMatch(/^https?:/);
      }),
    );
  });
});
