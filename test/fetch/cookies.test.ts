import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TrawlError } from '../../src/errors.ts';
import { CookieJar } from '../../src/fetch/cookies.ts';

const line = (...fields: (string | number)[]) => fields.join('\t');
const LATER = Math.floor(Date.now() / 1000) + 86_400;

describe('Netscape files', () => {
  const jar = CookieJar.fromNetscape(
    [
      '# Netscape HTTP Cookie File',
      '',
      line('.example.org', 'TRUE', '/', 'FALSE', LATER, 'wide', '1'),
      line('example.org', 'FALSE', '/', 'FALSE', 0, 'host', '2'),
      line('#HttpOnly_.example.org', 'TRUE', '/in', 'TRUE', LATER, 'deep', 'a=b c'),
      line('.example.org', 'TRUE', '/', 'FALSE', 1, 'stale', 'x'),
      line('127.0.0.1', 'TRUE', '/', 'FALSE', 0, 'ip', '3'),
      line('localhost', 'TRUE', '/', 'FALSE', 0, 'label', '4'),
      line('.example.com', 'TRUE', '/', 'FALSE', 0, 'empty', ''),
    ].join('\r\n'),
  );

  test.each([
    ['http://example.org/', 'wide=1; host=2'],
    ['http://www.example.org/in/x', 'wide=1'],
    ['https://www.example.org/in/x', 'deep=a=b c; wide=1'],
    ['http://127.0.0.1:8080/', 'ip=3'],
    ['http://localhost:8080/', 'label=4'],
    ['http://example.com/', 'empty='],
    ['http://example.net/', undefined],
    ['http://badexample.org/', undefined],
  ])('%s gets %s', (url, header) => {
    expect(jar.header(url)).toBe(header);
  });

  test.each([
    ['example.org TRUE / FALSE 0 a secret', /line 1: expected 7 fields/],
    [
      `# ok\n${line('example.org', 'yes', '/', 'FALSE', 0, 'a', 'secret')}`,
      /line 2: fields 2 and 4/,
    ],
    [line('example.org', 'TRUE', '/', 'FALSE', 'never', 'a', 'secret'), /line 1: field 5/],
    [line('', 'TRUE', '/', 'FALSE', 0, 'a', 'secret'), /line 1: field 1/],
    [line('.co.uk', 'TRUE', '/', 'FALSE', 0, 'a', 'secret'), /line 1: its domain takes no cookies/],
    [line('example.org', 'TRUE', '/', 'FALSE', 0, 'a', 'secret\x07'), /line 1: a control/],
  ])('a wrong line is named and not shown: %j', (text, message) => {
    const read = () => CookieJar.fromNetscape(text);
    expect(read).toThrow(TrawlError);
    expect(read).toThrow(message);
    expect(read).not.toThrow(/secret/);
  });

  test('anything is read or refused with a clear error', () => {
    const field = fc.oneof(fc.string(), fc.constantFrom('TRUE', 'FALSE', '0', '/', 'a.org'));
    fc.assert(
      fc.property(fc.array(fc.array(field, { maxLength: 8 })), (lines) => {
        try {
          CookieJar.fromNetscape(lines.map((fields) => fields.join('\t')).join('\n'));
        } catch (error) {
          expect(error).toBeInstanceOf(TrawlError);
        }
      }),
    );
  });
});

describe('cookies that servers set', () => {
  const cookiesAfter = (setUrl: string, lines: string[], url = setUrl) => {
    const jar = new CookieJar();
    jar.store(setUrl, lines);
    return jar.header(url);
  };

  test('come back to their host', () => {
    expect(cookiesAfter('http://127.0.0.1:1/a', ['s=1; Path=/; HttpOnly', 't=2'])).toBe('s=1; t=2');
  });

  test('a later value takes the place of an earlier one, and Max-Age=0 removes it', () => {
    expect(cookiesAfter('https://a.org/', ['s=1', 's=2'])).toBe('s=2');
    expect(cookiesAfter('https://a.org/', ['s=1', 's=; Max-Age=0'])).toBeUndefined();
  });

  test('a server sets cookies for its own domain only, never for a public suffix', () => {
    expect(cookiesAfter('https://a.org/', ['s=1; Domain=b.org'], 'https://b.org/')).toBeUndefined();
    expect(
      cookiesAfter('https://a.co.uk/', ['s=1; Domain=co.uk'], 'https://b.co.uk/'),
    ).toBeUndefined();
    expect(cookiesAfter('https://x.a.org/', ['s=1; Domain=a.org'], 'https://y.a.org/')).toBe('s=1');
  });

  test('secure cookies need https on both ways', () => {
    expect(cookiesAfter('https://a.org/', ['s=1; Secure'], 'http://a.org/')).toBeUndefined();
    expect(cookiesAfter('http://a.org/', ['s=1; Secure'], 'https://a.org/')).toBeUndefined();
    expect(cookiesAfter('https://a.org/', ['__Host-s=1; Secure; Path=/'])).toBe('__Host-s=1');
    expect(
      cookiesAfter('https://a.org/', ['__Host-s=1; Secure; Path=/; Domain=a.org']),
    ).toBeUndefined();
  });

  test('a flood of cookies keeps to a bounded number, the newest', () => {
    const jar = new CookieJar();
    for (let round = 0; round < 10; round++) {
      jar.store(
        'https://a.org/',
        Array.from({ length: 100 }, (_, i) => `c${round * 100 + i}=x`),
      );
    }
    const names = jar.header('https://a.org/')!.split('; ');
    expect(names).toHaveLength(180);
    expect(names.at(-1)).toBe('c999=x');
    for (let host = 0; host < 4000; host++) jar.store(`https://h${host}.org/`, ['s=1']);
    expect(jar.header('https://a.org/')).toBeUndefined();
    expect(jar.header('https://h0.org/')).toBeUndefined();
    expect(jar.header('https://h3999.org/')).toBe('s=1');
    jar.store('https://a.org/', [`big=${'x'.repeat(10_000)}`]);
    expect(jar.header('https://a.org/')).toBeUndefined();
  });

  test('anything is stored or dropped', () => {
    const urls = fc.constantFrom(
      'https://a.org/b/',
      'http://127.0.0.1:1/',
      'http://[::1]/',
      'http://org/',
    );
    fc.assert(
      fc.property(fc.array(fc.string()), urls, (lines, url) => {
        cookiesAfter(url, lines);
      }),
    );
  });
});
