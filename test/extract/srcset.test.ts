import { describe, expect, it } from 'vitest';
import { parseSrcset } from '../../src/extract/mod.ts';

describe('srcset', () => {
  it('keeps a comma inside a URL', () => {
    expect(parseSrcset('a,b.jpg 1x, c,d.jpg 2x')).toEqual([
      { url: 'a,b.jpg', density: 1 },
      { url: 'c,d.jpg', density: 2 },
    ]);
  });
});
