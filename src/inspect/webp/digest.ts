/** From the bytes of a WebP to what the hash and the second look need. */
import type { Weights } from '../planes/color.ts';
import { digestPicture } from '../planes/means.ts';
import { digestFile } from '../reduce/mod.ts';
import type { Structure } from '../structure/mod.ts';
import { turnOf } from '../turn.ts';
import { allocated } from '../worker/codec.ts';
import type { Digest } from '../worker/picture.ts';
import { type Libwebp, libwebp } from './libwebp.ts';

/** Pixels a side: of a frame by the format, of a canvas because libvips refuses larger ones. */
const LARGEST = 16_383;

/** Of R, G and B, which libwebp.c makes of lossy pictures, too. */
const WEIGHTS: readonly Weights[] = [
  [0.299, 0.587, 0.114, 0],
  [1, 0, 0, 0],
  [0, 0, 1, 0],
];

/** Of a WebP that structure/ has found whole. Returns undefined when it cannot be decoded here. */
export async function digestWebp(
  bytes: Uint8Array,
  structure: Structure,
): Promise<Digest | undefined> {
  if (Math.max(structure.width, structure.height) > LARGEST) return undefined;
  return libwebp.run((exports) => digestWith(exports, bytes, structure));
}

/**
 * The same of every pixel. Returns undefined when wasm-vips is to decode it, also because something may be
 * transparent.
 */
export async function digestWholeWebp(
  bytes: Uint8Array,
  structure: Structure,
): Promise<Digest | undefined> {
  if (Math.max(structure.width, structure.height) > LARGEST) return undefined;
  return libwebp.run((exports) => digestFile(exports, bytes, structure));
}

function digestWith(exports: Libwebp, bytes: Uint8Array, structure: Structure): Digest | undefined {
  const { width, height, orientation = 1 } = structure;
  const data = allocated(exports, bytes);
  if (data === 0) return undefined;
  const picture = { width, height, weights: WEIGHTS, turn: turnOf(orientation) };
  const digest = digestPicture(exports, picture, (across, down, weights) =>
    exports.means(data, bytes.length, width, height, across, down, weights),
  );
  exports.free(data);
  return digest;
}
