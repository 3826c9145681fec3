/** From every pixel, as pixels.c makes them, to what the hash and the second look need. */
import { REDUCED } from '../pdq/mod.ts';
import type { Size } from '../rows/cells.ts';
import type { Structure } from '../structure/mod.ts';
import { AS_STORED, type Turn, turnOf } from '../turn.ts';
import { allocated, type CodecExports } from '../worker/codec.ts';
import { type Digest, digestPixels, type RgbPixels } from '../worker/picture.ts';

/** What a decoder exports that pixels.c is part of. */
export interface PixelExports extends CodecExports {
  /** Address of RGB, as stored; 0 when wasm-vips is to decode it, or there is no memory. */
  pixels(data: number, length: number, width: number, height: number): number;
}

/** Of a file that structure/ has found whole. Returns undefined when wasm-vips is to decode it. */
export function digestFile(
  exports: PixelExports,
  bytes: Uint8Array,
  structure: Structure,
): Digest | undefined {
  const { width, height, orientation = 1 } = structure;
  const data = allocated(exports, bytes);
  if (data === 0) return undefined;
  const pixels = exports.pixels(data, bytes.length, width, height);
  exports.free(data);
  return digestReduced(exports, pixels, structure, turnOf(orientation));
}

/**
 * Frees the pixels.
 * @param address of those of a picture of this size as stored; 0 when there are none
 */
export function digestReduced(
  { memory, free }: CodecExports,
  address: number,
  { width, height }: Size,
  turn: Turn,
): Digest | undefined {
  if (address === 0) return undefined;
  const isSmall = Math.max(width, height) <= REDUCED;
  const [wide, high] = isSmall ? [width, height] : [REDUCED, REDUCED];
  const data = new Uint8Array(memory.buffer, address, 3 * wide * high);
  const stored = { data, width: wide, height: high };
  const digest = digestPixels(turn === AS_STORED ? stored : shown(stored, turn));
  free(address);
  return digest;
}

function shown({ data, width, height }: RgbPixels, turn: Turn): RgbPixels {
  const { flipAcross, flipDown, swap } = turn;
  const out = new Uint8Array(data.length);
  const [wide, high] = swap ? [height, width] : [width, height];
  for (let y = 0, to = 0; y < high; y++) {
    for (let x = 0; x < wide; x++, to += 3) {
      const [column, row] = swap ? [y, x] : [x, y];
      const from = flipAcross ? width - 1 - column : column;
      const at = 3 * ((flipDown ? height - 1 - row : row) * width + from);
      out[to] = data[at]!;
      out[to + 1] = data[at + 1]!;
      out[to + 2] = data[at + 2]!;
    }
  }
  return { data: out, width: wide, height: high };
}
