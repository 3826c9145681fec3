/** The rows of a frame out of its blocks of data, in the order in which they are stored. */
import { core } from '../rows/memory.ts';
import type { Frame } from './parts.ts';

/** Data that the core is given at once, in bytes. */
const PIECE = 1 << 15;
/** The core reads a row to the end of the string in which it ends. */
const OVER = 4096 + 8;

/** What a reader needs of the core's memory: for data before they are read, and a row. */
export function rowRooms(width: number): number[] {
  return [PIECE, width + OVER];
}

export class RowReader {
  readonly #bytes: Uint8Array;
  readonly #data: Uint8Array;
  /** Bytes in it. */
  #has = 0;
  readonly #row: Uint8Array;
  /** The length of the next block, in the file. */
  #at: number;

  /** @param rooms as {@link rowRooms} wants them */
  constructor(bytes: Uint8Array, frame: Frame, rooms: readonly Uint8Array[]) {
    const [data, row] = rooms;
    this.#bytes = bytes;
    this.#at = frame.data;
    this.#data = data!;
    this.#row = row!.subarray(0, frame.width);
    core().lzwBegin(data!.byteOffset, row!.byteOffset, frame.pixelBits);
  }

  /** Places in the palette; valid until the next call. Undefined when the data end or make no sense. */
  next(): Uint8Array | undefined {
    for (;;) {
      const state = core().lzwRow(this.#row.length);
      if (state > 0) return this.#row;
      if (state < 0 || !this.#feed()) return undefined;
    }
  }

  /** False when there are no more data. */
  #feed(): boolean {
    const { lzwUsed, lzwFeed } = core();
    const room = this.#data;
    let end = this.#has - lzwUsed();
    room.copyWithin(0, this.#has - end, this.#has);
    const before = end;
    for (;;) {
      const length = this.#bytes[this.#at];
      if (!length || end + length > room.length) break;
      const from = this.#at + 1;
      room.set(this.#bytes.subarray(from, from + length), end);
      end += length;
      this.#at = from + length;
    }
    this.#has = end;
    lzwFeed(end);
    return end > before;
  }
}

/** First row and step of the four passes (89a, appendix E). */
const PASSES = [
  [0, 8],
  [4, 8],
  [2, 4],
  [1, 2],
] as const;

/** Which row comes next. */
export function* order({ height, interlaced }: Frame): Generator<number> {
  for (const [first, step] of interlaced ? PASSES : ([[0, 1]] as const)) {
    for (let y = first; y < height; y += step) yield y;
  }
}
