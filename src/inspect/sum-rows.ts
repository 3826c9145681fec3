/** What pdq/ does with a plane, for one in a core's memory: to the same bits, in a third of the time. */
import { type SumRows, weightsOf } from './pdq/mod.ts';

/** What a core has for it (rows/core/axis.ts). */
export interface RowSummer {
  sumRows(
    sums: number,
    width: number,
    plane: number,
    stride: number,
    weights: number,
    count: number,
  ): void;
}

/** Sums that the core writes too far. */
const MARGIN = 3;

/** What {@link sumRowsIn} needs, in bytes, for a plane of so many samples. */
export function sumRowsBytes(across: number, down: number): number {
  return 8 * (across + MARGIN + down);
}

/** @param room as large as {@link sumRowsBytes} says, in the core's memory, as the planes are */
export function sumRowsIn(
  core: RowSummer,
  { buffer, byteOffset }: Uint8Array<ArrayBuffer>,
): SumRows {
  return (plane, stride, width, matrix) => {
    const row = new Float64Array(buffer, byteOffset, width);
    const weights = new Float64Array(buffer, byteOffset + 8 * (width + MARGIN), matrix.columns);
    return (i) => {
      weights.set(weightsOf(matrix, i));
      const first = plane.byteOffset + 4 * stride * matrix.start[i]!;
      const count = matrix.length[i]!;
      core.sumRows(byteOffset, width, first, 4 * stride, weights.byteOffset, count);
      return row;
    };
  };
}
