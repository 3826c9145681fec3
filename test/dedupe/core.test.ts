/** The hot loops in WebAssembly, beside the same said slowly. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codeFile, codeText, compileCore } from '../../scripts/wasm-cores.ts';
import { type Alignment, align, IDENTITY, overlap } from '../../src/dedupe/align.ts';
import { hamming } from '../../src/dedupe/hamming.ts';
import { newCore } from '../../src/dedupe/memory.ts';
import { Neighbours } from '../../src/dedupe/neighbours.ts';
import { smooth } from '../../src/dedupe/plane.ts';

test('the WebAssembly in the sources is what the compiler makes of core/', async () => {
  expect(codeText(await compileCore('dedupe'))).toBe(readFileSync(codeFile('dedupe'), 'utf8'));
});

/** Weighted normal equations as ../../src/dedupe/align.ts describes them, sample by sample. */
function equationsSlowly(
  fixed: Float32Array,
  moved: Float32Array,
  side: number,
  [left, right, top, bottom, gain, bias]: readonly [number, number, number, number, number, number],
  scale: number,
) {
  const system = new Float64Array(6 * 7);
  let [count, absolute] = [0, 0];
  const inside = (at: number) => at >= 1 && at <= side - 2;
  for (let y = 1; y < side - 1; y++) {
    for (let x = 1; x < side - 1; x++) {
      const [u, v] = [(x + 0.5) / side, (y + 0.5) / side];
      const fx = (left + u * (1 - left - right)) * side - 0.5;
      const fy = (top + v * (1 - top - bottom)) * side - 0.5;
      if (!inside(fx) || !inside(fy)) continue;
      const [x0, y0] = [fx, fy].map((at) => Math.min(side - 2, Math.floor(at))) as [number, number];
      const sample = (dx: number, dy: number) => fixed[(y0 + dy) * side + x0 + dx]!;
      const upper = sample(0, 0) + (sample(1, 0) - sample(0, 0)) * (fx - x0);
      const lower = sample(0, 1) + (sample(1, 1) - sample(0, 1)) * (fx - x0);
      const acrossUpper = sample(1, 0) - sample(0, 0);
      const acrossLower = sample(1, 1) - sample(0, 1);
      const value = upper + (lower - upper) * (fy - y0);
      const expected = gain * value + bias;
      const clipped = Math.max(0, Math.min(255, expected));
      const e = moved[y * side + x]! - clipped;
      count++;
      absolute += Math.abs(e);
      if (clipped !== expected) continue;
      const gx = (acrossUpper + (acrossLower - acrossUpper) * (fy - y0)) * gain * side;
      const gy = (lower - upper) * gain * side;
      const j = [gx * (1 - u), -gx * u, gy * (1 - v), -gy * v, value, 1, e];
      const weight = 1 / (1 + (e / scale) ** 2);
      for (let row = 0; row < 6; row++) {
        for (let column = row; column < 7; column++) {
          system[7 * row + column]! += weight * j[row]! * j[column]!;
        }
      }
    }
  }
  return { system, count, absolute };
}

const plane = (side: number) =>
  fc
    .array(fc.double({ min: -20, max: 275, noNaN: true }), {
      minLength: side * side,
      maxLength: side * side,
    })
    .map((values) => smooth(values, side));

test('normal equations are the sums over all samples, to the bit', () => {
  const core = newCore();
  const at = (core.roomsFrom.value + 7) & ~7;
  const motion = new Float64Array(core.memory.buffer, at, 6);
  const system = new Float64Array(core.memory.buffer, at + 48, 43);
  const edge = fc.double({ min: -0.12, max: 0.12, noNaN: true });
  const motions = fc.tuple(
    ...[edge, edge, edge, edge],
    fc.double({ min: 0.5, max: 1.6, noNaN: true }),
    fc.double({ min: -60, max: 60, noNaN: true }),
  );
  for (const side of [24, 48]) {
    const [one, other] = [0, 1].map(
      (i) => new Float32Array(core.memory.buffer, at + 392 + 4 * i * side * side, side * side),
    ) as [Float32Array, Float32Array];
    const scales = fc.double({ min: 3, max: 60, noNaN: true });
    fc.assert(
      fc.property(plane(side), plane(side), motions, scales, (fixed, moved, drawn, scale) => {
        one.set(fixed);
        other.set(moved);
        motion.set(drawn);
        const places = [one.byteOffset, other.byteOffset, side, motion.byteOffset] as const;
        const count = core.normalEquations(...places, scale, system.byteOffset);
        const slow = equationsSlowly(fixed, moved, side, drawn, scale);
        expect([count, system[42]]).toEqual([slow.count, slow.absolute]);
        for (let row = 0; row < 6; row++) {
          const upper = [7 * row + row, 7 * row + 7] as const;
          expect([...system.subarray(...upper)]).toEqual([...slow.system.subarray(...upper)]);
        }
      }),
      { numRuns: 30 },
    );
  }
});

test('a picture is laid over its crop', () => {
  const side = 48;
  const fixed = smooth(
    Float32Array.from({ length: side * side }, (_, i) => {
      const [x, y] = [i % side, Math.floor(i / side)];
      return 120 + 60 * Math.sin(x / 4 + y / 9) + 40 * Math.cos(y / 3);
    }),
    side,
  );
  const crop: Alignment = { left: 0.03, right: 0.02, top: 0.01, bottom: 0.04, gain: 1, bias: 0 };
  const { expected, differences } = overlap(fixed, fixed, side, crop);
  const moved = expected.map((value, i) => (Number.isNaN(differences[i]) ? 128 : value));
  const found = align(fixed, moved, side, IDENTITY, 8)!;
  for (const edge of ['left', 'right', 'top', 'bottom'] as const)
    expect(found[edge]).toBeCloseTo(crop[edge], 2);
});

test('what is worth a second look is what a look at each hash finds', () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  /** Some bits and samples beside those of a common picture, so that many are near. */
  const image = fc.record({
    low: fc.uniqueArray(fc.nat(63), { maxLength: 34 }),
    other: fc.uniqueArray(fc.nat(191), { maxLength: 110 }),
    samples: fc.array(fc.tuple(fc.nat(63), fc.integer({ min: -90, max: 90 })), { maxLength: 40 }),
    means: fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -20, max: 20 })),
    isSketched: fc.boolean(),
  });
  const commons = fc.tuple(bytes(32), bytes(64));
  fc.assert(
    fc.property(commons, fc.array(image, { minLength: 1, maxLength: 60 }), ([hash, light], all) => {
      // The low bits are rows 0–7, columns 0–7 of the 16 × 16.
      const lowBit = (n: number) => 16 * (n >> 3) + (n & 7);
      const otherBit = (n: number) => (n < 64 ? 16 * (n >> 3) + 8 + (n & 7) : 64 + n);
      const made = all.map(({ low, other, samples, means, isSketched }) => {
        const own = hash.slice();
        for (const bit of [...low.map(lowBit), ...other.map(otherBit)])
          own[bit >> 3]! ^= 1 << (bit & 7);
        const sketch = new Int8Array(66);
        light.forEach((value, i) => {
          sketch[i] = (value >> 2) - 32;
        });
        for (const [i, value] of samples) sketch[i] = value;
        sketch.set(means, 64);
        return {
          words: new Uint32Array(own.buffer),
          low: new Set(low),
          sketch: isSketched ? sketch : undefined,
        };
      });
      const neighbours = new Neighbours(31);
      for (const { words, sketch } of made) neighbours.add(words, sketch);
      for (const one of made) {
        const expected = made.flatMap((other, id) => {
          const distance = hamming(one.words, other.words);
          if (distance <= 31) return [{ id, distance }];
          if (!one.sketch || !other.sketch) return [];
          const apart = one.low.symmetricDifference(other.low).size;
          const score = distance + 2 * apart;
          if (apart > 28 || score > 176) return [];
          const dot = one.sketch
            .subarray(0, 64)
            .reduce((sum, v, i) => sum + v * other.sketch![i]!, 0);
          if (dot / 160 ** 2 < (score > 148 ? 0.84 : 0.6)) return [];
          const isTinted = [64, 65].some((i) => Math.abs(one.sketch![i]! - other.sketch![i]!) > 13);
          return isTinted ? [] : [{ id, distance }];
        });
        const found = neighbours.query(one.words, one.sketch);
        expect(found.toSorted((a, b) => a.id - b.id)).toEqual(expected);
      }
    }),
  );
});

test('the same beyond the first page of hashes', () => {
  const neighbours = new Neighbours(31);
  const sketch = new Int8Array(66).fill(30, 0, 64);
  const count = 2 * 4096 + 5;
  for (let id = 0; id < count; id++) {
    // One in a thousand differs from the query in 40 bits and its id, the others in more than 128.
    const near = [0, 0, 0, 0, 0, 0xff, 0xffff_ffff, id];
    const far = [0, 0, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0, id];
    const words = Uint32Array.from(id % 1000 === 7 ? near : far);
    neighbours.add(words, sketch);
  }
  const found = neighbours.query(new Uint32Array(8), sketch).map(({ id }) => id);
  expect(found).toEqual([7, 1007, 2007, 3007, 4007, 5007, 6007, 7007, 8007]);
});
