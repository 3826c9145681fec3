/** What planes.c makes of a picture, and what is made of that. */
import { cellSide, type Size } from '../rows/cells.ts';
import { digestMeans } from '../rows/digest.ts';
import type { Turn } from '../turn.ts';
import { allocated, type CodecExports } from '../worker/codec.ts';
import type { Digest } from '../worker/picture.ts';
import type { Weights } from './color.ts';

/** A picture in a decoder's memory. */
export interface Picture extends Size {
  /** For light alone, or for light, red and blue: what these are of the planes' samples. */
  readonly weights: readonly Weights[];
  readonly turn: Turn;
}

/**
 * @param compute is given the sides of a cell and the address of the weights; returns that of the means, or 0
 */
export function digestPicture(
  exports: CodecExports,
  picture: Picture,
  compute: (acrossSide: number, downSide: number, weights: number) => number,
): Digest | undefined {
  const { width, height, weights } = picture;
  const [across, down] = [cellSide(width), cellSide(height)];
  const count = Math.ceil(width / across) * Math.ceil(height / down);
  const given = allocated(exports, new Uint8Array(Float64Array.from(weights.flat()).buffer));
  if (given === 0) return undefined;
  const means = compute(across, down, given);
  exports.free(given);
  if (means === 0) return undefined;
  // Read where they are: a copy would be 3 MB of garbage for each picture.
  const [luma, red, blue] = weights.map(
    (_, i) => new Float32Array(exports.memory.buffer, means + 4 * count * i, count),
  );
  const planes = red ? { luma: luma!, red, blue: blue! } : { luma: luma! };
  const digest = digestMeans(planes, picture, picture.turn);
  exports.free(means);
  return digest;
}
