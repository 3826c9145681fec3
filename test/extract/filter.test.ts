import { describe, expect, it } from 'vitest';
import { addressFilter } from '../../src/extract/filter.ts';

const URL = 'https://img.example/thumbs/Cat-01.jpg?w=300&h=200';

describe('a pattern on addresses', () => {
  it.each([
    ['*.jpg', true],
    ['*.JPG', true],
    ['*.png', false],
    ['*.{png,jpg}', true],
    ['*.{png,gif}', false],
    ['img.example/*', true],
    ['https://img.example/**', true],
    ['http://*', false],
    ['*/thumbs/*', true],
    ['*thumbs*', true],
    ['thumbs', false],
    ['*Cat-0?.jpg', true],
    ['*Cat-[0-3][12].jpg', true],
    ['*Cat-[!0]1.jpg', false],
    ['*?w=300*', true],
    ['*w=3*h=2*', true],
    ['*[*', false],
    ['/cat-\\d+/i', true],
    ['/Cat$/', false],
    ['/\\?w=\\d+/g', true],
  ])('%s', (pattern, matches) => {
    expect(addressFilter([pattern], [])(URL)).toBe(matches);
    expect(addressFilter([], [pattern])(URL)).toBe(!matches);
  });

  it('excludes what is included too', () => {
    expect(addressFilter(['*.jpg'], ['*thumbs*'])(URL)).toBe(false);
  });

  it('is not slowed down by many stars', () => {
    const accepts = addressFilter([`${'*a'.repeat(40)}*b`], []);
    expect(accepts(`https://x.example/${'a'.repeat(3000)}`)).toBe(false);
  });

  it('gives the same answer every time', () => {
    const accepts = addressFilter(['/cat/gi'], []);
    expect([accepts(URL), accepts(URL), accepts(URL)]).toEqual([true, true, true]);
  });
});
