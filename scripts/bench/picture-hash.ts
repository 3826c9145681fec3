/** PDQ of every pixel of a picture, for the benchmarks that measure against it. */
import type { Sharp } from 'sharp';
import { hashPlane, type PdqHash } from '../../src/inspect/pdq/mod.ts';

/** Below this, a hash says too little to be compared. */
export const QUALITY = 50;

/** Of what `picture` gives: grey or RGB, without alpha. */
export async function pictureHash(picture: Sharp): Promise<PdqHash> {
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  const step = info.channels;
  const luma = Float32Array.from({ length: info.width * info.height }, (_, i) => {
    const [r, g, b] = data.subarray(i * step, i * step + 3) as unknown as [number, number, number];
    return step < 3 ? r : 0.299 * r + 0.587 * g + 0.114 * b;
  });
  return hashPlane(luma, info.width, info.height);
}
