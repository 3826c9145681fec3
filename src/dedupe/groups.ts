/**
 * Connected components of what matches (union-find, Tarjan 1975, with path halving), each with its
 * best member that is still there. Components only ever grow together, whatever the order in
 * which members and matches arrive, so they are a function of the set.
 */
export class Groups<T> {
  readonly #compare: (a: T, b: T) => number;
  readonly #items: T[] = [];
  readonly #parents: number[] = [];
  /** By root: the best member that is there, -1 for none. */
  readonly #best: number[] = [];
  readonly #sizes: number[] = [];

  /** `compare` is a total order, the one to keep first. */
  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get length(): number {
    return this.#items.length;
  }

  /** A group of its own. `present` is false for a member that cannot be kept (any more). */
  add(item: T, present: boolean): number {
    const id = this.#items.length;
    this.#items.push(item);
    this.#parents.push(id);
    this.#best.push(present ? id : -1);
    this.#sizes.push(1);
    return id;
  }

  item(id: number): T {
    return this.#items[id] as T;
  }

  root(id: number): number {
    let at = id;
    while (this.#parents[at] !== at) {
      const above = this.#parents[this.#parents[at] as number] as number;
      this.#parents[at] = above;
      at = above;
    }
    return at;
  }

  /** The member that the group of `id` keeps, if one is there. */
  kept(id: number): number | undefined {
    const best = this.#best[this.root(id)] as number;
    return best < 0 ? undefined : best;
  }

  join(a: number, b: number): void {
    let [big, small] = [this.root(a), this.root(b)];
    if (big === small) return;
    if ((this.#sizes[big] as number) < (this.#sizes[small] as number)) [big, small] = [small, big];
    this.#parents[small] = big;
    this.#sizes[big] = (this.#sizes[big] as number) + (this.#sizes[small] as number);
    this.#best[big] = this.#better(this.#best[big] as number, this.#best[small] as number);
  }

  /** `id` is there from now on, in the group it belongs to. */
  offer(id: number): void {
    const root = this.root(id);
    this.#best[root] = this.#better(this.#best[root] as number, id);
  }

  /** `id` is gone; its group, when it kept it, keeps none until one is offered. */
  withdraw(id: number): void {
    const root = this.root(id);
    if (this.#best[root] === id) this.#best[root] = -1;
  }

  replaceItem(id: number, item: T): void {
    this.#items[id] = item;
  }

  #better(a: number, b: number): number {
    if (a < 0) return b;
    if (b < 0) return a;
    return this.#compare(this.item(a), this.item(b)) <= 0 ? a : b;
  }
}
