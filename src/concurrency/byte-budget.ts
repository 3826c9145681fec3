import { onAbort } from './on-abort.ts';
import { Queue } from './queue.ts';

/** Bytes held; disposing gives them back (more than once does no harm). */
export interface Lease extends Disposable {
  readonly bytes: number;
  /**
   * Takes more at once, even over the budget: who waits for more while holding some can wait for
   * others that do the same, for ever. Later reservations wait until the excess is gone.
   */
  grow(bytes: number): void;
  /** Gives some back before the end. */
  shrink(bytes: number): void;
}

interface Waiter {
  readonly bytes: number;
  readonly start: () => void;
}

/**
 * Bounds the bytes in flight, first come, first served. A reservation larger than the whole
 * budget is let through when nothing else is held, so that it is slow instead of stuck.
 */
export class ByteBudget {
  readonly #total: number;
  readonly #waiters = new Queue<Waiter>();
  #used = 0;

  /** @param total bytes */
  constructor(total: number) {
    if (!(total > 0)) throw new RangeError(`a byte budget must be more than 0 bytes, not ${total}`);
    this.#total = total;
  }

  /** Bytes held now. */
  get used(): number {
    return this.#used;
  }

  get waiting(): number {
    return this.#waiters.size;
  }

  /** Waits until so many bytes are free. Rejects with the signal's reason when that aborts first. */
  reserve(bytes: number, signal?: AbortSignal): Promise<Lease> {
    checkBytes(bytes);
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const forgetSignal = onAbort(signal, () => {
        this.#waiters.remove(entry);
        reject(signal?.reason);
        // The one that left may have been the large one which held up those behind it.
        this.#dispatch();
      });
      const start = () => {
        forgetSignal();
        resolve(this.#lease(bytes));
      };
      const entry = this.#waiters.push({ bytes, start });
      this.#dispatch();
    });
  }

  /** At once, or not at all. */
  tryReserve(bytes: number): Lease | undefined {
    checkBytes(bytes);
    const isFree = this.#waiters.size === 0 && this.#used + bytes <= this.#total;
    return isFree ? this.#lease(bytes) : undefined;
  }

  #dispatch(): void {
    for (;;) {
      const next = this.#waiters.first;
      if (!next) return;
      if (this.#used > 0 && this.#used + next.bytes > this.#total) return;
      this.#waiters.shift();
      next.start();
    }
  }

  #lease(bytes: number): Lease {
    let held = bytes;
    let open = true;
    const change = (by: number) => {
      if (!open) return;
      held += by;
      this.#used += by;
      if (by < 0) this.#dispatch();
    };
    this.#used += bytes;
    return {
      get bytes() {
        return held;
      },
      grow(more) {
        change(checkBytes(more));
      },
      shrink(fewer) {
        change(-Math.min(held, checkBytes(fewer)));
      },
      [Symbol.dispose]() {
        change(-held);
        open = false;
      },
    };
  }
}

function checkBytes(bytes: number): number {
  if (Number.isFinite(bytes) && bytes >= 0) return bytes;
  throw new RangeError(`bytes must be a number of at least 0, not ${bytes}`);
}
