import { describe, expect, it } from 'vitest';
import { TrawlError } from '../../src/errors.ts';
import { type ExtractOptions, extractPage } from '../../src/extract/mod.ts';

const url = 'https://site.example/dir/page.html';
const read = (html: string, options?: ExtractOptions) => extractPage({ html, url }, options);
const chosen = (html: string, options?: ExtractOptions) =>
  read(html, options).images.map((ref) => ref.candidates[0].url);

describe('a page', () => {
  it('resolves everything against its first base', () => {
    const page = read('<img src=a.jpg><base href=//cdn.example/x/><base href=/no/>');
    expect(page.base).toBe('https://cdn.example/x/');
    expect(page.images[0]?.candidates[0].url).toBe('https://cdn.example/x/a.jpg');
  });

  it('ignores a base that is no web address', () => {
    expect(read('<base href="javascript:1"><img src=a.jpg>').base).toBe(url);
  });

  it.each([
    [' a.jpg\n', 'https://site.example/dir/a.jpg'],
    ['a\n\t.jpg', 'https://site.example/dir/a.jpg'],
    ['\\img\\a.jpg', 'https://site.example/img/a.jpg'],
    ['//cdn.example/a.jpg', 'https://cdn.example/a.jpg'],
    ['https:a.jpg', 'https://site.example/dir/a.jpg'],
    ['/a b.jpg', 'https://site.example/a%20b.jpg'],
    ['/ü.jpg', 'https://site.example/%C3%BC.jpg'],
    ['https://bücher.example/a.jpg', 'https://xn--bcher-kva.example/a.jpg'],
    ['HTTPS://SITE.example:443/../a.jpg', 'https://site.example/a.jpg'],
    ['/a.jpg#b', 'https://site.example/a.jpg'],
    ['?a.jpg', 'https://site.example/dir/page.html?a.jpg'],
  ])('reads the address %j', (raw, expected) => {
    expect(chosen(`<img src="${raw}">`)).toEqual([expected]);
  });

  it('asks once for one image named in ten ways', () => {
    const html = `<img src=/a.jpg><img src=../a.jpg><img src="//site.example/a.jpg"><img src="/a.jpg#x">
      <img srcset="https://SITE.example/a.jpg 2x"><meta property=og:image content=" /a.jpg "><a href=/a.jpg>x</a>
      <p style="background:url('\\/a.jpg')"><img data-src=/./a.jpg><link rel=image_src href=/x/../a.jpg>`;
    expect(chosen(html)).toEqual(['https://site.example/a.jpg']);
  });

  it('tells what a crawl needs', () => {
    const page = read(`<title> A
      page </title><link rel=canonical href=/c><link rel=next href=?p=2><meta name=robots content="NOINDEX, nofollow">
      <meta name=robots content=noimageindex><meta name=referrer content=no-referrer>
      <a href=b rel="NoFollow ugc">b</a><a href="mailto:x">m</a><a href="#top">t</a><map><area href=/m></map>`);
    expect(page).toMatchObject({
      title: 'A page',
      canonical: 'https://site.example/c',
      robots: 'noindex, nofollow,noimageindex',
      referrerPolicy: 'no-referrer',
      links: [
        { url: 'https://site.example/dir/page.html?p=2', rel: ['next'] },
        { url: 'https://site.example/dir/b', rel: ['nofollow', 'ugc'] },
        { url: 'https://site.example/m', rel: [] },
      ],
    });
  });

  it('names the sheets that may apply to a screen', () => {
    const page =
      read(`<link rel=stylesheet href=a.css><link rel=stylesheet media=print href=no1.css>
      <link rel=stylesheet media=print onload="this.media='all'" href=b.css><link rel="alternate stylesheet" href=no2.css>
      <link rel=preload as=style href=c.css><link rel=stylesheet type=text/less href=no3.css>
      <link rel=stylesheet media="screen, print" href=d.css><style>@import url(e.css);</style><link rel=stylesheet href=a.css#x>`);
    expect(page.sheets.map((sheet) => sheet.slice(-5))).toEqual([
      'a.css',
      'b.css',
      'c.css',
      'd.css',
      'e.css',
    ]);
  });

  it('numbers pictures from 1 in document order and keeps their alt', () => {
    const page = read('<img src=/a.jpg alt=" A "><img src=/b.jpg alt="">');
    expect(page.images).toEqual([
      {
        group: 1,
        candidates: [{ url: 'https://site.example/a.jpg', from: 'img.src' }],
        page: url,
        alt: 'A',
      },
      { group: 2, candidates: [{ url: 'https://site.example/b.jpg', from: 'img.src' }], page: url },
    ]);
  });

  it('is limited to a part by a selector, but its links are not', () => {
    const page = read(
      '<a href=/x>x</a><main><img src=/a.jpg><p class=b><img src=/b.jpg></p></main><img src=/c.jpg>',
      { selector: 'main .b' },
    );
    expect(page.images.map((ref) => ref.candidates[0].url)).toEqual(['https://site.example/b.jpg']);
    expect(page.links).toHaveLength(1);
  });

  it('takes selectors on text, and on the image itself', () => {
    expect(
      chosen('<p>one<img src=/a.jpg></p><p>two<img src=/b.jpg></p>', {
        selector: 'p:contains("two")',
      }),
    ).toEqual(['https://site.example/b.jpg']);
    expect(chosen('<img src=/a.jpg><img class=x src=/b.jpg>', { selector: 'img.x' })).toEqual([
      'https://site.example/b.jpg',
    ]);
  });

  it('says which selector or pattern is wrong', () => {
    expect(() => read('<p>', { selector: 'p[' })).toThrow(TrawlError);
    expect(() => read('<p>', { selector: 'p[' })).toThrow(/--selector: "p\["/);
    expect(() => read('<p>', { include: ['/(/'] })).toThrow(/\/\(\//);
  });

  it('includes and excludes by address', () => {
    const html = '<img src=/a.jpg><img src=/b.png><img srcset="/thumbs/c.jpg 9w, /c.jpg 10w">';
    expect(chosen(html, { include: ['*.jpg'] })).toHaveLength(2);
    expect(chosen(html, { exclude: ['*/thumbs/*', '/\\.png$/'] })).toEqual([
      'https://site.example/a.jpg',
      'https://site.example/c.jpg',
    ]);
  });
});

describe('broken HTML is read as browsers repair it', () => {
  it.each([
    [
      'an unclosed attribute elsewhere',
      '<p title="x><img src=/a.jpg>"><img src=/b.jpg>',
      ['/b.jpg'],
    ],
    ['image for img', '<image src=/a.jpg>', ['/a.jpg']],
    ['duplicate attributes', '<img src=/a.jpg src=/b.jpg>', ['/a.jpg']],
    [
      'a picture in a table',
      '<table><picture><source srcset=/a.webp><img src=/b.jpg></picture></table>',
      ['/a.webp'],
    ],
    ['an end that never comes', '<div><a href=/x><p><img src=/a.jpg', []],
    ['no quotes and slashes', '<img src=/a.jpg/>', ['/a.jpg/']],
    ['NUL and CR', '<img\r\nsrc="/a\u0000.jpg">', ['/a%EF%BF%BD.jpg']],
  ])('%s', (_, html, expected) => {
    expect(chosen(html)).toEqual(expected.map((path) => `https://site.example${path}`));
  });
});
