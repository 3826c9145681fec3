import { describe, expect, it } from 'vitest';
import { type ExtractOptions, extractPage } from '../../src/extract/mod.ts';

/** Each picture's candidates, best first, without the site. */
function pictures(html: string, options: ExtractOptions = {}): string[][] {
  return extractPage({ html, url: 'https://s.example/' }, options).images.map((ref) =>
    ref.candidates.map(({ url }) => url.replace('https://s.example', '')),
  );
}
const chosen = (html: string, options?: ExtractOptions) =>
  pictures(html, options).map((picture) => picture[0]);

describe('the best candidate', () => {
  it.each([
    [
      'the widest of a srcset, though src comes first',
      '<img src=/s.jpg srcset="/m.jpg 640w, /l.jpg 1280w">',
      '/l.jpg',
    ],
    ['the densest of a srcset', '<img src=/1.jpg srcset="/2.jpg 2x, /3.jpg 3x">', '/3.jpg'],
    [
      'the original beside WordPress sizes',
      '<img src=/cat-300x200.jpg data-full-url=/x><img src=/dog.jpg srcset="/dog-300x200.jpg 300w">',
      '/cat-300x200.jpg',
    ],
    [
      'the larger size in the address',
      '<img src="/a.jpg?w=320" data-src="/a.jpg?w=1600">',
      '/a.jpg?w=1600',
    ],
    [
      "the link's target over its thumbnail",
      '<a href=/big.jpg><img src=/thumb.jpg></a>',
      '/big.jpg',
    ],
    [
      "not a link's smaller target",
      '<a href=/a-600x400.jpg><img src=/a-300x200.jpg srcset="/a-2048x1365.jpg 2048w"></a>',
      '/a-2048x1365.jpg',
    ],
    ['the lazy one over the placeholder', '<img src=/loading.gif data-src=/a.jpg>', '/a.jpg'],
    [
      'the lazy one over a placeholder that shows a size',
      '<img src=/grey-800x600.png data-original=/a.jpg>',
      '/a.jpg',
    ],
    [
      'the real one over a blurred preview',
      '<img src="/a.jpg?w=20&blur=5" data-src="/a.jpg?w=800">',
      '/a.jpg?w=800',
    ],
    [
      'the source for wide windows',
      '<picture><source media="(max-width: 600px)" srcset=/s.jpg><source media="(min-width: 1200px)" srcset=/l.jpg><source media="(min-width: 700px)" srcset=/m.jpg><img src=/x.jpg></picture>',
      '/l.jpg',
    ],
    [
      'img over the source for narrow windows',
      '<picture><source media="(max-width: 600px)" srcset=/s.jpg><img src=/l.jpg></picture>',
      '/l.jpg',
    ],
    ['the full size of a gallery', '<img src=/t.jpg data-large_image=/l.jpg>', '/l.jpg'],
  ])('is %s', (_, html, expected) => {
    expect(chosen(html)[0]).toBe(expected);
  });

  const formats =
    '<picture><source type=image/avif srcset="/a.avif 800w"><source type=image/webp srcset="/a.webp 800w"><img srcset="/a.jpg 800w"></picture>';
  it('is the first named among equals', () => {
    expect(chosen(formats)).toEqual(['/a.avif']);
  });
  it('is of the preferred type among equals', () => {
    expect(pictures(formats, { preferType: ['image/jpeg', 'image/webp'] })).toEqual([
      ['/a.jpg', '/a.webp', '/a.avif'],
    ]);
  });
  it('is larger rather than of the preferred type', () => {
    expect(
      chosen(
        '<picture><source srcset="/a.avif 900w" type=image/avif><img srcset="/a.jpg 800w"></picture>',
        { preferType: ['image/jpeg'] },
      ),
    ).toEqual(['/a.avif']);
  });
});

describe('one picture', () => {
  it.each([
    [
      'src, srcset, sources, lazy attributes, link',
      '<a href=/f.jpg><picture><source srcset="/a.webp 9w"><img src=/b.jpg srcset="/c.jpg 9w" data-src=/d.jpg></picture></a>',
      1,
    ],
    [
      'a lazy image and the noscript after it',
      '<img src=data:image/gif;base64,R0 data-src=/a.jpg><noscript><img src=/a-2.jpg></noscript>',
      1,
    ],
    [
      'a lazy image and the noscript before it',
      '<noscript><img src=/a.jpg></noscript><img src="data:image/gif;base64,R0" class=lazy>',
      1,
    ],
    [
      'a noscript inside a picture',
      '<picture><source data-srcset=/a.webp><noscript><img src=/a.jpg></noscript><img data-src=/a.png></picture>',
      1,
    ],
    [
      'a noscript of something else',
      '<img src=/a.jpg><noscript><img src=/pixel?id=3></noscript>',
      2,
    ],
    [
      'og:image and the same image in the text',
      '<meta property=og:image content=/a-1024.jpg><img src=/a-300.jpg srcset="/a-1024.jpg 1024w, /a-2048.jpg 2048w">',
      1,
    ],
    [
      'a thumbnail again as a picture of its own',
      '<a href=/a.jpg><img src=/t.jpg></a><img src=/t.jpg>',
      1,
    ],
    [
      'a blurred preview and the real one of that name',
      '<img src="/max/60/1abcdef.jpg"><img src="/max/900/1abcdef.jpg">',
      1,
    ],
    [
      'what a link names in an attribute and its thumbnail',
      '<a href=/p data-full=/big.jpg><img src=/t.jpg></a>',
      1,
    ],
    ['sizes in an unknown attribute', '<div data-srcset-mobile="/m1.jpg 300w, /m2.jpg 600w">', 1],
    ['two images in one link', '<a href=/a.jpg><img src=/b.jpg><img src=/c.jpg></a>', 2],
    ['layers of a background', '<p style="background: url(/a.png), url(/b.png)">', 2],
    [
      'choices of an image-set',
      '<p style="background: image-set(url(/a.png) 1x, url(/b.png) 2x)">',
      1,
    ],
    [
      'the lazy background and what it shows first',
      '<p style="background:url(/wait.gif)" data-bg=/a.jpg>',
      1,
    ],
    ['a rollover', '<img src=/front.jpg data-hover-image=/back.jpg>', 2],
  ])('%s: %#', (_, html, count) => {
    expect(pictures(html)).toHaveLength(count);
  });

  it('does not swallow others through a placeholder they share', () => {
    const cards = [1, 2, 3, 4]
      .map((at) => `<img src=/wait.png data-src=/photo-${at}.jpg>`)
      .join('');
    expect(chosen(`<img src=/wait.png>${cards}`)).toEqual([
      '/wait.png',
      '/photo-1.jpg',
      '/photo-2.jpg',
      '/photo-3.jpg',
      '/photo-4.jpg',
    ]);
  });

  it('does not swallow others through a fallback they share', () => {
    const cards = [1, 2, 3]
      .map((at) => `<img src=/photo-${at}.jpg srcset="/photo-${at}.jpg 900w, /none.jpg 10w">`)
      .join('');
    expect(chosen(`${cards}<img src=/none.jpg>`)).toEqual(
      expect.arrayContaining(['/photo-1.jpg', '/photo-2.jpg', '/photo-3.jpg']),
    );
  });

  it('is asked for once under its best address', () => {
    const html =
      '<img srcset="/a.jpg 900w, /b.jpg 300w"><img srcset="/a.jpg 900w, /c.jpg 700w"><img src=/b.jpg>';
    expect(pictures(html)).toEqual([['/a.jpg', '/c.jpg', '/b.jpg']]);
  });
});

describe('--upgrade', () => {
  it('tries the original first and keeps what the page named', () => {
    expect(pictures('<img src=/wp-content/uploads/cat-300x200.jpg>', { upgrade: true })).toEqual([
      ['/wp-content/uploads/cat.jpg', '/wp-content/uploads/cat-300x200.jpg'],
    ]);
  });
  it('makes one of two sizes of a picture', () => {
    const html =
      '<img src=/wp-content/uploads/cat-300x200.jpg><img src=/wp-content/uploads/cat-150x150.jpg>';
    expect(pictures(html, { upgrade: true })).toHaveLength(1);
    expect(pictures(html)).toHaveLength(2);
  });
  it('says which rule', () => {
    const [ref] = extractPage(
      { html: '<img src="https://images.unsplash.com/photo-1?w=100">', url: 'https://s.example/' },
      { upgrade: true },
    ).images;
    expect(ref?.candidates.map((candidate) => candidate.from)).toEqual([
      'upgrade.unsplash',
      'img.src',
    ]);
  });
});
