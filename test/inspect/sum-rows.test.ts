/** Planes in the core's memory, beside the same where they lie elsewhere. */
import { expect, test } from 'vitest';
import { random } from '../../fixtures/photo.ts';
import { applyBoth, MatrixBuilder } from '../../src/inspect/pdq/mod.ts';
import { core, takeRooms } from '../../src/inspect/rows/memory.ts';
import { sumRowsBytes, sumRowsIn } from '../../src/inspect/sum-rows.ts';

test('sums of rows are those of pdq/ to the bit', () => {
  const next = random(9);
  const below = (n: number) => Math.floor(next() * n);
  const matrix = (rows: number, columns: number) => {
    const builder = new MatrixBuilder(rows, columns);
    for (let row = 0; row < rows; row++) {
      const start = below(columns);
      const weights = builder.row(start, 1 + below(columns - start));
      for (let i = 0; i < weights.length; i++) weights[i] = next() - 0.3;
    }
    return builder.build();
  };
  for (let i = 0; i < 300; i++) {
    const [width, height] = [1 + below(40), 1 + below(40)];
    const [plane, room] = takeRooms([4 * width * height, sumRowsBytes(width, height)]);
    const values = new Float32Array(plane!.buffer, plane!.byteOffset, width * height);
    for (let at = 0; at < values.length; at++) values[at] = 255 * next();
    const axes = [matrix(1 + below(9), width), matrix(1 + below(9), height)] as const;
    const expected = applyBoth(values.slice(), ...axes);
    expect(applyBoth(values, ...axes, width, sumRowsIn(core(), room!))).toEqual(expected);
  }
});
