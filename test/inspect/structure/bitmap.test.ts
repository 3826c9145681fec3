/** BMP and icons: kept undecoded, so their headers are all the judgement there is. */

import { describe, expect, it } from 'vitest';
import { bmp, bytes, icon, le16, le32, png } from '../../../fixtures/assemble.ts';
import { inspectStructure } from '../../../src/inspect/structure/mod.ts';

const state = (file: Uint8Array) => inspectStructure(file).state;
const GREYS = Uint8Array.from({ length: 1024 }, (_, i) => (i & 3 ? i >> 2 : 0));

describe('BMP', () => {
  it.each([
    ['24 bits', bmp(), {}],
    ['the top row first', bmp({ height: -4 }), {}],
    ['32 bits', bmp({ bits: 32 }), { color: 'rgb' }],
    ['a palette', bmp({ bits: 8, palette: GREYS }), { color: 'palette', bitDepth: 8 }],
    ['an OS/2 2 header', bmp({ header: 64 }), {}],
    ['a version 4 header', bmp({ header: 108 }), {}],
    ['a version 5 header', bmp({ header: 124 }), {}],
    [
      'colour masks',
      bmp({ bits: 16, compression: 3, palette: bytes(le32(0xf800), le32(0x7e0), le32(0x1f)) }),
      {},
    ],
    [
      'an OS/2 1 header',
      bytes(
        'BM',
        le32(98),
        le32(0),
        le32(26),
        le32(12),
        le16(6),
        le16(4),
        le16(1),
        le16(24),
        new Uint8Array(80),
      ),
      {},
    ],
    ['junk behind it', bytes(bmp(), 'junk'), {}],
  ])('with %s', (_, file, facts) => {
    expect(inspectStructure(file)).toMatchObject({ width: 6, height: 4, state: 'whole', ...facts });
  });

  it('is truncated where rows are missing', () => {
    const file = bmp();
    expect(state(file.subarray(0, file.length - 1))).toBe('truncated');
  });

  it('follows run-length codes to their end', () => {
    const coded = (data: number[]) => bmp({ bits: 8, compression: 1, palette: GREYS, data });
    const row = [6, 1, 0, 0];
    expect(state(coded([...row, ...row, ...row, ...row, 0, 1]))).toBe('whole');
    expect(state(coded([...row, ...row, ...row, 6, 1]))).toBe('whole');
    expect(state(coded([...row, 0, 1]))).toBe('whole');
    expect(state(coded([0, 2, 0, 3, 0, 6, 1, 2, 3, 4, 5, 6]))).toBe('whole');
    expect(state(coded([...row, ...row]))).toBe('truncated');
    expect(state(coded([...row, 0, 200, 1, 2]))).toBe('truncated');
  });

  it.each([
    ['an unknown header', bmp({ header: 66 }), /66 bytes/],
    ['a negative width', bmp({ width: -6, data: [] }), /-6×4/],
    ['no height', bmp({ height: 0 }), /6×0/],
    ['a huge side', bmp({ width: 1, height: 70_000, data: [] }), /70000/],
    ['5 bits', bmp({ bits: 5 }), /5 bits/],
    ['an embedded JPEG', bmp({ compression: 4 }), /compression 4/],
    ['a palette that is not there', bmp({ bits: 8, data: [1, 2] }), /palette/],
    [
      'a mask of two pieces',
      bmp({ bits: 16, compression: 3, palette: bytes(le32(0xa800), le32(0), le32(0)) }),
      /mask/,
    ],
  ])('is refused with %s', (_, file, reason) => {
    expect(() => inspectStructure(file)).toThrow(reason);
  });
});

describe('ICO and CUR', () => {
  /** A BMP as icons hold it: without its file header, of double height for the mask. */
  const dib = (side: number) => bmp({ width: side, height: 2 * side, bits: 32 }).subarray(14);
  const entry = (side: number, data = dib(side)) => ({ width: side, height: side, data });

  it('have the size of the largest entry', () => {
    const file = icon(1, [entry(4), entry(12), entry(8)]);
    expect(inspectStructure(file)).toMatchObject({
      format: 'ico',
      width: 12,
      height: 12,
      frames: 3,
      state: 'whole',
    });
    expect(inspectStructure(icon(2, [entry(4)])).format).toBe('cur');
    expect(inspectStructure(icon(1, [entry(0)]))).toMatchObject({ width: 256, height: 256 });
  });

  it('are damaged where a PNG has no whole signature', () => {
    const picture = png();
    picture[5] = 0;
    expect(inspectStructure(icon(1, [entry(0, picture)])).state).toBe('damaged');
  });

  it('have the size of a PNG, which the directory may tell wrong', () => {
    const file = icon(1, [entry(4), entry(0, png({ width: 300, height: 200 }))]);
    expect(inspectStructure(file)).toMatchObject({ width: 300, height: 200, frames: 2 });
  });

  it('judge a PNG within', () => {
    expect(state(icon(1, [entry(8, png())]))).toBe('whole');
    expect(state(icon(1, [entry(8, png().subarray(0, 50))]))).toBe('truncated');
    expect(state(icon(1, [entry(8, png({ width: 0 }))]))).toBe('damaged');
  });

  it('need the pixels, but not the mask', () => {
    const file = icon(1, [entry(8)]);
    expect(state(file.subarray(0, 22 + 40 + 8 * 8 * 4))).toBe('whole');
    expect(state(file.subarray(0, 22 + 40 + 8 * 8 * 4 - 1))).toBe('truncated');
  });

  it('are refused with entries that point into the directory', () => {
    const file = icon(1, [entry(8)]);
    file[18] = 10;
    expect(() => inspectStructure(file)).toThrow(/into the directory/);
    expect(() => inspectStructure(bytes('\0\0\x01\0\x09\0'))).toThrow(/ends within/);
  });
});
