/** Cuts inflated data, which come in pieces of any length, into rows and undoes their filters. */

import { core } from '../rows/memory.ts';
import { PIECE, PieceRoom } from '../rows/piece-room.ts';
import type { Pass } from '../structure/png-layout.ts';

/** Takes a row of pass `pass`; `row` lies in the core's memory and is valid until the next one. */
export type TakeRow = (row: Uint8Array, pass: number, y: number) => void;

/** Filter types above 4 do not exist. */
const FILTERS = 5;
const UP = 2;

/** Whether each pixel has to wait for the one to its left: of such rows, two are undone at once. */
function isChain(filter: number): boolean {
  return filter > 0 && filter !== UP;
}

function longest(passes: readonly Pass[]): number {
  return Math.max(...passes.map(({ rowBytes }) => rowBytes));
}

/** What a reader needs of the core's memory: for two rows, the one above them, and data before they are read. */
export function rowRooms(passes: readonly Pass[]): number[] {
  const bytes = longest(passes);
  // A row that has not come to its end yet, and the next piece.
  return [bytes, bytes, bytes, 1 + bytes + PIECE];
}

export class RowReader {
  readonly #passes: readonly Pass[];
  readonly #pixelBytes: number;
  readonly #take: TakeRow;
  readonly #core = core();
  #pass = 0;
  #y = 0;
  #row!: Uint8Array;
  #below!: Uint8Array;
  #above!: Uint8Array;
  readonly #data: Uint8Array;
  readonly #pieces: PieceRoom;

  /**
   * @param pixelBytes bytes a pixel, 1 where several share a byte
   * @param rooms as {@link rowRooms} wants them
   */
  constructor(
    passes: readonly Pass[],
    pixelBytes: number,
    rooms: readonly Uint8Array[],
    take: TakeRow,
  ) {
    this.#passes = passes;
    this.#pixelBytes = pixelBytes;
    this.#take = take;
    const [row, below, above, data] = rooms;
    this.#row = row!;
    this.#below = below!;
    this.#above = above!;
    this.#data = data!;
    this.#pieces = new PieceRoom(data!, (end) => this.#readRows(end));
    this.#begin(passes[0]!);
  }

  /** All rows of all passes have come. */
  get complete(): boolean {
    return this.#pass === this.#passes.length;
  }

  /** False when there is no such filter, or there are more data than rows. */
  push(piece: Uint8Array): boolean {
    return this.#pieces.push(piece);
  }

  /** Reads the rows that the first `end` bytes of the data hold. */
  #readRows(end: number): number | undefined {
    let at = 0;
    while (at < end) {
      if (this.complete) return undefined;
      const size = 1 + this.#row.length;
      if (at + size > end) break;
      const filter = this.#data[at]!;
      if (filter >= FILTERS) return undefined;
      const two = isChain(filter) && at + 2 * size <= end && this.#isFollowed(at + size);
      if (two) this.#readTwo(filter, at + 1);
      else this.#readOne(filter, at + 1);
      at += two ? 2 * size : size;
    }
    return at;
  }

  /** By a row of the same pass, with such a filter. */
  #isFollowed(at: number): boolean {
    const filter = this.#data[at]!;
    return this.#y + 1 < this.#passes[this.#pass]!.height && isChain(filter) && filter < FILTERS;
  }

  #readOne(filter: number, at: number): void {
    const [row, above] = [this.#row, this.#above];
    const [to, over] = [row.byteOffset, above.byteOffset];
    const source = this.#data.byteOffset + at;
    this.#core.unfilter(filter, source, to, over, row.length, this.#pixelBytes);
    this.#row = above;
    this.#above = row;
    this.#hand(row);
  }

  #readTwo(filter: number, at: number): void {
    const [row, below, above] = [this.#row, this.#below, this.#above];
    const [to, next, over] = [row.byteOffset, below.byteOffset, above.byteOffset];
    const source = this.#data.byteOffset + at;
    this.#core.unfilterTwo(filter, source, to, next, over, row.length, this.#pixelBytes);
    this.#below = above;
    this.#above = below;
    this.#hand(row);
    this.#hand(below);
  }

  #hand(row: Uint8Array): void {
    this.#take(row, this.#pass, this.#y);
    if (++this.#y < this.#passes[this.#pass]!.height) return;
    this.#y = 0;
    const next = this.#passes[++this.#pass];
    if (next) this.#begin(next);
  }

  /** Rows may be longer than those of the pass before. */
  #begin({ rowBytes }: Pass): void {
    const sized = ({ buffer, byteOffset }: Uint8Array) =>
      new Uint8Array(buffer, byteOffset, rowBytes);
    this.#row = sized(this.#row);
    this.#below = sized(this.#below);
    this.#above = sized(this.#above).fill(0);
  }
}
