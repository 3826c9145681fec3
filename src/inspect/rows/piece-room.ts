/** Data that are read piece by piece, and a room in the core's memory for those that do not lie there yet. */

/**
 * Reads what it can of data in the core's memory and says how many bytes those were; what is left comes again, with
 * what follows. Undefined when the data make no sense.
 */
export type ReadData = (data: Uint8Array) => number | undefined;

/** Bytes that are brought there at once. */
export const PIECE = 1 << 16;

export class PieceRoom {
  readonly #room: Uint8Array;
  readonly #read: ReadData;
  /** The room starts with so many bytes that were not read yet. */
  #has = 0;

  /** @param room for all that `read` may leave, and {@link PIECE} */
  constructor(room: Uint8Array, read: ReadData) {
    this.#room = room;
    this.#read = read;
  }

  /** False when the data make no sense. */
  push(piece: Uint8Array): boolean {
    for (let from = 0; from < piece.length; ) {
      const part = piece.subarray(from, from + this.#room.length - this.#has);
      this.#room.set(part, this.#has);
      from += part.length;
      const end = this.#has + part.length;
      const done = this.#read(this.#room.subarray(0, end));
      if (done === undefined) return false;
      this.#room.copyWithin(0, done, end);
      this.#has = end - done;
    }
    return true;
  }
}
