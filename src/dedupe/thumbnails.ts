/** Thumbnails by sha256: all in memory, or the newest in memory and the others from a store. */

/** Enough for a store that writes in batches. */
const NEWEST = 1024;

export class Thumbnails {
  readonly #held = new Map<string, Uint8Array>();
  readonly #store: ((sha256: string) => Uint8Array | undefined) | undefined;

  constructor(store?: (sha256: string) => Uint8Array | undefined) {
    this.#store = store;
  }

  set(sha256: string, thumbnail: Uint8Array): void {
    this.#held.set(sha256, thumbnail);
    if (this.#store === undefined || this.#held.size <= NEWEST) return;
    const oldest = this.#held.keys().next();
    if (!oldest.done) this.#held.delete(oldest.value);
  }

  get(sha256: string): Uint8Array | undefined {
    return this.#held.get(sha256) ?? this.#store?.(sha256);
  }
}
