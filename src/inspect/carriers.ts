/**
 * Buffers in which large files travel to workers of this process, and which come back with the answer. A
 * fresh one for each file would be taken from the system and given back each time (runtime/malloc.ts): its
 * pages have to be zeroed, which takes longer than hashing an uncompressed picture.
 */

/** Of one buffer. What is larger than this, or not large, travels in a buffer of its own. */
const CARRIER_BYTES = 8 << 20;
/** A file of as many bytes is a large one. */
export const LARGE_BYTES = 1 << 20;

export class Carriers {
  readonly #most: number;
  readonly #idle: ArrayBuffer[] = [];

  /** @param most so many are kept: as many as there are workers */
  constructor(most: number) {
    this.#most = most;
  }

  /** A copy of the bytes in one of them; undefined when it should have a buffer of its own. */
  load(bytes: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
    if (bytes.length < LARGE_BYTES || bytes.length > CARRIER_BYTES) return undefined;
    // Pages that nobody writes to are not there.
    const buffer = this.#idle.pop() ?? new ArrayBuffer(CARRIER_BYTES);
    const copy = new Uint8Array(buffer, 0, bytes.length);
    copy.set(bytes);
    return copy;
  }

  /** @param buffer what a worker says is one of them */
  takeBack(buffer: unknown): void {
    if (!(buffer instanceof ArrayBuffer) || buffer.byteLength !== CARRIER_BYTES) return;
    if (!buffer.resizable && this.#idle.length < this.#most) this.#idle.push(buffer);
  }
}
