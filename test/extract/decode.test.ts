import { describe, expect, it } from 'vitest';
import { extractPage } from '../../src/extract/mod.ts';

const bytes = (...parts: (string | number[])[]) =>
  new Uint8Array(
    parts.flatMap((part) =>
      typeof part === 'string' ? [...part].map((char) => char.charCodeAt(0)) : part,
    ),
  );
const utf16 = (text: string, bigEndian: boolean) =>
  [...text].flatMap((char) => {
    const code = char.charCodeAt(0);
    return bigEndian ? [code >> 8, code & 255] : [code & 255, code >> 8];
  });
const path = (html: Uint8Array, contentType?: string) =>
  extractPage({
    html,
    url: 'https://s.example/',
    ...(contentType === undefined ? {} : { contentType }),
  }).images.map((ref) => decodeURI(new URL(ref.candidates[0].url).pathname))[0];

describe('the encoding of a page', () => {
  const ж = [0xe6];
  it.each([
    ['the header', bytes('<img src=/', ж, '.png>'), 'text/html; charset="windows-1251"', '/ж.png'],
    [
      'meta charset',
      bytes('<meta charset=windows-1251><img src=/', ж, '.png>'),
      undefined,
      '/ж.png',
    ],
    [
      'meta http-equiv',
      bytes(
        '<meta http-equiv=Content-Type content="text/html; charset=windows-1251"><img src=/',
        ж,
        '.png>',
      ),
      'text/html',
      '/ж.png',
    ],
    [
      'the header before meta',
      bytes('<meta charset=utf-8><img src=/', ж, '.png>'),
      'text/html;charset=windows-1251',
      '/ж.png',
    ],
    [
      'a BOM before the header',
      bytes([0xef, 0xbb, 0xbf], '<img src=/', [0xd0, 0xb6], '.png>'),
      'text/html; charset=windows-1251',
      '/ж.png',
    ],
    ['UTF-16LE by BOM', bytes([0xff, 0xfe], utf16('<img src=/ж.png>', false)), undefined, '/ж.png'],
    ['UTF-16BE by BOM', bytes([0xfe, 0xff], utf16('<img src=/ж.png>', true)), undefined, '/ж.png'],
    [
      'UTF-16 by header',
      bytes(utf16('<img src=/ж.png>', false)),
      'text/html; charset=utf-16le',
      '/ж.png',
    ],
    [
      'Shift_JIS',
      bytes('<meta charset=Shift_JIS><img src=/', [0x93, 0xfa, 0x96, 0x7b], '.png>'),
      undefined,
      '/日本.png',
    ],
    [
      'EUC-JP',
      bytes('<meta charset=euc-jp><img src=/', [0xc6, 0xfc], '.png>'),
      undefined,
      '/日.png',
    ],
    ['GBK', bytes('<meta charset=gb2312><img src=/', [0xd6, 0xd0], '.png>'), undefined, '/中.png'],
    [
      'UTF-8 where nothing is said',
      bytes('<img src=/', [0xd0, 0xb6], '.png>'),
      undefined,
      '/ж.png',
    ],
    [
      'windows-1252 where that is no UTF-8',
      bytes('<img src=/', [0xe9], '.png>'),
      undefined,
      '/é.png',
    ],
    [
      'UTF-8 where meta claims UTF-16',
      bytes('<meta charset=utf-16><img src=/', [0xd0, 0xb6], '.png>'),
      undefined,
      '/ж.png',
    ],
    [
      'what is valid, where the label is unknown',
      bytes('<meta charset=klingon><img src=/', [0xd0, 0xb6], '.png>'),
      'text/html; charset=x',
      '/ж.png',
    ],
    [
      'a meta far down',
      bytes(`<!-- ${'x'.repeat(2000)} --><meta charset=windows-1251><img src=/`, ж, '.png>'),
      undefined,
      '/ж.png',
    ],
  ])('%s', (_, html, contentType, expected) => {
    expect(path(html, contentType)).toBe(expected);
  });

  it('is used in the query of addresses, as browsers do', () => {
    const query = (html: Uint8Array) =>
      extractPage({ html, url: 'https://s.example/' }).images[0]?.candidates[0].url.split('?')[1];
    expect(query(bytes('<meta charset=windows-1251><img src="/a?x=', ж, '">'))).toBe('x=%E6');
    expect(query(bytes('<meta charset=Shift_JIS><img src="/a?x=', [0x93, 0xfa], '">'))).toBe(
      'x=%93%FA',
    );
    expect(query(bytes('<meta charset=utf-8><img src="/a?x=', [0xd0, 0xb6], '">'))).toBe(
      'x=%D0%B6',
    );
    expect(query(bytes('<meta charset=windows-1251><img src="/a?x=&#x65E5;">'))).toBe(
      'x=%26%2326085%3B',
    );
  });
});
