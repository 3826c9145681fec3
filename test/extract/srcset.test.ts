import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSrcset, type SrcsetEntry } from '../../src/extract/mod.ts';

/** What the standard's algorithm makes of each input; the sections are its steps. */
const CASES: readonly (readonly [says: string, input: string, entries: SrcsetEntry[]])[] = [
  ['is empty without candidates', '', []],
  ['is empty for white space and commas', ' , \t\n,, ', []],
  ['takes a bare address', 'a.jpg', [{ url: 'a.jpg' }]],
  ['takes an address amid white space', '\n\t a.jpg \f\r', [{ url: 'a.jpg' }]],
  ['separates bare addresses by comma and space', 'a, b', [{ url: 'a' }, { url: 'b' }]],
  [
    'keeps a comma inside a URL',
    'a,b.jpg 1x, c,d.jpg 2x',
    [
      { url: 'a,b.jpg', density: 1 },
      { url: 'c,d.jpg', density: 2 },
    ],
  ],
  ['does not separate without space after the comma', 'a.jpg,b.jpg', [{ url: 'a.jpg,b.jpg' }]],
  [
    'strips every comma at the end of an address',
    'a.jpg,,, b.jpg',
    [{ url: 'a.jpg' }, { url: 'b.jpg' }],
  ],
  ['skips commas before an address', ',,a.jpg 2x', [{ url: 'a.jpg', density: 2 }]],
  [
    'reads a comma right after a descriptor',
    'a 1x,b 2x',
    [
      { url: 'a', density: 1 },
      { url: 'b', density: 2 },
    ],
  ],
  [
    'keeps data: addresses whole',
    'data:,a 1x, data:image/gif;base64,R0== 2x',
    [
      { url: 'data:,a', density: 1 },
      { url: 'data:image/gif;base64,R0==', density: 2 },
    ],
  ],
  ['reads w', 'a 300w', [{ url: 'a', width: 300 }]],
  ['reads w beside h', 'a 300w 200h', [{ url: 'a', width: 300, height: 200 }]],
  ['reads h before w', 'a 200h 300w', [{ url: 'a', width: 300, height: 200 }]],
  ['drops h without w', 'a 200h, b', [{ url: 'b' }]],
  ['drops h with x', 'a 200h 1x, b', [{ url: 'b' }]],
  ['drops w with x', 'a 100w 1x, b', [{ url: 'b' }]],
  ['drops x with w', 'a 1x 100w, b', [{ url: 'b' }]],
  ['drops two w', 'a 100w 200w, b', [{ url: 'b' }]],
  ['drops two x', 'a 1x 2x, b', [{ url: 'b' }]],
  ['drops two h', 'a 100w 1h 2h, b', [{ url: 'b' }]],
  ['drops 0w', 'a 0w, b', [{ url: 'b' }]],
  ['drops 0h', 'a 100w 0h, b', [{ url: 'b' }]],
  ['keeps 0x', 'a 0x', [{ url: 'a', density: 0 }]],
  ['drops a negative density', 'a -1x, b', [{ url: 'b' }]],
  ['keeps negative zero', 'a -0x', [{ url: 'a', density: -0 }]],
  ['drops a fraction of a w', 'a 1.5w, b', [{ url: 'b' }]],
  ['drops +1w', 'a +1w, b', [{ url: 'b' }]],
  ['drops -1w', 'a -1w, b', [{ url: 'b' }]],
  ['drops an exponent in w', 'a 1e2w, b', [{ url: 'b' }]],
  ['reads fractions of x', 'a 1.5x', [{ url: 'a', density: 1.5 }]],
  ['reads .5x', 'a .5x', [{ url: 'a', density: 0.5 }]],
  [
    'reads exponents of x',
    'a 1e1x, b 1E-1x, c 1e+1x',
    [
      { url: 'a', density: 10 },
      { url: 'b', density: 0.1 },
      { url: 'c', density: 10 },
    ],
  ],
  ['drops 1.x', 'a 1.x, b', [{ url: 'b' }]],
  ['drops +1x', 'a +1x, b', [{ url: 'b' }]],
  ['drops NaNx and Infinityx', 'a NaNx, b Infinityx, c', [{ url: 'c' }]],
  ['drops 0x1x', 'a 0x1x, b', [{ url: 'b' }]],
  ['drops capital units', 'a 1X, b 1W, c 1w 1H, d', [{ url: 'd' }]],
  ['drops a unit alone', 'a x, b w, c 1w h, d', [{ url: 'd' }]],
  ['drops a number alone', 'a 1, b', [{ url: 'b' }]],
  ['drops a space between number and unit', 'a 1 x, b', [{ url: 'b' }]],
  ['drops unknown descriptors', 'a foo, b 1x foo, c', [{ url: 'c' }]],
  ['ignores a comma in parentheses', 'a (b, c), d', [{ url: 'd' }]],
  ['drops a parenthesis in front of a descriptor', 'a ( , 1x, b 1x', []],
  ['ends parentheses at the first closing one', 'a ((b) , c), d', [{ url: 'c)' }, { url: 'd' }]],
  ['takes the rest for an unclosed parenthesis', 'a (, b, c', []],
  ['drops what follows parentheses in one descriptor', 'a (x)1x, b', [{ url: 'b' }]],
  ['keeps parentheses in an address', 'a(b).jpg 2x', [{ url: 'a(b).jpg', density: 2 }]],
  ['does not split at other Unicode spaces', 'a\u00a01x', [{ url: 'a\u00a01x' }]],
  ['reads large widths', 'a 16384w', [{ url: 'a', width: 16384 }]],
];

describe('srcset', () => {
  it.each(CASES)('%s', (_, input, entries) => {
    expect(parseSrcset(input)).toEqual(entries);
  });

  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom(
        ' ',
        ',',
        '(',
        ')',
        '1x',
        '2w',
        '3h',
        '\n',
        '\t',
        'a.jpg',
        '.',
        '-',
        '\u0000',
      ),
      fc.string(),
    ),
    { maxLength: 60 },
  );

  it('never throws, and every address is a substring of the input', () => {
    fc.assert(
      fc.property(pieces, (parts) => {
        const input = parts.join('');
        for (const { url, width, density } of parseSrcset(input)) {
          expect(url).not.toBe('');
          expect(input).toContain(url);
          expect(url).not.toMatch(/[ \t\n\f\r]|,$/);
          if (width !== undefined) expect(width).toBeGreaterThan(0);
          if (density !== undefined) expect(density).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  it('reads back what it is given in the plain form', () => {
    const url = fc.stringMatching(/^[a-z0-9/._:?=&()-]{1,20}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(url, fc.integer({ min: 1, max: 9999 }))), (entries) => {
        const input = entries.map(([address, width]) => `${address} ${width}w`).join(', ');
        expect(parseSrcset(input)).toEqual(
          entries.map(([address, width]) => ({ url: address, width })),
        );
      }),
    );
  });

  it('is linear', () => {
    for (const unit of ['(', ',', 'a (', 'a 1x,', ' ', 'a,']) parseSrcset(unit.repeat(300_000));
  });
});
