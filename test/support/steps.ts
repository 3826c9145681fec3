/**
 * Runs several workers within one process, one step at a time in an order that a seed decides, and kills
 * them between two steps of choice. A step is something that stays when a process dies: a change of a folder,
 * or what an engine heard.
 */
import fs from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

interface Step {
  readonly owner: string;
  readonly work: () => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Functions of `node:fs/promises` that change a folder; their first argument lies in it. */
const CHANGING = ['mkdir', 'open', 'rename', 'rm', 'link', 'unlink', 'copyFile'] as const;

export class Steps implements Disposable {
  /** Called between two steps with the number of those before, and the one whose step ended or is next. */
  readonly #between: (count: number, owner: string) => void;
  readonly #random: () => number;
  readonly #real = new Map<string, unknown>();
  readonly #dead = new Set<string>();
  #waiting: Step[] = [];
  #count = 0;

  constructor(seed: number, between: (count: number, owner: string) => void) {
    this.#random = generator(seed);
    this.#between = between;
  }

  /** From here on changes below `folderOf(owner)` are steps of that owner. */
  watch(ownerOf: (path: string) => string | undefined): void {
    const promises = fs.promises as unknown as Record<string, (...args: unknown[]) => unknown>;
    for (const name of CHANGING) {
      const real = promises[name] as (...args: unknown[]) => Promise<unknown>;
      this.#real.set(name, real);
      promises[name] = (...args: unknown[]) => {
        const owner = ownerOf(String(args[0]));
        const work = async () => unsynced(await real(...args));
        return owner === undefined ? work() : this.take(owner, work);
      };
    }
    syncBuiltinESMExports();
  }

  [Symbol.dispose](): void {
    Object.assign(fs.promises, Object.fromEntries(this.#real));
    syncBuiltinESMExports();
  }

  /** Resolves when the step has had its turn; never, when its owner was killed before that. */
  take<T>(owner: string, work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const step = { owner, work, resolve, reject } as Step;
      if (!this.#dead.has(owner)) this.#waiting.push(step);
    });
  }

  /** Nothing that it began goes on. */
  kill(owner: string): void {
    this.#dead.add(owner);
    this.#waiting = this.#waiting.filter((step) => step.owner !== owner);
  }

  /** Takes steps until `done` is. */
  async run(done: Promise<unknown>): Promise<void> {
    let over = false;
    done.then(
      () => {
        over = true;
      },
      () => {
        over = true;
      },
    );
    for (let idle = 0; !over; ) {
      // What a step leads to has begun before the next is chosen, so that the seed decides alone.
      await new Promise((resolve) => (idle > 0 ? setTimeout(resolve, 1) : setImmediate(resolve)));
      if (this.#waiting.length === 0) {
        if (++idle > 10_000) throw new Error('nobody takes a step');
        continue;
      }
      idle = 0;
      const at = Math.floor(this.#random() * this.#waiting.length);
      const [step] = this.#waiting.splice(at, 1) as [Step];
      const { owner, work, resolve, reject } = step;
      this.#between(this.#count++, owner);
      if (this.#dead.has(owner)) continue;
      try {
        const value = await work();
        this.#between(this.#count++, owner);
        if (!this.#dead.has(owner)) resolve(value);
        else if (isFile(value)) await value.close();
      } catch (error) {
        if (!this.#dead.has(owner)) reject(error);
      }
    }
    await done;
  }
}

const isFile = (value: unknown): value is FileHandle =>
  typeof value === 'object' && value !== null && 'sync' in value;

/** What a process wrote outlives it without an fsync. */
function unsynced(value: unknown): unknown {
  return isFile(value) ? Object.assign(value, { sync: async () => {} }) : value;
}

/** mulberry32. Numbers of [0, 1). https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
