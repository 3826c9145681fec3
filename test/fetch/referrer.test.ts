import { describe, expect, test } from 'vitest';
import { parseReferrerPolicy, type ReferrerPolicy, referrerFor } from '../../src/fetch/referrer.ts';

const PAGE = 'https://ann:secret@a.example/dir/page?q=1#part';
const WHOLE = 'https://a.example/dir/page?q=1';
const ORIGIN = 'https://a.example/';

describe('referrerFor', () => {
  test.each<[ReferrerPolicy | undefined, string, string | undefined]>([
    [undefined, 'https://a.example/i.jpg', WHOLE],
    [undefined, 'https://b.example/i.jpg', ORIGIN],
    [undefined, 'http://a.example/i.jpg', undefined],
    [undefined, 'https://a.example:444/i.jpg', ORIGIN],
    [undefined, 'http://127.0.0.1/i.jpg', ORIGIN],
    ['no-referrer', 'https://a.example/i.jpg', undefined],
    ['no-referrer-when-downgrade', 'https://b.example/i.jpg', WHOLE],
    ['no-referrer-when-downgrade', 'http://b.example/i.jpg', undefined],
    ['same-origin', 'https://a.example/i.jpg', WHOLE],
    ['same-origin', 'https://b.example/i.jpg', undefined],
    ['origin', 'http://b.example/i.jpg', ORIGIN],
    ['strict-origin', 'https://a.example/i.jpg', ORIGIN],
    ['strict-origin', 'http://b.example/i.jpg', undefined],
    ['origin-when-cross-origin', 'https://a.example/i.jpg', WHOLE],
    ['origin-when-cross-origin', 'http://b.example/i.jpg', ORIGIN],
    ['strict-origin-when-cross-origin', 'http://b.example/i.jpg', undefined],
    ['unsafe-url', 'http://b.example/i.jpg', WHOLE],
  ])('%s, to %s: %s', (policy, target, expected) => {
    expect(referrerFor(PAGE, target, policy)).toBe(expected);
  });

  test('plain http to plain http is no downgrade', () => {
    expect(referrerFor('http://a.example/p', 'http://b.example/i')).toBe('http://a.example/');
  });

  test('what the user named, files and nonsense have no referrer', () => {
    for (const page of [undefined, 'file:///home/ann/page.html', 'data:text/html,x', 'page']) {
      expect(referrerFor(page, 'https://b.example/i', 'unsafe-url')).toBeUndefined();
    }
    expect(referrerFor(PAGE, 'i.jpg')).toBeUndefined();
  });

  test('a very long address is cut to its origin', () => {
    const page = `https://a.example/${'x'.repeat(5000)}`;
    expect(referrerFor(page, 'https://a.example/i')).toBe(ORIGIN);
  });
});

test.each([
  ['no-referrer', 'no-referrer'],
  [' Origin ', 'origin'],
  ['no-referrer, strict-origin-when-cross-origin', 'strict-origin-when-cross-origin'],
  ['origin, something-new', 'origin'],
  ['never', 'no-referrer'],
  ['always', 'unsafe-url'],
  ['', undefined],
  ['constructor', undefined],
])('policy "%s" is %s', (value, expected) => {
  expect(parseReferrerPolicy(value)).toBe(expected);
});
