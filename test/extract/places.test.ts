import { describe, expect, it } from 'vitest';
import { type ExtractOptions, extractPage } from '../../src/extract/mod.ts';

const URL_OF_PAGE = 'https://site.example/dir/page.html';

/** Every candidate as `place address`, addresses without the site. */
function found(html: string, options: ExtractOptions = { from: ['all'] }): string[] {
  return extractPage({ html, url: URL_OF_PAGE }, options)
    .images.flatMap((ref) => ref.candidates)
    .map(({ from, url }) => `${from} ${url.replace('https://site.example', '')}`);
}

const CASES: readonly (readonly [says: string, html: string, found: string[]])[] = [
  ['img src', '<img src=a.jpg>', ['img.src /dir/a.jpg']],
  [
    'img srcset, largest first',
    '<img srcset="/s.jpg 10w, /l.jpg 900w">',
    ['img.srcset /l.jpg', 'img.srcset /s.jpg'],
  ],
  [
    'picture sources',
    '<picture><source srcset=/a.webp type=image/webp><img src=/a.jpg></picture>',
    ['source.srcset /a.webp', 'img.src /a.jpg'],
  ],
  ['no source of a video', '<video><source src=/a.jpg srcset=/b.jpg></video>', []],
  ['amp-img', '<amp-img src=/a.jpg></amp-img>', ['img.src /a.jpg']],
  [
    'input type=image',
    '<input type=IMAGE src=/a.png><input type=text src=/b.png>',
    ['input.src /a.png'],
  ],
  ['video poster', '<video poster=/p.jpg></video>', ['video.poster /p.jpg']],
  [
    'SVG image and feImage',
    '<svg><image href=/a.png /><image xlink:href=/b.png /><filter><feImage href=/c.png /></filter></svg>',
    ['svg.image /a.png', 'svg.image /b.png', 'svg.feImage /c.png'],
  ],
  [
    'object and embed that are images',
    '<object data=/a.svg></object><object data=/b type=image/png></object><object data=/c.pdf></object><embed src=/d.gif><embed src=/e.swf>',
    ['object.data /a.svg', 'object.data /b', 'embed.src /d.gif'],
  ],
  [
    'legacy backgrounds',
    '<body background=/a.gif><table background=/b.gif><tr><td background=/c.gif></table>',
    ['background /a.gif', 'background /b.gif', 'background /c.gif'],
  ],
  [
    'link icons',
    '<link rel="shortcut icon" href=/f.ico><link rel=apple-touch-icon sizes=180x180 href=/t.png><link rel=mask-icon href=/m.svg>',
    ['link.icon /f.ico', 'link.apple-touch-icon /t.png', 'link.mask-icon /m.svg'],
  ],
  ['link image_src', '<link rel=image_src href=/a>', ['link.image_src /a']],
  [
    'link preload',
    '<link rel=preload as=image href=/a.jpg imagesrcset="/b.jpg 2x"><link rel=preload as=font href=/f.png>',
    ['link.preload /b.jpg', 'link.preload /a.jpg'],
  ],
  [
    'Open Graph and Twitter',
    '<meta property=og:image content=/a><meta property=og:image:secure_url content=/b><meta name=twitter:image:src content=/c><meta property=og:image:width content=1200><meta name=twitter:image:alt content="a.jpg">',
    ['meta.og:image /a', 'meta.og:image:secure_url /b', 'meta.twitter:image:src /c'],
  ],
  [
    'Windows tiles',
    '<meta name=msapplication-TileImage content=/t.png>',
    ['meta.msapplication-TileImage /t.png'],
  ],
  [
    'other image metas, if they look like one',
    '<meta name=parsely-image-url content=/a.jpg><meta name=sailthru.image.full content=/b.jpg><meta name=thumbnail content=/c><meta name=image-count content=3>',
    ['meta.parsely-image-url /a.jpg', 'meta.sailthru.image.full /b.jpg', 'meta.thumbnail /c'],
  ],
  [
    'microdata',
    '<meta itemprop=image content=/a><link itemprop=thumbnailUrl href=/b><div itemprop=image itemscope itemtype=https://schema.org/ImageObject><meta itemprop=url content=/c><meta itemprop=width content=9></div><meta itemprop=url content=/no>',
    ['microdata.image /a', 'microdata.thumbnailurl /b', 'microdata.url /c'],
  ],
  [
    'links to images',
    '<a href=/a.jpg>x</a><a href=/b.html>x</a><area href=/c.PNG?x=1>',
    ['a.href /a.jpg', 'a.href /c.PNG?x=1'],
  ],
  [
    'no links to pages about images',
    '<a href=/wiki/File:Cat.jpg>x</a><a href=/wiki/Datei%3ACat.jpg>x</a><a href="https://pin.example/create?media=http://x/a.jpg">x</a><a href=/o/r/blob/main/a.png>x</a>',
    [],
  ],
  ['noscript', '<p><noscript><img src=/a.jpg></noscript>', ['noscript.img.src /a.jpg']],
  [
    'noscript in the head',
    '<head><noscript><link rel=icon href=/a.png></noscript>',
    ['noscript.link.icon /a.png'],
  ],
  ['template', '<template><img src=/a.jpg></template>', ['template.img.src /a.jpg']],
  ['style elements', '<style>.a{background:url(/a.png)}@import "x.css";</style>', ['css /a.png']],
  [
    'style attributes',
    `<p style="background:url('/a.png'), url(/b.png)">`,
    ['css /a.png', 'css /b.png'],
  ],
  [
    'entities in attributes',
    '<img src="/a.jpg?x=1&amp;y=2&copy=3">',
    ['img.src /a.jpg?x=1&y=2&copy=3'],
  ],
  [
    'nothing of comments, scripts, text areas',
    '<!-- <img src=/a.jpg> --><script>"<img src=/b.jpg>"</script><textarea><img src=/c.jpg></textarea><title><img src=/d.jpg></title><iframe><img src=/e.jpg></iframe>',
    [],
  ],
  [
    'nothing of text templates',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is what such a page holds
    '<script type=text/template><img src=/a.jpg></script><img src="{{ src }}"><img src="${x}/a.jpg"><img src="<%= a %>.jpg">',
    [],
  ],
  [
    'nothing that cannot be fetched',
    '<img src="javascript:x.jpg"><img src="about:blank"><img src="blob:https://x/1"><img src=""><img src="  "><img src="#a.jpg"><img src="data:image/gif;base64,R0==">',
    [],
  ],
  // Lazy loading
  ['data-src', '<img data-src=/a>', ['lazy.data-src /a']],
  [
    'data-lazy-src and placeholder',
    '<img src=/spacer.gif data-lazy-src=/a.jpg>',
    ['lazy.data-lazy-src /a.jpg', 'img.src /spacer.gif'],
  ],
  [
    'data-srcset',
    '<img data-srcset="/a.jpg 100w, /b.jpg 200w">',
    ['lazy.data-srcset /b.jpg', 'lazy.data-srcset /a.jpg'],
  ],
  [
    'data-srcset of a source',
    '<picture><source data-srcset="/a.webp"><img data-src=/a.jpg></picture>',
    ['lazy.data-srcset /a.webp', 'lazy.data-src /a.jpg'],
  ],
  [
    'data-bg',
    '<div data-bg=/a></div><div data-background-image="url(/b.jpg)"></div>',
    ['lazy.data-bg /a', 'lazy.data-background-image /b.jpg'],
  ],
  [
    'bgset',
    '<div data-bgset="/a.jpg [(max-width: 600px)] | /b.jpg 2x">',
    ['lazy.data-bgset /b.jpg', 'lazy.data-bgset /a.jpg'],
  ],
  [
    'data-lazy-style',
    '<div data-lazy-style="background-image: url(/a.jpg)">',
    ['lazy.data-lazy-style /a.jpg'],
  ],
  [
    'data-src of other elements, if it looks like an image',
    '<iframe data-src=/a></iframe><iframe data-src=/f.jpg.html></iframe><div data-src=/b></div><div data-src=/c.jpg></div><script data-src=/d.js></script>',
    ['lazy.data-src /c.jpg'],
  ],
  [
    'any data-* with an image',
    '<div data-foo=/a.jpg data-bar="see /b.jpg" data-title="c.jpg" data-thing-image="d.jpg">',
    ['attribute.data-foo /a.jpg', 'attribute.data-thing-image /dir/d.jpg'],
  ],
  [
    'lists in attributes',
    '<div data-slides="/a.jpg,/b.jpg">',
    ['attribute.data-slides /a.jpg', 'attribute.data-slides /b.jpg'],
  ],
  [
    'JSON in attributes',
    `<div data-props='{"hero":{"src":"/a.jpg","title":"x.jpg"},"list":["/b.png","no"]}'>`,
    ['json.data-props /a.jpg', 'json.data-props /b.png'],
  ],
  [
    'widths of a theme',
    '<img data-src="/a_{width}x.jpg" data-widths="[180,540,360]">',
    ['lazy.data-src /a_540x.jpg'],
  ],
  ['no event handlers', `<img onerror="this.src='/a.jpg'" onclick="open('/b.jpg')">`, []],
];

describe('a page names', () => {
  it.each(CASES)('%s', (_, html, expected) => {
    expect(found(html)).toEqual(expected);
  });
});

describe('--from', () => {
  const html =
    '<link rel=icon href=/i.ico><meta property=og:image content=/m.jpg><img src=/c.jpg><a href=/l.jpg>x</a><p style="background:url(/s.png)">';
  it('leaves out icons by default', () => {
    expect(found(html, {}).map((line) => line.split(' ')[0])).toEqual([
      'meta.og:image',
      'img.src',
      'a.href',
      'css',
    ]);
  });
  it.each([
    ['content', 'img.src /c.jpg'],
    ['links', 'a.href /l.jpg'],
    ['meta', 'meta.og:image /m.jpg'],
    ['css', 'css /s.png'],
    ['icons', 'link.icon /i.ico'],
  ] as const)('%s alone', (kind, expected) => {
    expect(found(html, { from: [kind] })).toEqual([expected]);
  });
});

describe('data: images', () => {
  const inline = 'data:image/png;base64,AAAA';
  it('are reported when asked for', () => {
    expect(found(`<img src="${inline}">`, { dataUrls: true })).toEqual([`img.src ${inline}`]);
  });
  it('are whole however long', () => {
    const long = `data:image/png;base64,${'A'.repeat(5000)}`;
    expect(found(`<img src="${long}">`, { dataUrls: true })).toEqual([`img.src ${long}`]);
  });
  it('lose to what a script will show', () => {
    expect(found(`<img src="${inline}" data-src=/a.jpg>`, { dataUrls: true })[0]).toBe(
      'lazy.data-src /a.jpg',
    );
  });
});
