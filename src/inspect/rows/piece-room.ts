/** A room in the core's memory into which data are brought that come in pieces of any length. */

/** Bytes that are brought there at once. */
export const PIECE = 1 << 16;

export class PieceRoom {
  readonly #room: Uint8Array;
  readonly #read: (end: number) => number | undefined;
  /** The room starts with so many bytes that were not read yet. */
  #has = 0;

  /**
   * @param room for all that `read` may leave, and {@link PIECE}
   * @param read reads what it can of the first `end` bytes of the room and says how many those were; undefined
   *   when they make no sense
   */
  constructor(room: Uint8Array, read: (end: number) => number | undefined) {
    this.#room = room;
    this.#read = read;
  }

  /** All that came has been read. */
  get empty(): boolean {
    return this.#has === 0;
  }

  /** False when the data make no sense. */
  push(piece: Uint8Array): boolean {
    for (let from = 0; from < piece.length; ) {
      const part = piece.subarray(from, from + this.#room.length - this.#has);
      this.#room.set(part, this.#has);
      from += part.length;
      const end = this.#has + part.length;
      const done = this.#read(end);
      if (done === undefined) return false;
      this.#room.copyWithin(0, done, end);
      this.#has = end - done;
    }
    return true;
  }
}
