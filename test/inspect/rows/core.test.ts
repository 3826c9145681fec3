import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codeFile, codeText, compileCore } from '../../../scripts/wasm-cores.ts';
import { core, takeRooms } from '../../../src/inspect/rows/memory.ts';

test('the WebAssembly in the sources is what the compiler makes of core/', async () => {
  const committed = readFileSync(codeFile('inspect/rows'), 'utf8');
  expect(codeText(await compileCore('inspect/rows'))).toBe(committed);
});

/** The specification (W3C, third edition, 9.2–9.4) word by word. */
function unfilterSlowly(type: number, source: Uint8Array, above: Uint8Array, step: number) {
  const row = new Uint8Array(source.length);
  for (const [x, value] of source.entries()) {
    const a = row[x - step] ?? 0;
    const b = above[x]!;
    const c = above[x - step] ?? 0;
    const p = a + b - c;
    const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)] as const;
    const paeth = pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
    row[x] = value + [0, a, b, Math.floor((a + b) / 2), paeth][type]!;
  }
  return row;
}

/** Far from each other, near each other, or few. */
const levels = fc.constantFrom([255, 0] as const, [7, 120] as const, [3, 253] as const);

test.each([0, 1, 2, 3, 4])('filter type %i is undone as the specification says', (type) => {
  const kind = fc.record({
    step: fc.constantFrom(1, 2, 3, 4, 6, 8),
    pixels: fc.integer({ min: 1, max: 40 }),
    levels,
  });
  fc.assert(
    fc.property(kind, fc.infiniteStream(fc.nat()), ({ step, pixels, levels }, numbers) => {
      const length = pixels * step;
      const rooms = takeRooms([length, length, length]);
      for (const room of rooms) {
        for (let i = 0; i < length; i++) {
          room[i] = levels[1] + (numbers.next().value! % (levels[0] + 1));
        }
      }
      const [source, row, above] = rooms as [Uint8Array, Uint8Array, Uint8Array];
      const slow = unfilterSlowly(type, source, above, step);
      const before = [source.slice(), above.slice()];
      const [from, to, over] = rooms.map(({ byteOffset }) => byteOffset) as [
        number,
        number,
        number,
      ];
      core().unfilter(type, from, to, over, length, step);
      expect(row).toEqual(slow);
      expect([source, above]).toEqual(before);
    }),
    { numRuns: 200 },
  );
});

const CHAINS = [1, 3, 4];
const PAIRS = CHAINS.flatMap((first) => CHAINS.map((second) => [first, second] as const));

test.each(PAIRS)('rows of the types %i and %i are undone at once', (first, second) => {
  const kind = fc.record({
    step: fc.constantFrom(1, 2, 3, 4, 6, 8),
    pixels: fc.integer({ min: 1, max: 40 }),
    levels,
  });
  fc.assert(
    fc.property(kind, fc.infiniteStream(fc.nat()), ({ step, pixels, levels }, numbers) => {
      const length = pixels * step;
      const rooms = takeRooms([2 * length + 1, length, length, length]);
      for (const room of rooms) {
        for (let i = 0; i < room.length; i++) {
          room[i] = levels[1] + (numbers.next().value! % (levels[0] + 1));
        }
      }
      const [source, row, below, above] = rooms as [Uint8Array, ...Uint8Array[]];
      source[length] = second;
      const slow = unfilterSlowly(first, source.slice(0, length), above!, step);
      const slowBelow = unfilterSlowly(second, source.slice(length + 1), slow, step);
      const before = [source.slice(), above!.slice()];
      const [from, to, next, over] = rooms.map(({ byteOffset }) => byteOffset) as [
        number,
        number,
        number,
        number,
      ];
      core().unfilterTwo(first, from, to, next, over, length, step);
      expect([row, below]).toEqual([slow, slowBelow]);
      expect([source, above]).toEqual(before);
    }),
    { numRuns: 100 },
  );
});

test('RGB with alpha is laid on white, whatever value and alpha', () => {
  for (const odd of [0, 1]) {
    const pixels = 65_536 - odd;
    const [row, out] = takeRooms([4 * pixels, 3 * pixels]) as [Uint8Array, Uint8Array];
    const expected = new Uint8Array(3 * pixels);
    for (let i = 0; i < pixels; i++) {
      const alpha = i >> 8;
      for (let c = 0; c < 3; c++) {
        const value = (i + 85 * c) & 255;
        row[4 * i + c] = value;
        expected[3 * i + c] = Math.floor((value * alpha + 255 * (255 - alpha)) / 255);
      }
      row[4 * i + 3] = alpha;
    }
    core().flattenRgba(row.byteOffset, out.byteOffset, pixels);
    expect(out).toEqual(expected);
  }
});

test('Adler-32 is what the specification says, of any bytes', () => {
  const longest = 20_000;
  const [room] = takeRooms([longest]) as [Uint8Array];
  const slowly = (data: Uint8Array) => {
    let [a, b] = [1, 0];
    for (const value of data) {
      a = (a + value) % 65521;
      b = (b + a) % 65521;
    }
    return b * 65536 + a;
  };
  const check = (from: number, to: number, split: number) => {
    const { byteOffset: at } = room;
    const first = core().adlerAdd(1, at + from, at + split);
    expect(core().adlerAdd(first, at + split, at + to) >>> 0).toBe(slowly(room.subarray(from, to)));
  };
  room.fill(255);
  check(0, longest, 0);
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat()), (numbers) => {
      const below = (n: number) => numbers.next().value! % n;
      for (let i = 0; i < 200; i++) room[below(longest)] = below(256);
      const from = below(100);
      const to = from + below([40, 9000, longest - from][below(3)]!);
      check(from, to, from + below(to - from + 1));
    }),
  );
});
