import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { type EncodeOptions, encodeJpeg } from '../../../fixtures/encode-jpeg.ts';
import { photo } from '../../../fixtures/photo.ts';
import { codeFile, codeText, compileCore } from '../../../scripts/wasm-cores.ts';
import { TrawlError } from '../../../src/errors.ts';
import { openBits } from '../../../src/inspect/jpeg/bit-stream.ts';
import type { Kept } from '../../../src/inspect/jpeg/coefficients.ts';
import type { Frame } from '../../../src/inspect/jpeg/frame.ts';
import { takePlanes } from '../../../src/inspect/jpeg/memory.ts';
import { readCoefficients } from '../../../src/inspect/jpeg/read.ts';
import { NotForUs } from '../../../src/inspect/jpeg/scan.ts';
import { Bits, type Decoded, decodeSlowly } from './reference.ts';

test('the WebAssembly in the sources is what the compiler makes of core/', async () => {
  const committed = readFileSync(codeFile('inspect/jpeg'), 'utf8');
  expect(codeText(await compileCore('inspect/jpeg'))).toBe(committed);
});

const full = [1, 1] as const;
const samplings: EncodeOptions['sampling'][] = [
  [full, full, full],
  [[2, 2], full, full],
  [[2, 1], full, full],
  [[1, 2], full, full],
  [[4, 1], full, full],
  [
    [2, 2],
    [2, 1],
    [1, 2],
  ],
];

const file = fc
  .record({
    seed: fc.nat(1000),
    width: fc.integer({ min: 1, max: 90 }),
    height: fc.integer({ min: 1, max: 70 }),
    color: fc.constantFrom('grey', 'ycc', 'rgb', 'cmyk', 'ycck'),
    sampling: fc.constantFrom(...samplings),
    restart: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20 })),
    separate: fc.boolean(),
    step: fc.constantFrom(1, 2, 9, 40),
  })
  .map(({ seed, width, height, color, sampling, ...rest }) => {
    const factors = {
      grey: [sampling[0]!],
      ycc: sampling,
      rgb: sampling,
      cmyk: [full, full, full, full],
      ycck: [full, full, full, full],
    } as const;
    const options: EncodeOptions = { color, sampling: factors[color], ...rest };
    return encodeJpeg(photo(seed, width, height, 4), options);
  });

/** So many blocks that the core looks for them from two places at once (core/ahead.ts). */
const large = fc
  .record({
    seed: fc.nat(1000),
    width: fc.integer({ min: 500, max: 700 }),
    height: fc.integer({ min: 300, max: 450 }),
    color: fc.constantFrom('ycc', 'cmyk'),
    sampling: fc.constantFrom(...samplings.slice(0, 4)),
    separate: fc.boolean(),
    step: fc.constantFrom(1, 2, 9, 40),
  })
  .map(({ seed, width, height, color, sampling, ...rest }) => {
    const factors = { ycc: sampling, cmyk: [full, full, full, full] } as const;
    const options: EncodeOptions = { color, sampling: factors[color], ...rest };
    return encodeJpeg(photo(seed, width, height, 4), options);
  });

const kept = fc.constantFrom<Kept>(1, 2, 3, 4, 5, 8);

/** What the fast path says, in the words of the slow one. */
function decodeFast(bytes: Uint8Array, keep: Kept): Frame | 'truncated' | 'broken' {
  try {
    return readCoefficients(bytes, () => keep) ?? 'broken';
  } catch (error) {
    if (error instanceof NotForUs) return 'broken';
    if (error instanceof TrawlError && error.code === 'truncated') return 'truncated';
    throw error;
  }
}

function compare(frame: Frame | string, { verdict, blocks }: Decoded): void {
  if (typeof frame === 'string') {
    expect(frame).toBe(verdict);
    return;
  }
  expect('whole').toBe(verdict);
  for (const [i, component] of frame.components.entries()) {
    const { values, kept, stride, places, limit, quant, blocksWide, blocksHigh } = component;
    const perRow = stride / kept;
    for (let y = 0; y < blocksHigh; y++) {
      for (let x = 0; x < blocksWide; x++) {
        const block = blocks[i]![y * perRow + x]!;
        const base = (y * stride + x) * kept;
        for (let k = 0; k < limit; k++) {
          const place = places[k]!;
          if (place < 0) continue;
          const value = block[k]! * quant![k]!;
          if (values[base + place] !== value) {
            expect.fail(`component ${i}, block ${x}/${y}, coefficient ${k}`);
          }
        }
      }
    }
  }
}

/** Where the data of the first scan begin. */
function scanStart(bytes: Uint8Array): number {
  const at = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xda);
  return at + 2 + bytes[at + 3]!;
}

/** Where the first marker from `at` on lies that is no restart. */
function markerBehind(bytes: Uint8Array, at: number): number {
  return bytes.findIndex((byte, i) => i >= at && byte === 0xff && bytes[i + 1]! > 0xd7);
}

function flipBit(bytes: Uint8Array, at: number): void {
  const index = at >> 3;
  const value = bytes[index]! ^ (1 << (at & 7));
  // Markers that come or go are for the walk over the markers.
  if ([value, bytes[index]!, bytes[index - 1]!].includes(0xff)) return;
  bytes[index] = value;
}

describe('verdict and coefficients are those of a decoder that reads bit by bit', () => {
  test('of whole files', () => {
    fc.assert(
      fc.property(file, kept, (bytes, keep) => {
        compare(decodeFast(bytes, keep), decodeSlowly(bytes));
      }),
      { numRuns: 60 },
    );
  });

  test('of large files, whole, cut short and with other bits', () => {
    const damage = fc.record({
      cut: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      flips: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 2 }),
      // Stretches of one byte: codes that end no block, that are none, or that end one block after the other.
      fill: fc.option(
        fc.record({ byte: fc.nat(254), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
      ),
    });
    const [one] = fc.sample(large, { numRuns: 1, seed: 1 }) as [Uint8Array<ArrayBuffer>];
    const none = { cut: null, flips: [], fill: null };
    const seen = new Set<string>();
    fc.assert(
      fc.property(large, kept, damage, (bytes, keep, { cut, flips, fill }) => {
        const start = scanStart(bytes);
        const first = markerBehind(bytes, start) - start;
        const place = (part: number) => start + Math.floor(part * (first - 1));
        for (const flip of flips) flipBit(bytes, place(flip) * 8 + (Math.floor(flip * 1e9) & 7));
        if (fill) {
          const from = place(fill.at);
          const whole = bytes[from - 1] === 0xff ? from + 1 : from;
          bytes.fill(fill.byte, whole, place(Math.min(1, fill.at + 0.2)));
        }
        const short = cut === null ? bytes : bytes.slice(0, place(cut));
        const slow = decodeSlowly(short);
        seen.add(slow.verdict);
        // Cut behind the first of several scans: see below.
        if (slow.verdict === 'whole' && cut !== null) return;
        compare(decodeFast(short, keep), slow);
      }),
      {
        numRuns: 30,
        // With so few runs, what becomes of the others is a matter of chance.
        examples: [
          [one, 1, none],
          [one, 2, { ...none, cut: 0.5 }],
          [one.slice(), 4, { ...none, fill: { byte: 254, at: 0.5 } }],
        ],
      },
    );
    expect(seen).toEqual(new Set(['whole', 'truncated', 'broken']));
  }, 240_000);

  test('of large files with tables of their own for colour', async () => {
    const options = fc.record({
      quality: fc.integer({ min: 5, max: 100 }),
      chromaSubsampling: fc.constantFrom('4:2:0', '4:4:4'),
      optimizeCoding: fc.boolean(),
    });
    const picture = fc.record({
      seed: fc.nat(1000),
      width: fc.integer({ min: 700, max: 800 }),
      height: fc.integer({ min: 500, max: 600 }),
      grain: fc.constantFrom(0, 4, 30),
    });
    await fc.assert(
      fc.asyncProperty(picture, options, kept, async (sizes, options, keep) => {
        const { data, width, height } = photo(sizes.seed, sizes.width, sizes.height, sizes.grain);
        const image = sharp(data, { raw: { width, height, channels: 3 } });
        const bytes = new Uint8Array(await image.jpeg(options).toBuffer());
        compare(decodeFast(bytes, keep), decodeSlowly(bytes));
        flipBit(bytes, scanStart(bytes) * 8 + sizes.seed * 97);
        compare(decodeFast(bytes, keep), decodeSlowly(bytes));
      }),
      { numRuns: 15 },
    );
  }, 240_000);

  test('of files that are cut short, or whose data have other bits', () => {
    const damage = fc.record({
      cut: fc.option(fc.nat(1 << 20)),
      flips: fc.array(fc.nat(1 << 24), { maxLength: 3 }),
    });
    const seen = new Set<string>();
    fc.assert(
      fc.property(file, kept, damage, (bytes, keep, { cut, flips }) => {
        const start = scanStart(bytes);
        const room = bytes.length - 2 - start;
        // What else than the data of the first scan is flipped is for the walk over the markers.
        const first = markerBehind(bytes, start) - start;
        if (first < 1) return;
        for (const flip of flips) flipBit(bytes, start * 8 + (flip % (first * 8)));
        const short = cut === null ? bytes : bytes.slice(0, start + (cut % room));
        const slow = decodeSlowly(short);
        seen.add(slow.verdict);
        // Cut between two scans, it lacks components: for structure/ to say, which looks before.
        if (slow.verdict === 'whole' && cut !== null) return;
        compare(decodeFast(short, keep), slow);
      }),
      { numRuns: 250 },
    );
    expect(seen).toEqual(new Set(['whole', 'truncated', 'broken']));
  });
});

test('stuffing is taken out of long data, and its marker found, wherever the 0xFF lie', () => {
  const stretch = fc.oneof(
    fc.record({ byte: fc.nat(254), count: fc.integer({ min: 1, max: 40_000 }) }),
    fc.constant({ byte: -1, count: 1 }),
  );
  const ends = fc.constantFrom([], [0xff], [0xff, 0xd9], [0xff, 0xff, 0xff, 0xd3, 7, 8]);
  const fill = fc.constantFrom<number>(1, 2, 15, 16, 17, 70_000);
  fc.assert(
    fc.property(fc.array(stretch, { maxLength: 20 }), ends, fill, (stretches, end, run) => {
      const parts = stretches.map(({ byte, count }) =>
        byte < 0 ? [...new Array<number>(run).fill(0xff), 0] : new Array<number>(count).fill(byte),
      );
      const file = Uint8Array.from([...parts.flat(), ...end]);
      takePlanes([5], file.length);
      const slow = new Bits(file, 0);
      const fast = openBits(file, 0);
      const length = fast.end / 8;
      const backwards = new Uint8Array(fast.view.buffer, fast.top + 8 - length, length);
      expect(backwards.toReversed()).toEqual(Uint8Array.from(slow.bytes));
      expect(fast.marker).toBe(slow.marker);
      if (slow.marker !== 0) expect(fast.markerAt).toBe(slow.markerAt);
    }),
    { numRuns: 40, examples: [[[{ byte: -1, count: 1 }], [], 140_000]] },
  );
});
