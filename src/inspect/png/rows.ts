/** Cuts inflated data, which come in pieces of any length, into rows and undoes their filters. */

import { core } from '../rows/memory.ts';
import { PIECE, PieceRoom } from '../rows/piece-room.ts';
import type { Pass } from '../structure/png-layout.ts';

/** Takes a row of pass `pass`; `row` lies in the core's memory and is valid until the next one. */
export type TakeRow = (row: Uint8Array, pass: number, y: number) => void;

/** Filter types above 4 do not exist. */
const FILTERS = 5;

function longest(passes: readonly Pass[]): number {
  return Math.max(...passes.map(({ rowBytes }) => rowBytes));
}

/** What a reader needs of the core's memory: for a row, the one above it, and data before they are read. */
export function rowRooms(passes: readonly Pass[]): number[] {
  const bytes = longest(passes);
  // A row that has not come to its end yet, and the next piece.
  return [bytes, bytes, 1 + bytes + PIECE];
}

export class RowReader {
  readonly #passes: readonly Pass[];
  readonly #pixelBytes: number;
  readonly #take: TakeRow;
  readonly #unfilter = core().unfilter;
  #pass = 0;
  #y = 0;
  #row!: Uint8Array;
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
    const [row, above, data] = rooms;
    this.#row = row!;
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
      const next = at + 1 + this.#row.length;
      if (next > end) break;
      if (!this.#read(at)) return undefined;
      at = next;
    }
    return at;
  }

  #read(at: number): boolean {
    const filter = this.#data[at]!;
    if (filter >= FILTERS) return false;
    const row = this.#row;
    const above = this.#above;
    const source = this.#data.byteOffset + at + 1;
    this.#unfilter(filter, source, row.byteOffset, above.byteOffset, row.length, this.#pixelBytes);
    this.#take(row, this.#pass, this.#y);
    this.#row = above;
    this.#above = row;
    if (++this.#y === this.#passes[this.#pass]!.height) {
      this.#y = 0;
      const next = this.#passes[++this.#pass];
      if (next) this.#begin(next);
    }
    return true;
  }

  /** Rows may be longer than those of the pass before. */
  #begin({ rowBytes }: Pass): void {
    const sized = ({ buffer, byteOffset }: Uint8Array) =>
      new Uint8Array(buffer, byteOffset, rowBytes);
    this.#row = sized(this.#row);
    this.#above = sized(this.#above).fill(0);
  }
}
