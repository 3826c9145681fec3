import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseHttpDate, parseRetryAfter } from '../../src/fetch/retry-after.ts';

const now = Date.UTC(1994, 10, 6, 8, 49, 0);

describe('parseRetryAfter', () => {
  test.each([
    ['120', 120_000],
    [' 1 ', 1000],
    ['0', 0],
    ['9'.repeat(400), Number.MAX_SAFE_INTEGER],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 37_000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 37_000],
    ['Sun Nov  6 08:49:37 1994', 37_000],
    ['Sun Nov 06 08:49:37 1994', 37_000],
    ['sun, 06 nov 1994 08:49:60 gmt', 60_000],
  ])('%s', (value, ms) => {
    expect(parseRetryAfter(value, now)).toBe(ms);
  });

  test('a date that has passed is no wait', () => {
    expect(parseRetryAfter('Sat, 05 Nov 1994 08:49:37 GMT', now)).toBe(0);
  });

  test.each([
    '',
    'soon',
    '-1',
    '1.5',
    '1e3',
    '0x10',
    '1, 2',
    'Sun, 06 Nov 1994 08:49:37 CET',
    'Sun, 06 Nov 1994 24:49:37 GMT',
    'Sun, 31 Feb 1994 08:49:37 GMT',
    'Sun, 00 Nov 1994 08:49:37 GMT',
    'Sun, 06 Foo 1994 08:49:37 GMT',
    '1994-11-06T08:49:37Z',
    'Sun, 6 Nov 1994 08:49:37 GMT',
  ])('"%s" asks for nothing', (value) => {
    expect(parseRetryAfter(value, now)).toBeUndefined();
  });

  test('anything gives a wait or nothing', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const ms = parseRetryAfter(value, now);
        expect(ms === undefined || ms >= 0).toBe(true);
      }),
    );
  });
});

describe('parseHttpDate', () => {
  test('two digits more than 50 years ahead are in the past', () => {
    const at = Date.UTC(2026, 0, 1);
    expect(parseHttpDate('Sunday, 06-Nov-94 08:49:37 GMT', at)).toBe(784_111_777_000);
    expect(parseHttpDate('Friday, 06-Nov-76 00:00:00 GMT', at)).toBe(Date.UTC(2076, 10, 6));
    expect(parseHttpDate('Saturday, 06-Nov-77 00:00:00 GMT', at)).toBe(Date.UTC(1977, 10, 6));
  });

  test('reads back what dates are written as', () => {
    const any = fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(any, (date) => {
        const second = Math.floor(date.getTime() / 1000) * 1000;
        expect(parseHttpDate(new Date(second).toUTCString(), now)).toBe(second);
      }),
    );
  });
});
