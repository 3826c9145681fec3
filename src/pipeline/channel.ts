/**
 * A bounded queue between those who find and those who fetch: who pushes waits while it is full, so
 * that a list of any length costs the memory of `capacity` entries.
 */
export class Channel<T> implements AsyncIterable<T> {
  readonly #capacity: number;
  readonly #items: T[] = [];
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  #room = Promise.withResolvers<void>();
  #news = Promise.withResolvers<void>();

  constructor(capacity: number) {
    this.#capacity = capacity;
    if (capacity > 0) this.#room.resolve();
  }

  /** Resolves when there is room and the item is in. After `close` items are dropped. */
  async push(item: T): Promise<void> {
    while (!this.#ended && this.#items.length >= this.#capacity) await this.#room.promise;
    this.add(item);
  }

  /** Takes the item whether there is room or not: for those whom the reader itself waits for. */
  add(item: T): void {
    if (this.#ended) return;
    this.#items.push(item);
    if (this.#items.length === this.#capacity) this.#room = Promise.withResolvers();
    this.#news.resolve();
  }

  /** No more items; those inside are still read. */
  close(): void {
    this.#ended = true;
    this.#room.resolve();
    this.#news.resolve();
  }

  /** Ends it, and the reader throws `error` after what is inside. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    try {
      for (;;) {
        while (this.#items.length > 0) {
          const item = this.#items.shift() as T;
          if (this.#items.length < this.#capacity) this.#room.resolve();
          yield item;
        }
        if (this.#ended) break;
        this.#news = Promise.withResolvers();
        await this.#news.promise;
      }
      if (this.#failure) throw this.#failure.error;
    } finally {
      this.close();
    }
  }
}
