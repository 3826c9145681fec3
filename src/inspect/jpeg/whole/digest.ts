/** From every pixel of a JPEG to what the hash and the second look need. */
import { REDUCED } from '../../pdq/mod.ts';
import type { Structure } from '../../structure/mod.ts';
import { type Turn, turnOf } from '../../turn.ts';
import { allocated } from '../../worker/codec.ts';
import { type Digest, digestPixels, type RgbPixels } from '../../worker/picture.ts';
import { type Libjpeg, libjpeg } from './libjpeg.ts';

/** Of a JPEG that structure/ has found whole. Returns undefined when wasm-vips is to decode it. */
export async function digestWholeJpeg(
  bytes: Uint8Array,
  structure: Structure,
): Promise<Digest | undefined> {
  return libjpeg.run((exports) => digestWith(exports, bytes, structure));
}

function digestWith(exports: Libjpeg, bytes: Uint8Array, structure: Structure): Digest | undefined {
  const { width, height, orientation = 1 } = structure;
  const data = allocated(exports, bytes);
  if (data === 0) return undefined;
  const address = exports.pixels(data, bytes.length, width, height);
  exports.free(data);
  if (address === 0) return undefined;
  const isSmall = Math.max(width, height) <= REDUCED;
  const [wide, high] = isSmall ? [width, height] : [REDUCED, REDUCED];
  const pixels = new Uint8Array(exports.memory.buffer, address, 3 * wide * high);
  const stored = { data: pixels, width: wide, height: high };
  const digest = digestPixels(orientation === 1 ? stored : shown(stored, turnOf(orientation)));
  exports.free(address);
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
