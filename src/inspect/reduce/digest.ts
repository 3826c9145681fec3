/** From the pixels that pixels.c makes to what the hash and the second look need. */
import { REDUCED } from '../pdq/mod.ts';
import type { Size } from '../rows/cells.ts';
import { AS_STORED, type Turn } from '../turn.ts';
import type { CodecExports } from '../worker/codec.ts';
import { type Digest, digestPixels, type RgbPixels } from '../worker/picture.ts';

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
