import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extractPage } from '../../src/extract/mod.ts';

function found(json: string): string[] {
  const html = `<script type="application/ld+json">${json}</script>`;
  return extractPage({ html, url: 'https://s.example/' }).images.flatMap((ref) =>
    ref.candidates.map(({ from, url }) => `${from} ${url.replace('https://s.example', '')}`),
  );
}

describe('structured data names', () => {
  it.each([
    ['a string', '{"image":"/a"}', ['json-ld.image /a']],
    ['a list', '{"image":["/a.jpg","/b.jpg"]}', ['json-ld.image /a.jpg', 'json-ld.image /b.jpg']],
    [
      'an ImageObject',
      '{"image":{"@type":"ImageObject","url":"/a","width":1200}}',
      ['json-ld.image /a'],
    ],
    [
      'a graph',
      '{"@graph":[{"@type":"Organization","logo":{"@type":"ImageObject","url":"/l.png"}},{"@type":"ImageObject","contentUrl":"/c"}]}',
      ['json-ld.logo /l.png', 'json-ld.contentUrl /c'],
    ],
    ['nested things', '{"review":[{"itemReviewed":{"image":"/a.jpg"}}]}', ['json-ld.image /a.jpg']],
    [
      'an array of documents',
      '[{"image":"/a.jpg"},{"thumbnailUrl":["/b.jpg"]}]',
      ['json-ld.image /a.jpg', 'json-ld.thumbnailUrl /b.jpg'],
    ],
    [
      'lists in wrappers',
      '{"image":{"@list":["/a.jpg",{"url":"/b.jpg"}]}}',
      ['json-ld.image /a.jpg', 'json-ld.image /b.jpg'],
    ],
    [
      'escapes',
      '{"image":"https:\\/\\/s.example\\/a.jpg","logo":"\\u002fb.jpg"}',
      ['json-ld.image /a.jpg', 'json-ld.logo /b.jpg'],
    ],
    [
      'an image by its id',
      '{"image":{"@id":"/a.jpg"},"logo":{"@id":"/#logo"}}',
      ['json-ld.image /a.jpg'],
    ],
    [
      'no films, no pages',
      '{"@type":"VideoObject","contentUrl":"/v.mp4","url":"/p","embedUrl":"/e","thumbnailUrl":"/t"}',
      ['json-ld.thumbnailUrl /t'],
    ],
    [
      'comments and CDATA around',
      '<!-- //<![CDATA[\n{"image":"/a.jpg"}\n//]]> -->',
      ['json-ld.image /a.jpg'],
    ],
    ['trailing commas', '{"image":["/a.jpg",],}', ['json-ld.image /a.jpg']],
    ['comments inside', '{/* x */"image":"/a.jpg"// y\n}', ['json-ld.image /a.jpg']],
    [
      'raw line breaks in strings',
      '{"description":"two\nlines","image":"/a.jpg"}',
      ['json-ld.image /a.jpg'],
    ],
    ['what was cut off', '{"image":"/a.jpg","articleBody":"to be cont', ['json-ld.image /a.jpg']],
    ['nothing of what is no JSON', 'window.x = 1', []],
  ])('%s', (_, json, expected) => {
    expect(found(json)).toEqual(expected);
  });

  it('the larger of one ImageObject first', () => {
    expect(
      found('{"image":{"@type":"ImageObject","thumbnailUrl":"/t.jpg","contentUrl":"/a.jpg"}}')[0],
    ).toBe('json-ld.image /a.jpg');
  });

  it('never throws, and stands any depth', () => {
    found(`${'['.repeat(200_000)}`);
    found(`${'{"image":'.repeat(100_000)}"/a.jpg"${'}'.repeat(100_000)}`);
    fc.assert(
      fc.property(
        fc.json(),
        fc.nat(),
        (json, cut) => void found(json.slice(0, cut % (json.length + 1))),
      ),
    );
  });
});
