/** What planes.c makes of a picture, as the other paths have it. */
import { cellSide, type Size } from '../rows/cells.ts';
import { allocated, type CodecExports } from '../worker/codec.ts';
import type { Planes } from '../worker/picture.ts';
import type { Weights } from './color.ts';

/**
 * @param count planes that come out: light alone, or red and blue, too
 * @param compute is given the sides of a cell and the address of the weights; returns that of the planes, or 0
 */
export function meansOf(
  exports: CodecExports,
  { width, height }: Size,
  weights: readonly Weights[],
  count: 1 | 3,
  compute: (acrossSide: number, downSide: number, weights: number) => number,
): Planes | undefined {
  const [across, down] = [cellSide(width), cellSide(height)];
  const cells = Math.ceil(width / across) * Math.ceil(height / down);
  const given = allocated(exports, new Uint8Array(Float64Array.from(weights.flat()).buffer));
  if (given === 0) return undefined;
  const means = compute(across, down, given);
  exports.free(given);
  if (means === 0) return undefined;
  const all = new Float32Array(exports.memory.buffer, means, count * cells).slice();
  exports.free(means);
  const luma = all.subarray(0, cells);
  if (count === 1) return { luma };
  return { luma, red: all.subarray(cells, 2 * cells), blue: all.subarray(2 * cells) };
}
