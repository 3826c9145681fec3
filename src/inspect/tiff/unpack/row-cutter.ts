/** Cuts data, which come in pieces of any length, into rows that lie in the core's memory. */
import { PIECE, PieceRoom } from '../../rows/piece-room.ts';
import type { Shape, TakeRow } from './unpacker.ts';

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
  readonly #pieces: PieceRoom;

  /** @param room as large as {@link cutterRoom} says */
  constructor(room: Uint8Array, { rows, rowBytes }: Shape, take: TakeRow) {
    this.#room = room;
    this.#rowBytes = rowBytes;
    this.#rows = rows;
    this.#take = take;
    this.#pieces = new PieceRoom(room, (end) => this.#cut(end));
  }

  /** All rows have come, and no byte more. */
  get complete(): boolean {
    return this.#rows === 0 && this.#pieces.empty;
  }

  /** False when there are more data than rows. */
  push(piece: Uint8Array): boolean {
    return this.#pieces.push(piece);
  }

  #cut(end: number): number | undefined {
    let at = 0;
    for (; at + this.#rowBytes <= end; at += this.#rowBytes) {
      if (this.#rows-- === 0) return undefined;
      this.#take(this.#room.subarray(at, at + this.#rowBytes));
    }
    return at;
  }
}
