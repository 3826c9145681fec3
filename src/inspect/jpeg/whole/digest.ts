/** From every pixel of a JPEG to what the hash and the second look need. */
import { digestFile } from '../../reduce/mod.ts';
import type { Structure } from '../../structure/mod.ts';
import type { Digest } from '../../worker/picture.ts';
import { libjpeg } from './libjpeg.ts';

/** Of a JPEG that structure/ has found whole. Returns undefined when wasm-vips is to decode it. */
export async function digestWholeJpeg(
  bytes: Uint8Array,
  structure: Structure,
): Promise<Digest | undefined> {
  return libjpeg.run((exports) => digestFile(exports, bytes, structure));
}
