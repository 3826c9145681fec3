/**
 * A first-in, first-out queue from which any entry can also be taken out in constant time.
 * An array would make leaving from the middle linear, and a `Set` finds its first entry only
 * by passing over all the deleted ones before it.
 */
export interface Entry<T> {
  readonly value: T;
  /** Kept by the queue; absent once the entry has left it. */
  queue?: Queue<T> | undefined;
  previous?: Entry<T> | undefined;
  next?: Entry<T> | undefined;
}

export class Queue<T> {
  #first: Entry<T> | undefined;
  #last: Entry<T> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): T | undefined {
    return this.#first?.value;
  }

  push(value: T): Entry<T> {
    const entry: Entry<T> = { value, queue: this, previous: this.#last };
    if (this.#last) this.#last.next = entry;
    else this.#first = entry;
    this.#last = entry;
    this.#size++;
    return entry;
  }

  shift(): T | undefined {
    const entry = this.#first;
    if (entry) this.remove(entry);
    return entry?.value;
  }

  /** Takes out an entry; false when it has left already. */
  remove(entry: Entry<T>): boolean {
    if (entry.queue !== this) return false;
    if (entry.previous) entry.previous.next = entry.next;
    else this.#first = entry.next;
    if (entry.next) entry.next.previous = entry.previous;
    else this.#last = entry.previous;
    entry.queue = entry.previous = entry.next = undefined;
    this.#size--;
    return true;
  }
}
