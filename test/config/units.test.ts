import { describe, expect, test } from 'vitest';
import { parseSeconds, parseSize } from '../../src/config/units.ts';

describe('sizes', () => {
  test.each([
    ['0', 0],
    ['1500', 1500],
    ['1500b', 1500],
    ['20MB', 20e6],
    ['20 mb', 20e6],
    ['1.5k', 1500],
    ['1GiB', 2 ** 30],
    ['2T', 2e12],
  ])('%s is %d bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes));

  test.each(['', 'MB', '-1', '1e6', '1 potato', '0x10'])('%j is no size', (text) => {
    expect(parseSize(text)).toBeUndefined();
  });
});

describe('times', () => {
  test.each([
    ['10', 10],
    ['250ms', 0.25],
    ['30s', 30],
    ['5m', 300],
    ['12h', 43_200],
    ['7d', 604_800],
  ])('%s is %d seconds', (text, seconds) => expect(parseSeconds(text)).toBe(seconds));

  test.each(['', 's', '-5s', '1 week'])('%j is no time', (text) => {
    expect(parseSeconds(text)).toBeUndefined();
  });
});
