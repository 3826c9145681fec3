/** Every pixel of an image, without wasm-vips: for textures, whose hash is decided by how pixels are rounded. */
import { digestWholeJpeg } from '../jpeg/whole/mod.ts';
import type { Structure } from '../structure/mod.ts';
import { digestWholeWebp } from '../webp/mod.ts';
import type { Digest } from './picture.ts';

/** Returns undefined when wasm-vips is to decode it. */
export async function readWholeHere(
  bytes: Uint8Array<ArrayBuffer>,
  structure: Structure,
): Promise<Digest | undefined> {
  const { format } = structure;
  if (format === 'jpeg') return digestWholeJpeg(bytes, structure);
  if (format === 'webp') return digestWholeWebp(bytes, structure);
  return undefined;
}
