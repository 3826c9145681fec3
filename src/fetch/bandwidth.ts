/**
 * A token bucket over all bodies: bytes that have arrived are paid for afterwards, by reading no
 * further until the debt is gone, so that the mean rate holds whatever the pieces' sizes are.
 */
export class Bandwidth {
  readonly #rate: number;
  readonly #burst: number;
  #paidUntil = Number.NEGATIVE_INFINITY;

  /** @param rate bytes a second; @param burst ms of the rate that may arrive at once after a rest. */
  constructor(rate: number, burst = 50) {
    if (!(rate > 0)) throw new RangeError(`a bandwidth must be more than 0 bytes/s, not ${rate}`);
    this.#rate = rate;
    this.#burst = burst;
  }

  /** Books bytes that arrived at `now` (ms); returns for how many ms to read nothing. */
  take(bytes: number, now: number): number {
    this.#paidUntil = Math.max(this.#paidUntil, now - this.#burst) + (bytes / this.#rate) * 1000;
    return Math.max(0, this.#paidUntil - now);
  }
}
