/** From every pixel of a JPEG to what the hash and the second look need. */
import { digestReduced } from '../../reduce/mod.ts';
import type { Structure } from '../../structure/mod.ts';
import { turnOf } from '../../turn.ts';
import { allocated } from '../../worker/codec.ts';
import type { Digest } from '../../worker/picture.ts';
import { libjpeg } from './libjpeg.ts';

/** Of a JPEG that structure/ has found whole. Returns undefined when wasm-vips is to decode it. */
export async function digestWholeJpeg(
  bytes: Uint8Array,
  structure: Structure,
): Promise<Digest | undefined> {
  const { width, height, orientation = 1 } = structure;
  return libjpeg.run((exports) => {
    const data = allocated(exports, bytes);
    if (data === 0) return undefined;
    const pixels = exports.pixels(data, bytes.length, width, height);
    exports.free(data);
    return digestReduced(exports, pixels, structure, turnOf(orientation));
  });
}
