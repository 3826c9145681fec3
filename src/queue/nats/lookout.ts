/** Which buckets have something to do. */
import type { JetStreamManager } from '@nats-io/jetstream';
import { systemClock } from '../../concurrency/mod.ts';
import { bucketOfConsumer, type QueueNames } from './names.ts';

export interface Load {
  /** Shards that nobody has had. */
  readonly waiting: number;
  readonly inFlight: number;
  /** Buckets with something to do that nobody works on. */
  readonly free: readonly number[];
  /** Buckets with a shard in somebody's hands, or in those of somebody who is dead. */
  readonly busy: readonly number[];
  /** How long the server took to tell, in ms; what failed before does not count. */
  readonly tookMs: number;
}

/** One request for each 256 buckets. */
export async function lookAt(
  jsm: JetStreamManager,
  names: QueueNames,
  buckets: number,
): Promise<Load> {
  const started = systemClock.now();
  let [waiting, inFlight, seen] = [0, 0, 0];
  const free: number[] = [];
  const busy: number[] = [];
  for await (const { name, num_pending, num_ack_pending } of jsm.consumers.list(names.todo)) {
    const bucket = bucketOfConsumer(name);
    if (bucket === undefined) continue;
    seen++;
    waiting += num_pending;
    inFlight += num_ack_pending;
    if (num_ack_pending > 0) busy.push(bucket);
    else if (num_pending > 0) free.push(bucket);
  }
  // Right after a restart, or while the queue is being made, some do not answer yet.
  if (seen < buckets)
    throw Object.assign(new Error('not all parts answer'), { name: 'TimeoutError' });
  return { waiting, inFlight, free, busy, tookMs: systemClock.now() - started };
}

/** What was seen is old after so long, in ms. */
const OLD_MS = 5000;
/**
 * A look is followed by a pause of so many times its length: 0.1 s for 256 buckets, and longer the busier the
 * server is, so that a thousand idle workers do not keep it from the others.
 */
const PAUSE = 20;
const MAX_PAUSE_MS = 10_000;
/** Of the buckets in other hands so many are tried before giving up for now. */
const BUSY_TRIES = 3;

/**
 * Chooses buckets to ask for a shard, in random order, so that a thousand workers do not all ask for
 * the same one.
 */
export class Lookout {
  readonly #look: () => Promise<Load>;
  #last: Load | undefined;
  #free: number[] = [];
  #oldAt = 0;
  #nextAt = 0;

  constructor(look: () => Promise<Load>) {
    this.#look = look;
  }

  /** Buckets to try, the best first; `mine` are those that this worker holds shards of. */
  async *choices(mine: ReadonlySet<number>): AsyncGenerator<number> {
    if (systemClock.now() > this.#oldAt) this.#free = [];
    while (this.#free.length > 0) yield this.#free.pop() as number;
    if (systemClock.now() < this.#nextAt) return;
    const { busy } = await this.look();
    while (this.#free.length > 0) yield this.#free.pop() as number;
    // A holder that died is only found out by asking.
    yield* shuffled(busy.filter((bucket) => !mine.has(bucket))).slice(0, BUSY_TRIES);
  }

  /** What was seen last, when that is too short ago for another look. */
  async look(): Promise<Load> {
    const now = systemClock.now();
    if (this.#last !== undefined && now < this.#nextAt) return this.#last;
    this.#last = await this.#look();
    const end = systemClock.now();
    this.#free = shuffled(this.#last.free);
    this.#oldAt = end + OLD_MS;
    this.#nextAt = end + Math.min(this.#last.tookMs * PAUSE, MAX_PAUSE_MS);
    return this.#last;
  }
}

function shuffled(numbers: readonly number[]): number[] {
  const result = [...numbers];
  for (let at = result.length - 1; at > 0; at--) {
    const other = Math.floor(Math.random() * (at + 1));
    [result[at], result[other]] = [result[other] as number, result[at] as number];
  }
  return result;
}
