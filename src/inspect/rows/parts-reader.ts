/** Reads data that lie in several parts as if they were one, so that nothing has to be put together before. */
import { totalLength } from '../structure/bytes.ts';

export class PartsReader {
  readonly #parts: readonly Uint8Array[];
  #part = 0;
  /** In that part. */
  #at = 0;
  #left: number;

  constructor(parts: readonly Uint8Array[]) {
    this.#parts = parts;
    this.#left = totalLength(parts);
  }

  /** Bytes that have not been read. */
  get left(): number {
    return this.#left;
  }

  /** Fills `room`; there must be as many left. */
  fill(room: Uint8Array): Uint8Array {
    for (let to = 0; to < room.length; ) {
      const part = this.#parts[this.#part]!;
      const end = Math.min(part.length, this.#at + room.length - to);
      room.set(part.subarray(this.#at, end), to);
      to += end - this.#at;
      this.#at = end;
      if (end < part.length) continue;
      this.#part++;
      this.#at = 0;
    }
    this.#left -= room.length;
    return room;
  }
}
