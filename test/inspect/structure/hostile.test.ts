/** Whatever a stranger sends: a structure or a TrawlError, in time that grows with the bytes alone. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  be32,
  bmp,
  box,
  bytes,
  chunk,
  gif,
  gifFrame,
  heif,
  icon,
  ispe,
  png,
  SIGNATURE,
  tiff,
} from '../../../fixtures/assemble.ts';
import { TrawlError } from '../../../src/errors.ts';
import { inspectStructure, sniff } from '../../../src/inspect/structure/mod.ts';
import { fixture } from './fixture.ts';

const SVG =
  '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9"><g a="&lt;"/></svg>';
const FILES = [
  ...['baseline.jpg', 'progressive.jpg', 'lossy.webp', 'alpha.webp', 'animated.webp'].map(fixture),
  ...['lossless.webp', 'picture.avif', 'strips.tiff', 'tiles.tiff'].map(fixture),
  png({ parts: 3 }),
  gif(10, 10, gifFrame(0, 0, 10, 10), ';'),
  bmp(),
  icon(1, [{ width: 20, height: 10, data: png() }]),
  heif([ispe(4, 4), box('irot', [1])]),
  bytes(SVG),
  bytes('qoif', be32(3), be32(3), [3, 0, 0xc9, 0, 0, 0, 0, 0, 0, 0, 1]),
  bytes('P6 3 3 255\n', new Uint8Array(27)),
];

/** The structure's state, or the code of what it throws. */
function judge(file: Uint8Array): string {
  try {
    const { width, height, state } = inspectStructure(file);
    expect(width * height).toBeGreaterThan(0);
    expect(Number.isSafeInteger(width) && Number.isSafeInteger(height)).toBe(true);
    return state;
  } catch (error) {
    expect(error).toBeInstanceOf(TrawlError);
    return (error as TrawlError).code;
  }
}

describe('hostile bytes', () => {
  it('of flipped bits and cuts end in a state or an error with a code', () => {
    const edits = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { maxLength: 20 });
    fc.assert(
      fc.property(fc.constantFrom(...FILES), edits, fc.option(fc.nat()), (file, flips, end) => {
        const copy = file.slice();
        for (const [at, bits] of flips) copy[at % copy.length] = copy[at % copy.length]! ^ bits;
        judge(end === null ? copy : copy.subarray(0, end % copy.length));
      }),
      { numRuns: 5000 },
    );
  });

  it('at random behind the mark of a format end so, too', () => {
    const heads = FILES.map((file) => file.subarray(0, 16));
    fc.assert(
      fc.property(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 400 }), (head, rest) => {
        judge(bytes(head, rest));
      }),
      { numRuns: 2000 },
    );
  });

  it('never pass for whole when cut before the last tenth', () => {
    for (const file of FILES) {
      for (let end = 0; end < file.length * 0.9; end++) {
        expect(judge(file.subarray(0, end)), `${sniff(file)} cut at ${end}`).not.toBe('whole');
      }
    }
  });

  const MILLION = 1_000_000;
  it.each([
    ['markers', bytes([0xff, 0xd8], new Uint8Array(MILLION).fill(0xff))],
    [
      'empty segments',
      bytes(
        [0xff, 0xd8],
        Array.from({ length: 400_000 }, (_, i) => [0xff, 0xe1, 0, 2][i & 3]!),
      ),
    ],
    [
      'empty boxes',
      bytes(
        box('ftyp', 'avif', be32(0), 'avif'),
        box('meta', be32(0), ...Array(50_000).fill(box('free'))),
      ),
    ],
    ['nested boxes', nested(20_000)],
    [
      'empty chunks',
      bytes(
        png().subarray(0, 33),
        ...Array(50_000).fill([0, 0, 0, 0, 0x74, 0x45, 0x58, 0x74, 0, 0, 0, 0]),
      ),
    ],
    ['open elements', bytes('<svg xmlns="http://www.w3.org/2000/svg">', '<g>'.repeat(300_000))],
    ['spaces in a tag', bytes(`<svg ${' '.repeat(MILLION)}`)],
    ['names without values', bytes(`<svg ${'a '.repeat(MILLION / 2)}`)],
    ['a long prolog', bytes(`<!-- ${'-'.repeat(MILLION)}`)],
    ['many comments', bytes('<!---->'.repeat(100_000))],
    ['ampersands', bytes('<svg xmlns="http://www.w3.org/2000/svg">', '&'.repeat(MILLION))],
    ['GIF blocks', gif(1, 1, new Uint8Array(MILLION))],
    ['overlapping directories', overlapping()],
    ['titles', bytes('<html>', '<title '.repeat(100_000))],
  ])('made of %s take time in proportion', (_, file) => {
    const before = process.cpuUsage();
    judge(file);
    const { user, system } = process.cpuUsage(before);
    // A megabyte takes some milliseconds; what is quadratic takes minutes.
    expect((user + system) / 1000).toBeLessThan(2000);
  });

  it('do not choose how much memory is taken', () => {
    const huge = tiff([
      [
        [256, 0x7fffffff],
        [257, 0x7fffffff],
        [262, 1],
        [273, 0xffffffff],
        [279, 1],
      ],
    ]);
    expect(judge(huge)).toBe('truncated');
    const wide = chunk('IHDR', bytes(be32(1_000_000), be32(1_000_000), [8, 2, 0, 0, 0]));
    expect(judge(bytes(SIGNATURE, wide, png().subarray(33, 80)))).toBe('truncated');
  });
});

/** `iprp` within `iprp` within …, each of the right length. */
function nested(depth: number): Uint8Array {
  const inner = new Uint8Array(8 * depth);
  for (let i = 0; i < depth; i++) inner.set(bytes(be32(inner.length - 8 * i), 'iprp'), 8 * i);
  return bytes(box('ftyp', 'avif', be32(0), 'avif'), box('meta', be32(0), inner));
}

/** Directories of 60,000 entries each that begin two bytes apart and name each other. */
function overlapping(): Uint8Array {
  const file = new Uint8Array(MEGABYTE);
  file.set(bytes('II*\0\x08\0\0\0'));
  for (let at = 8; at + 2 < file.length; at += 2) file.set([0x60, 0xea], at);
  return file;
}
const MEGABYTE = 1_000_000;
