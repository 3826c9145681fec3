/** Which row of a drawing a span of time goes to, so that spans in one row never overlap. */
export class Lanes {
  /** End of the last span in each lane. */
  readonly #ends: number[] = [];
  readonly #most: number;

  /** @param most lanes; with more at a time, the last one is shared */
  constructor(most = Number.POSITIVE_INFINITY) {
    this.#most = most;
  }

  get size(): number {
    return this.#ends.length;
  }

  /** The first lane that is free from `start` on, from 0; it is taken until `end`. */
  take(start: number, end: number): number {
    const free = this.#ends.findIndex((last) => last <= start);
    const lane = free >= 0 ? free : Math.min(this.#ends.length, this.#most - 1);
    this.#ends[lane] = Math.max(end, this.#ends[lane] ?? end);
    return lane;
  }
}
