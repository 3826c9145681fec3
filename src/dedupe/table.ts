/**
 * One table of the multi-index: from a 16-bit value to the ids that were filed under it. The bulk
 * is a counting sort (bucket starts and one array of ids, so that a bucket is one run of memory);
 * what came since hangs in chains.
 */
const VALUES = 1 << 16;

export class SubstringTable {
  /** Bucket v is ids[starts[v] .. starts[v + 1]). */
  #starts: Uint32Array | undefined;
  #ids = new Uint32Array(0);
  /** Ids below this are sorted. */
  #sorted = 0;
  /** Newest chained id + 1 under a value; 0 for none. Allocated with the first chain. */
  #heads: Uint32Array | undefined;
  /** For each id from `#sorted` on, the one chained before it, + 1; 0 ends the chain. */
  #next = new Uint32Array(0);

  get byteLength(): number {
    const { byteLength: starts } = this.#starts ?? new Uint32Array(0);
    const { byteLength: heads } = this.#heads ?? new Uint32Array(0);
    return starts + heads + this.#ids.byteLength + this.#next.byteLength;
  }

  /** Files `id`, which must be the next one: the table keeps no gaps. */
  chain(id: number, value: number): void {
    this.#heads ??= new Uint32Array(VALUES);
    const slot = id - this.#sorted;
    if (slot >= this.#next.length) {
      const grown = new Uint32Array(Math.max(1024, Math.ceil(slot * 1.5)));
      grown.set(this.#next);
      this.#next = grown;
    }
    this.#next[slot] = this.#heads[value] as number;
    this.#heads[value] = id + 1;
  }

  /** Sorts ids 0 … count − 1 anew by the value that `valueAt` gives; `skip` leaves one out. */
  sort(count: number, valueAt: (id: number) => number, skip: (id: number) => boolean): void {
    const starts = new Uint32Array(VALUES + 1);
    let filed = 0;
    for (let id = 0; id < count; id++) {
      if (skip(id)) continue;
      const after = valueAt(id) + 1;
      starts[after] = (starts[after] as number) + 1;
      filed++;
    }
    for (let v = 0; v < VALUES; v++) {
      starts[v + 1] = (starts[v + 1] as number) + (starts[v] as number);
    }
    if (this.#ids.length !== filed) this.#ids = new Uint32Array(filed);
    // Filling from the back moves each end down to its start, so no second array is needed.
    for (let id = count - 1; id >= 0; id--) {
      if (skip(id)) continue;
      const value = valueAt(id);
      const at = (starts[value + 1] as number) - 1;
      starts[value + 1] = at;
      this.#ids[at] = id;
    }
    starts.copyWithin(0, 1);
    starts[VALUES] = filed;
    this.#starts = starts;
    this.#sorted = count;
    this.#heads?.fill(0);
    this.#next = new Uint32Array(0);
  }

  /** Calls `visit` with every id filed under `value`. */
  forEach(value: number, visit: (id: number) => void): void {
    if (this.#starts !== undefined) {
      const end = this.#starts[value + 1] as number;
      for (let at = this.#starts[value] as number; at < end; at++) visit(this.#ids[at] as number);
    }
    if (this.#heads === undefined) return;
    let link = this.#heads[value] as number;
    while (link !== 0) {
      visit(link - 1);
      link = this.#next[link - 1 - this.#sorted] as number;
    }
  }
}
