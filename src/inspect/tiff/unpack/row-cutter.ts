/** Cuts data, which come in pieces of any length, into rows that lie in the core's memory. */
import type { Shape, TakeRow } from './unpacker.ts';

/** Bytes that are brought there at once. */
const PIECE = 1 << 16;

/** Room for a row that has not come to its end yet, and for what comes next. */
export function cutterRoom(rowBytes: number): number {
  return rowBytes + PIECE;
}

export class RowCutter {
  readonly #room: Uint8Array;
  readonly #rowBytes: number;
  readonly #take: TakeRow;
  /** Rows that are still to come. */
  #rows: number;
  /** The room starts with so many bytes of the next one. */
  #has = 0;

  /** @param room as large as {@link cutterRoom} says */
  constructor(room: Uint8Array, { rows, rowBytes }: Shape, take: TakeRow) {
    this.#room = room;
    this.#rowBytes = rowBytes;
    this.#rows = rows;
    this.#take = take;
  }

  /** All rows have come, and no byte more. */
  get complete(): boolean {
    return this.#rows === 0 && this.#has === 0;
  }

  /** False when there are more data than rows. */
  push(piece: Uint8Array): boolean {
    for (let from = 0; from < piece.length; ) {
      const part = piece.subarray(from, from + this.#room.length - this.#has);
      this.#room.set(part, this.#has);
      from += part.length;
      if (!this.#cut(this.#has + part.length)) return false;
    }
    return true;
  }

  #cut(end: number): boolean {
    let at = 0;
    for (; at + this.#rowBytes <= end; at += this.#rowBytes) {
      if (this.#rows-- === 0) return false;
      this.#take(this.#room.subarray(at, at + this.#rowBytes));
    }
    this.#room.copyWithin(0, at, end);
    this.#has = end - at;
    return true;
  }
}
