/** JPEG, PNG, GIF and WebP: the formats of nearly all images on the web. */

import { describe, expect, it } from 'vitest';
import {
  be32,
  bytes,
  chunk,
  gif,
  gifFrame,
  png,
  repeated,
  SIGNATURE,
} from '../../../fixtures/assemble.ts';
import { zeros } from '../../../fixtures/bombs/zeros.ts';
import { inspectStructure } from '../../../src/inspect/structure/mod.ts';
import { fixture } from './fixture.ts';

const state = (file: Uint8Array) => inspectStructure(file).state;
const without = (file: Uint8Array, last: number) => file.subarray(0, file.length - last);
const JUNK = Uint8Array.from({ length: 500 }, (_, i) => (i * 89) & 255);

/** The file with one byte replaced. */
function patched(file: Uint8Array, at: number, value: number): Uint8Array {
  const copy = file.slice();
  copy[at] = value;
  return copy;
}

/** Where the segment of a marker begins. */
function marker(file: Uint8Array, code: number): number {
  for (let at = 2; at < file.length; at++)
    if (file[at] === 0xff && file[at + 1] === code) return at;
  throw new Error(`no marker ${code}`);
}

describe('JPEG', () => {
  const baseline = fixture('baseline.jpg');
  const progressive = fixture('progressive.jpg');

  it('tells size, colour, progression and orientation', () => {
    expect(inspectStructure(baseline)).toMatchObject({
      format: 'jpeg',
      width: 48,
      height: 32,
      bitDepth: 8,
      color: 'ycc',
      progressive: false,
      state: 'whole',
    });
    expect(inspectStructure(progressive)).toMatchObject({ progressive: true, orientation: 6 });
    expect(inspectStructure(fixture('grey.jpg')).color).toBe('grey');
  });

  it('keeps what follows the end of the image', () => {
    expect(state(bytes(baseline, JUNK))).toBe('whole');
    expect(state(bytes(progressive, JUNK))).toBe('whole');
  });

  it('is truncated without its end, wherever it is cut behind the frame header', () => {
    for (const file of [baseline, progressive]) {
      const frame = marker(file, file === baseline ? 0xc0 : 0xc2) + 20;
      for (let end = frame; end < file.length; end += 7) {
        expect(state(file.subarray(0, end)), `cut at ${end}`).toBe('truncated');
      }
    }
  });

  it('throws where it is cut before the frame header', () => {
    expect(() => inspectStructure(baseline.subarray(0, 100))).toThrow(/ends within its header/);
  });

  it('is damaged without a table that a scan needs', () => {
    const quant = marker(baseline, 0xdb);
    // The segment becomes a comment.
    expect(inspectStructure(patched(baseline, quant + 1, 0xfe))).toMatchObject({
      state: 'damaged',
      detail: expect.stringMatching(/quantisation table 0 is missing/),
    });
    const huffman = marker(progressive, 0xc4);
    expect(state(patched(progressive, huffman + 1, 0xfe))).toBe('damaged');
  });

  it('decodes without the standard Huffman tables, as Motion JPEG frames are', () => {
    let file = baseline;
    for (let at = marker(file, 0xc4); ; at = marker(file, 0xc4)) {
      file = bytes(patched(file, at + 1, 0xfe));
      try {
        marker(file, 0xc4);
      } catch {
        break;
      }
    }
    expect(state(file)).toBe('whole');
  });

  it('is damaged where a Huffman table is no prefix code', () => {
    const at = marker(baseline, 0xc4);
    expect(state(patched(baseline, at + 5, 200))).toBe('damaged');
  });

  it('is refused with an empty side or a frame header of a wrong length', () => {
    const at = marker(baseline, 0xc0);
    const flat = patched(patched(baseline, at + 5, 0), at + 6, 0);
    expect(() => inspectStructure(flat)).toThrow(/48×0 pixels/);
    expect(() => inspectStructure(patched(baseline, at + 9, 9))).toThrow(/wrong length/);
    const tall = patched(patched(baseline, at + 5, 0xff), at + 6, 0xff);
    expect(() => inspectStructure(tall)).toThrow(/65535/);
  });

  it('is damaged with hundreds of scans', () => {
    const at = progressive.lastIndexOf(0xda) - 1;
    const scan = progressive.subarray(at, -2);
    const scans = (count: number) =>
      bytes(progressive.subarray(0, at), repeated(scan, count), progressive.subarray(-2));
    expect(inspectStructure(scans(100)).state).toBe('whole');
    expect(inspectStructure(scans(600))).toMatchObject({
      state: 'damaged',
      detail: 'it has more than 500 scans',
    });
  });

  it('is damaged with a second frame header between scans', () => {
    const at = marker(progressive, 0xc2);
    const frame = progressive.subarray(at, at + 2 + progressive[at + 3]!);
    const scan = marker(progressive, 0xda);
    const twice = bytes(progressive.subarray(0, scan), frame, progressive.subarray(scan));
    expect(inspectStructure(twice).detail).toMatch(/second frame header/);
  });
});

describe('PNG', () => {
  it.each([
    [
      { color: 0, depth: 1 },
      { color: 'grey', bitDepth: 1, alpha: false },
    ],
    [
      { color: 0, depth: 16 },
      { color: 'grey', bitDepth: 16, alpha: false },
    ],
    [{ color: 2 }, { color: 'rgb', alpha: false }],
    [{ color: 6 }, { color: 'rgb', alpha: true }],
    [
      { color: 3, before: [chunk('PLTE', [1, 2, 3])] },
      { color: 'palette', alpha: false },
    ],
    [
      { color: 3, before: [chunk('PLTE', [1, 2, 3]), chunk('tRNS', [0])] },
      { color: 'palette', alpha: true },
    ],
    [{ before: [chunk('iCCP', 'x')] }, { profile: true }],
    [{ before: [chunk('acTL', bytes(be32(3), be32(0)))] }, { frames: 3, animated: true }],
    [
      {
        before: [chunk('eXIf', 'MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0\0\0\0\0')],
      },
      { orientation: 8 },
    ],
    [{ parts: 5 }, { width: 20, height: 10 }],
  ])('of %j', (options, facts) => {
    expect(inspectStructure(png(options))).toMatchObject({
      format: 'png',
      state: 'whole',
      ...facts,
    });
  });

  it('is whole as long as every pixel is there', () => {
    const file = png();
    const noEnd = without(file, 12);
    for (const whole of [bytes(file, JUNK), without(file, 1), without(file, 4), noEnd]) {
      expect(state(whole)).toBe('whole');
    }
    // A chunk for people that was cut, and stray bytes in place of the last chunk.
    expect(state(bytes(noEnd, chunk('tEXt', 'Title\0abc').subarray(0, 14)))).toBe('whole');
    expect(state(bytes(noEnd, JUNK))).toBe('whole');
  });

  it('is truncated once pixels are missing', () => {
    const file = png({ parts: 3, width: 100, height: 100 });
    const data = file.length - 12;
    for (let end = 60; end < data - 60; end += Math.ceil(data / 40)) {
      expect(state(file.subarray(0, end)), `cut at ${end}`).toBe('truncated');
    }
  });

  it('is truncated once a checksum of the data is missing, though the pixels are there', () => {
    const file = png({ parts: 3 });
    expect(state(file.subarray(0, -12))).toBe('whole');
    for (let last = 13; last < 24; last++) {
      expect(inspectStructure(file.subarray(0, -last))).toMatchObject({
        state: 'truncated',
        detail: expect.stringMatching(/^chunk IDAT at byte \d+ ends \d+ bytes beyond the file$/),
      });
    }
  });

  it('is damaged with a side that no decoder takes', () => {
    const wide = (width: number) => {
      const header = chunk('IHDR', bytes(be32(width), be32(1), [8, 0, 0, 0, 0]));
      return bytes(SIGNATURE, header, png().subarray(33));
    };
    expect(inspectStructure(wide(1_000_000)).width).toBe(1_000_000);
    expect(() => inspectStructure(wide(1_000_001))).toThrow(/announces 1000001×1 pixels/);
  });

  it.each<[string, string, (data: Uint8Array) => Uint8Array]>([
    ['a profile', 'iCCP', (data) => bytes('name\0', [0], data)],
    ['a text', 'zTXt', (data) => bytes('name\0', [0], data)],
    ['a text in a language', 'iTXt', (data) => bytes('name\0', [1, 0], 'en\0word\0', data)],
  ])('is damaged where %s inflates to more than anybody needs', (_, type, content) => {
    const large = chunk(type, content(zeros(20e6)));
    expect(inspectStructure(png({ before: [large, large] })).state).toBe('whole');
    const bomb = { state: 'damaged', detail: 'its profile and texts inflate to more than 64 MB' };
    expect(inspectStructure(png({ before: Array(9).fill(large) }))).toMatchObject(bomb);
    expect(inspectStructure(png({ before: [chunk(type, content(zeros(99e6)))] }))).toMatchObject(
      bomb,
    );
  });

  it('does not take plain text for deflated', () => {
    const text = chunk('iTXt', bytes('name\0', [0, 0], 'en\0word\0', zeros(99e6)));
    expect(inspectStructure(png({ before: [text] })).state).toBe('whole');
  });

  it('is damaged by a wrong checksum of a critical chunk, and by none else', () => {
    const file = png({ before: [chunk('tEXt', 'a\0b')] });
    const comment = 8 + 25 + 9;
    expect(state(patched(file, comment, 0x7a))).toBe('whole');
    const data = comment + 20;
    expect(inspectStructure(patched(file, data, file[data]! ^ 1))).toMatchObject({
      state: 'damaged',
      detail: expect.stringMatching(/IDAT at byte \d+ has a wrong checksum/),
    });
  });

  it.each([
    ['an unknown critical chunk', png({ before: [chunk('ABCD')] })],
    ['no palette', png({ color: 3 })],
    ['two palettes', png({ before: [chunk('PLTE', [1, 2, 3]), chunk('PLTE', [1, 2, 3])] })],
    ['no image data', bytes(SIGNATURE, png().subarray(8, 33), chunk('IEND'))],
  ])('is damaged with %s', (_, file) => {
    expect(state(file)).toBe('damaged');
  });

  it.each([
    ['a width of 0', png({ width: 0 }), /0×10/],
    ['a depth that does not exist', png({ depth: 3 }), /3 bits/],
    ['an unknown interlace method', png({ interlace: 2 }), /method/],
    ['a damaged header', patched(png(), 18, 9), /checksum/],
    ['another first chunk', bytes(SIGNATURE, chunk('IDAT', JUNK)), /not IHDR/],
  ])('is refused with %s', (_, file, reason) => {
    expect(() => inspectStructure(file)).toThrow(reason);
  });
});

describe('GIF', () => {
  const frame = gifFrame(0, 0, 10, 10);

  it('counts frames', () => {
    const facts = inspectStructure(gif(10, 10, frame, frame, frame, ';'));
    expect(facts).toMatchObject({ width: 10, frames: 3, animated: true, state: 'whole' });
  });

  it('has the size of its screen, enlarged to the first frame', () => {
    expect(inspectStructure(gif(50, 40, frame, ';'))).toMatchObject({ width: 50, height: 40 });
    expect(inspectStructure(gif(0, 0, frame, ';'))).toMatchObject({ width: 10, height: 10 });
    const moved = gif(10, 10, gifFrame(5, 6, 10, 10), ';');
    expect(inspectStructure(moved)).toMatchObject({ width: 15, height: 16 });
    expect(() => inspectStructure(gif(0, 0, ';'))).toThrow(/0×0/);
  });

  it('is damaged with more frames than anybody looks at', () => {
    const frame = gifFrame(0, 0, 1, 1);
    expect(inspectStructure(gif(1, 1, repeated(frame, 10_000), ';')).state).toBe('whole');
    expect(inspectStructure(gif(1, 1, repeated(frame, 10_001), ';')).state).toBe('damaged');
  });

  it('needs no trailer, but each frame to its end', () => {
    expect(state(gif(10, 10, frame))).toBe('whole');
    expect(state(gif(10, 10, frame, 'junk'))).toBe('whole');
    expect(state(gif(10, 10, without(frame, 1)))).toBe('truncated');
    expect(state(gif(10, 10, frame, without(frame, 20)))).toBe('truncated');
    expect(state(gif(10, 10))).toBe('truncated');
  });

  it('is damaged without a frame or with an impossible code size', () => {
    expect(state(gif(10, 10, ';'))).toBe('damaged');
    expect(state(gif(10, 10, patched(frame, 10, 12), ';'))).toBe('damaged');
  });

  it('notes transparency and a colour profile', () => {
    const control = bytes('!\xf9\x04\x01\0\0\0\0');
    const profile = bytes('!\xff\x0bICCRGBG1012\x03abc\0');
    const facts = inspectStructure(gif(10, 10, control, profile, frame, ';'));
    expect(facts).toMatchObject({ alpha: true, profile: true, state: 'whole' });
  });
});

describe('WebP', () => {
  it.each([
    ['lossy.webp', { alpha: false }],
    ['lossless.webp', { alpha: true, lossless: true }],
    ['alpha.webp', { alpha: true }],
    ['animated.webp', { frames: 2, animated: true }],
  ])('%s', (name, facts) => {
    const file = fixture(name);
    const size = { width: 48, height: 32 };
    expect(inspectStructure(file)).toMatchObject({
      format: 'webp',
      state: 'whole',
      ...size,
      ...facts,
    });
    expect(state(bytes(file, JUNK))).toBe('whole');
    expect(state(without(file, 1))).toBe('truncated');
    expect(state(without(file, Math.floor(file.length / 4)))).toBe('truncated');
  });

  it('counts frames', () => {
    expect(inspectStructure(fixture('animated.webp'))).toMatchObject({ frames: 2, animated: true });
  });

  it('is damaged where its stream is none', () => {
    for (const [name, mark, reason] of [
      ['lossy.webp', '\x9d\x01\x2a', /start code/],
      ['lossless.webp', 'VP8L', /signature/],
    ] as const) {
      const file = fixture(name);
      const at = Buffer.from(file).indexOf(mark, 'latin1') + (mark === 'VP8L' ? 8 : 0);
      expect(inspectStructure(patched(file, at, 0))).toMatchObject({
        state: 'damaged',
        detail: expect.stringMatching(reason),
      });
    }
  });

  it('is damaged where a chunk reaches beyond the RIFF chunk', () => {
    const file = bytes(fixture('lossy.webp'), 'EXIF', [200, 0, 0, 0], JUNK.subarray(0, 20));
    file[4] = file[4]! + 28;
    file[5] = file[5]! + (file[4]! < 28 ? 1 : 0);
    expect(state(file)).toBe('damaged');
  });
});
