/** A link that all answers share: each gets its turn, all together so many bytes a second. */
import type { Writable } from 'node:stream';

const SLICE = 16 * 1024;
const TICK_MS = 4;
/** What the link may catch up after a late timer, in ms. */
const BURST_MS = 40;

interface Transfer {
  readonly to: Writable;
  readonly bytes: Uint8Array;
  readonly done: () => void;
  at: number;
}

export class SharedBandwidth {
  readonly #perMs: number;
  #queue: Transfer[] = [];
  #timer: NodeJS.Timeout | undefined;
  #budget = 0;
  #last = 0;

  constructor(bytesPerSecond: number) {
    this.#perMs = bytesPerSecond / 1000;
  }

  /** Calls `done` when all bytes are written or the receiver has gone. */
  send(to: Writable, bytes: Uint8Array, done: () => void): void {
    this.#queue.push({ to, bytes, done, at: 0 });
    if (this.#timer !== undefined) return;
    this.#budget = 0;
    this.#last = performance.now();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  #tick(): void {
    const now = performance.now();
    this.#budget += (now - this.#last) * this.#perMs;
    this.#budget = Math.min(this.#budget, Math.max(BURST_MS * this.#perMs, SLICE));
    this.#last = now;
    let waiting = 0;
    while (this.#budget > 0 && waiting < this.#queue.length) {
      const transfer = this.#queue.shift()!;
      if (transfer.to.destroyed) {
        transfer.done();
      } else if (transfer.to.writableNeedDrain) {
        // A slow receiver does not keep the others.
        this.#queue.push(transfer);
        waiting++;
      } else {
        const slice = transfer.bytes.subarray(transfer.at, transfer.at + SLICE);
        transfer.to.write(slice);
        transfer.at += slice.length;
        this.#budget -= slice.length;
        waiting = 0;
        if (transfer.at < transfer.bytes.length) this.#queue.push(transfer);
        else transfer.done();
      }
    }
    if (this.#queue.length > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
