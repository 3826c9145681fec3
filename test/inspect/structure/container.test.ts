/** HEIF, TIFF and JPEG XL: formats of boxes and directories that point to each other. */

import { describe, expect, it } from 'vitest';
import { be32, box, bytes, heif, ispe, tiff } from '../../../fixtures/assemble.ts';
import { inspectStructure } from '../../../src/inspect/structure/mod.ts';
import { fixture } from './fixture.ts';

const state = (file: Uint8Array) => inspectStructure(file).state;

describe('AVIF and HEIC', () => {
  it('tell the size of the primary item', () => {
    const file = fixture('picture.avif');
    expect(inspectStructure(file)).toMatchObject({
      format: 'avif',
      width: 48,
      height: 32,
      bitDepth: 8,
      alpha: false,
      state: 'whole',
    });
    const heic = heif([ispe(7, 5)], { brand: 'heic', codec: 'hvc1' });
    expect(inspectStructure(heic)).toMatchObject({ format: 'heic', width: 7, height: 5 });
  });

  it('go by the codec where the brand leaves it open', () => {
    expect(inspectStructure(heif([ispe(7, 5)], { brand: 'mif1' })).format).toBe('avif');
  });

  it('are turned and cropped as decoders deliver them', () => {
    const turn = (angle: number) => inspectStructure(heif([ispe(7, 5), box('irot', [angle])]));
    expect(turn(1)).toMatchObject({ width: 5, height: 7 });
    expect(turn(2)).toMatchObject({ width: 7, height: 5 });
    const clap = box('clap', ...[4, 1, 3, 1, 0, 1, 0, 1].map(be32));
    expect(inspectStructure(heif([ispe(7, 5), clap]))).toMatchObject({ width: 4, height: 3 });
  });

  it('are truncated where the bytes of the picture end beyond the file', () => {
    expect(state(heif([ispe(7, 5)]))).toBe('whole');
    expect(state(heif([ispe(7, 5)], { there: 7 }))).toBe('truncated');
    const file = fixture('picture.avif');
    expect(state(file.subarray(0, file.length - 1))).toBe('truncated');
    expect(() => inspectStructure(file.subarray(0, 100))).toThrow(/ends within its header/);
  });

  it('keep junk behind the last box', () => {
    expect(state(bytes(heif([ispe(7, 5)]), '\xfe\xdc\xba\x98junk and more'))).toBe('whole');
  });

  it('are refused without a size, and where a box leaves its parent', () => {
    expect(() => inspectStructure(heif([]))).toThrow(/no size/);
    const broken = box('pixi', be32(0), [3, 8, 8, 8]);
    broken[0] = 1;
    expect(() => inspectStructure(heif([ispe(7, 5), broken]))).toThrow(/beyond its parent/);
  });
});

describe('TIFF', () => {
  const page: [number, number][] = [
    [256, 30],
    [257, 20],
    [262, 1],
    [273, 8],
    [279, 4],
  ];

  it.each(['strips.tiff', 'tiles.tiff'])('%s is whole, and truncated without its end', (name) => {
    const file = fixture(name);
    expect(inspectStructure(file)).toMatchObject({
      format: 'tiff',
      width: 48,
      height: 32,
      bitDepth: 8,
      color: 'rgb',
      state: 'whole',
    });
    expect(state(bytes(file, 'junk'))).toBe('whole');
    expect(() => inspectStructure(file.subarray(0, 12))).toThrow(/TIFF/);
  });

  it('is damaged with fewer samples than its colours need', () => {
    const colours = (photometric: number, samples: number) =>
      page
        .map(([tag, value]): [number, number] => [tag, tag === 262 ? photometric : value])
        .concat([[277, samples]]);
    const file = (photometric: number, samples: number) =>
      inspectStructure(bytes(tiff([colours(photometric, samples)]), new Uint8Array(4000)));
    expect(file(1, 1).state).toBe('whole');
    expect(file(2, 3).state).toBe('whole');
    expect(file(2, 1)).toMatchObject({
      state: 'damaged',
      detail: 'its colours are rgb, with 1 of 3 samples a pixel',
    });
    expect(file(5, 3).state).toBe('damaged');
    // Lab of one sample is lightness.
    expect(file(8, 1).state).toBe('whole');
  });

  it('counts pages', () => {
    expect(inspectStructure(tiff([page, page, page]))).toMatchObject({ frames: 3, state: 'whole' });
  });

  it('ends where the directories form a loop', () => {
    const loop = tiff([page, page], (i, starts) => starts[1 - i]!);
    expect(inspectStructure(loop)).toMatchObject({ frames: 2, state: 'damaged' });
  });

  it('is truncated where a strip or a further page is beyond the file', () => {
    const far = page.map(([tag, value]): [number, number] => [tag, tag === 279 ? 9999 : value]);
    expect(state(tiff([far]))).toBe('truncated');
    expect(state(tiff([page], () => 5000))).toBe('truncated');
  });

  it('is damaged without strips, and refused without a size', () => {
    expect(state(tiff([page.slice(0, 3)]))).toBe('damaged');
    expect(() => inspectStructure(tiff([page.slice(1)]))).toThrow(/0×20/);
  });

  it('tells the orientation', () => {
    expect(inspectStructure(tiff([[...page, [274, 6]]])).orientation).toBe(6);
  });
});

describe('JPEG XL', () => {
  /** Bits from the least significant one, in a bare codestream. */
  const codestream = (...fields: [value: number, bits: number][]) => {
    let bits = 0n;
    let at = 0n;
    for (const [value, count] of fields) {
      bits |= BigInt(value) << at;
      at += BigInt(count);
    }
    const data = Array.from({ length: 16 }, (_, i) => Number((bits >> BigInt(8 * i)) & 255n));
    return bytes([0xff, 0x0a], data);
  };

  it('tells a small size, a ratio and an orientation', () => {
    // Multiples of 8: height 8 × 5, ratio 2 : 1, all metadata default.
    const small = codestream([1, 1], [4, 5], [7, 3], [1, 1]);
    expect(inspectStructure(small)).toMatchObject({ width: 80, height: 40 });
    // Height 200, width 1000, extra fields with orientation 6.
    const large = codestream(
      [0, 1],
      [0, 2],
      [199, 9],
      [0, 3],
      [1, 2],
      [999, 13],
      [0, 1],
      [1, 1],
      [5, 3],
    );
    expect(inspectStructure(large)).toMatchObject({ width: 1000, height: 200, orientation: 6 });
  });

  it('reads the container', () => {
    const mark = bytes('\0\0\0\x0cJXL \r\n\x87\n');
    const data = codestream([1, 1], [4, 5], [1, 3], [1, 1]);
    const file = bytes(mark, box('ftyp', 'jxl ', be32(0), 'jxl '), box('jxlc', data));
    expect(inspectStructure(file)).toMatchObject({ width: 40, height: 40, state: 'whole' });
    expect(state(file.subarray(0, file.length - 1))).toBe('truncated');
  });
});
