/** A large body that lies in its partial file is kept in memory too, as long as there is room: reading it again takes longer. */
import { type ByteBudget, free } from '../concurrency/mod.ts';
import type { BodyCopy } from '../model.ts';

/** All copies of a pool together, in bytes. */
export const ALL_COPIES_BYTES = 32 * 1024 * 1024;
/** Larger bodies are not kept twice. */
const LARGEST_BYTES = 8 * 1024 * 1024;

/** Room for a body of so many bytes; undefined when it is too large, or others have the room. */
export function takeCopy(budget: ByteBudget, bytes: number): Copy | undefined {
  const lease = bytes > LARGEST_BYTES ? undefined : budget.tryReserve(bytes);
  return lease && new Copy(Buffer.allocUnsafeSlow(bytes), lease);
}

export class Copy implements BodyCopy {
  #bytes: Buffer<ArrayBuffer> | undefined;
  readonly #lease: Disposable;

  constructor(bytes: Buffer<ArrayBuffer>, lease: Disposable) {
    this.#bytes = bytes;
    this.#lease = lease;
  }

  get bytes(): Buffer<ArrayBuffer> | undefined {
    return this.#bytes;
  }

  [Symbol.dispose](): void {
    if (this.#bytes) free(this.#bytes);
    this.#bytes = undefined;
    this.#lease[Symbol.dispose]();
  }
}
