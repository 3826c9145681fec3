/** JPEG XL (ISO/IEC 18181): the size header of the codestream, bare or within the container's boxes. */

import { boxes } from './boxes.ts';
import { has } from './bytes.ts';
import {
  headerBroken,
  headerCut,
  type Structure,
  stateOf,
  type Trouble,
  truncated,
} from './structure.ts';

/** 18181-1, D.1: bits are read from the least significant one. */
class Bits {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at * 8;
  }

  take(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.#at++) {
      const byte = this.#bytes[this.#at >> 3] ?? 0;
      value += ((byte >> (this.#at & 7)) & 1) * 2 ** i;
    }
    return value;
  }
}

/** Width : height by the header's three bits; 0 means that the width is sent. */
const RATIOS: readonly (readonly [number, number])[] = [
  [0, 1],
  [1, 1],
  [12, 10],
  [4, 3],
  [3, 2],
  [16, 9],
  [5, 4],
  [2, 1],
];

/** Bytes after which the size and orientation are surely told. */
const HEADER_BYTES = 12;

export function readJxl(bytes: Uint8Array): Structure {
  let trouble: Trouble | undefined;
  let start = has(bytes, 0, '\xff\x0a') ? 0 : -1;
  if (start < 0) {
    for (const box of boxes(bytes, 0, bytes.length)) {
      if (box.end > bytes.length) {
        trouble = truncated(
          `box ${box.type} at byte ${box.start} ends ${box.end - bytes.length} bytes beyond the file`,
        );
      }
      if (start >= 0) continue;
      if (box.type === 'jxlc') start = box.from;
      // Parts of a codestream begin with their number.
      if (box.type === 'jxlp') start = box.from + 4;
    }
  }
  if (start < 0 || start + HEADER_BYTES > bytes.length) throw headerCut('JPEG XL', bytes.length);
  if (!has(bytes, start, '\xff\x0a')) {
    throw headerBroken('JPEG XL', `no codestream begins at byte ${start}`);
  }
  return { format: 'jxl', ...readSize(new Bits(bytes, start + 2)), ...stateOf(trouble) };
}

type Size = Pick<Structure, 'width' | 'height' | 'orientation' | 'animated'>;

function readSize(bits: Bits): Size {
  const small = bits.take(1) === 1;
  const side = () =>
    small ? 8 * (1 + bits.take(5)) : 1 + bits.take([9, 13, 18, 30][bits.take(2)]!);
  const height = side();
  const [across, down] = RATIOS[bits.take(3)]!;
  const width = across === 0 ? side() : Math.floor((height * across) / down);
  // ImageMetadata: all defaults, or extra fields of which the orientation is the first.
  if (bits.take(1) === 1 || bits.take(1) === 0) return { width, height };
  const orientation = 1 + bits.take(3);
  return { width, height, ...(orientation > 1 && { orientation }) };
}
