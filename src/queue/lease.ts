/** Holds a shard while it is worked on, and says when it is lost. */
import { type Clock, systemClock } from '../concurrency/mod.ts';
import type { Delivery } from './engine.ts';

export interface LeaseOptions {
  /** As of the queue's plan. */
  readonly ackWaitMs: number;
  /** Called once when the engine has not confirmed for so long that another may have the shard by now. */
  readonly onLost: () => void;
  readonly clock?: Clock;
}

/** Part of `ackWaitMs` after which a lease is asked to be longer, and after which it counts as lost. */
const EXTEND_AT = 0.25;
const LOST_AT = 0.8;

/**
 * Time is measured from before each request, so this end takes the lease for lost before the engine
 * gives it away: of two workers that hold one site at a time, neither would keep its limits.
 */
export class Lease {
  readonly #delivery: Delivery;
  readonly #options: LeaseOptions;
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  #confirmed: number;
  #lost = false;
  readonly #keeping: Promise<unknown>;

  constructor(delivery: Delivery, options: LeaseOptions) {
    this.#delivery = delivery;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#confirmed = delivery.asked;
    this.#keeping = Promise.all([this.#extend(), this.#watch()]);
  }

  /** Looks at the clock: a process that was stopped for long finds out here. */
  get lost(): boolean {
    if (!this.#lost && this.#clock.now() - this.#confirmed > this.#options.ackWaitMs * LOST_AT) {
      this.#lost = true;
      this.#stop.abort();
      this.#options.onLost();
    }
    return this.#lost;
  }

  /** Ends the keeping. */
  async end(): Promise<void> {
    this.#stop.abort();
    await this.#keeping;
  }

  async #extend(): Promise<void> {
    while (await this.#sleep(this.#options.ackWaitMs * EXTEND_AT)) {
      const asked = this.#clock.now();
      try {
        await this.#delivery.extend();
        this.#confirmed = asked;
      } catch {
        // The engine is away; the watch tells when it has been so for too long.
      }
    }
  }

  async #watch(): Promise<void> {
    while (!this.lost && (await this.#sleep(this.#options.ackWaitMs * 0.1)));
  }

  /** False when it is over. */
  async #sleep(ms: number): Promise<boolean> {
    await this.#clock.sleep(ms, this.#stop.signal).catch(() => {});
    return !this.#stop.signal.aborted;
  }
}
