import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { upgradeAddress } from '../../src/extract/mod.ts';
import { UPGRADE_RULES } from '../../src/extract/upgrade-rules.ts';

describe.each(UPGRADE_RULES)('upgrade rule $name', ({ name, examples }) => {
  it.each(examples)('%s', (copy, original) => {
    expect(upgradeAddress(copy)).toEqual({ url: original, rule: name });
  });
  it.each(examples)('leaves the original of %s as it is', (_, original) => {
    expect(upgradeAddress(original)).toBeUndefined();
  });
});

describe('an address no rule knows', () => {
  it.each([
    'https://site.example/cat.jpg',
    'https://site.example/cat-300x200.html',
    'https://site.example/signed.jpg?w=300&sig=abc',
    'https://site.imgix.net/cat.jpg?w=300&s=0123456789abcdef',
    'https://site.example/_next/image?w=1',
    'not an address',
  ])('%s stays', (url) => {
    expect(upgradeAddress(url)).toBeUndefined();
  });

  it('never throws and never leaves the web', () => {
    const hosts = fc.constantFrom(
      'i0.wp.com',
      'pbs.twimg.com',
      'x.imgix.net',
      'res.cloudinary.com',
      'lh3.googleusercontent.com',
      'a.example',
    );
    const path = fc.array(
      fc.oneof(
        fc.constantFrom(
          'cdn-cgi',
          'image',
          'upload',
          'w_10',
          '_next',
          'thumb',
          'a',
          'ab',
          'size',
          'javascript:1',
          '=s10',
          'media',
        ),
        fc.webPath({ size: 'small' }),
      ),
    );
    fc.assert(
      fc.property(hosts, path, fc.webQueryParameters(), (host, segments, query) => {
        const upgraded = upgradeAddress(`https://${host}/${segments.join('/')}?url=${query}`);
        if (upgraded !== undefined) expect(upgraded.url).toMatch(/^https?:\/\//);
      }),
    );
  });
});
