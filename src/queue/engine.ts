/**
 * What many machines need of a queue. One engine is there, NATS JetStream in nats/; another would
 * have to keep the same promises:
 *
 * - a shard that was published once is never published again, as long as the queue exists;
 * - of the shards of one bucket at most one is in somebody's hands, on whatever machine;
 * - a shard whose holder is silent for `ackWaitMs` goes to another;
 * - of several that claim the same key exactly one gets it.
 *
 * Every method throws TrawlError `queue` when the engine cannot be reached for long; passing troubles
 * (a restart, a new leader) it sits out.
 */
import type { PackedShard } from './shard.ts';

/** How the queue was made. The first who publishes decides. */
export interface QueuePlan {
  /** Parts by registrable domain. */
  readonly buckets: number;
  /** Servers that keep a copy. */
  readonly replicas: number;
  /** A holder silent for so long has lost its shard. */
  readonly ackWaitMs: number;
}

/** A shard in somebody's hands. */
export interface Delivery {
  readonly id: string;
  readonly bucket: number;
  readonly data: Uint8Array;
  /** When it was asked for, by the monotonic clock of this process, in ms. */
  readonly asked: number;
  /** Holds it for another `ackWaitMs` from now. Resolves when the engine has said so. */
  extend(): Promise<void>;
  /** It is done: nobody gets it again. */
  ack(): Promise<void>;
  /** Somebody else may have it, after `delayMs`. */
  release(delayMs: number): Promise<void>;
  /** It is another's already: nothing is said, since it would be said of the other's. */
  lose(): void;
}

/** One worker's try at a shard. Times in ms since 1970. */
export interface Attempt {
  readonly worker: string;
  readonly started: number;
  /** Absent while it works, or when it ended without a word. */
  readonly error?: string;
}

/** What is known of a shard. */
export interface ShardRecord {
  readonly attempts: readonly Attempt[];
  readonly done?: { readonly worker: string; readonly at: number };
}

export interface DeadShard {
  readonly id: string;
  readonly bucket: number;
  readonly reason: string;
  readonly attempts: readonly Attempt[];
  /** The lines of the shard, as far as they could be read. */
  readonly items: readonly string[];
}

/** A sign of life. */
export interface WorkerReport {
  readonly worker: string;
  readonly host: string;
  readonly pid: number;
  readonly since: number;
  readonly shards: number;
  readonly images: number;
  readonly saved: number;
  readonly failed: number;
  /** Images a second, over the last minute. */
  readonly rate: number;
}

export interface QueueStatus {
  readonly shards: number;
  readonly waiting: number;
  readonly inFlight: number;
  readonly done: number;
  readonly failed: number;
  /** Images that somebody claimed. */
  readonly claims: number;
  /** Size of the shards and of the claims, in bytes, on each server that keeps a copy. */
  readonly bytes: { readonly shards: number; readonly claims: number };
  readonly workers: readonly WorkerReport[];
}

export interface QueueEngine extends AsyncDisposable {
  readonly plan: QueuePlan;
  /** False when it was published before. */
  publish(shard: PackedShard): Promise<boolean>;
  /** Undefined when there is none to be had right now. */
  pull(): Promise<Delivery | undefined>;
  /** Nothing waits and nothing is in anybody's hands. */
  isEmpty(): Promise<boolean>;

  /** What is known of a shard; a new record when nothing is. */
  record(id: string): Promise<ShardRecord>;
  setRecord(id: string, record: ShardRecord): Promise<void>;
  /** Puts a shard aside for people. Doing so twice changes nothing. */
  bury(dead: DeadShard): Promise<void>;
  dead(): AsyncIterable<DeadShard>;

  /** The value under the key: `value` when nobody was first. */
  claim(key: string, value: string): Promise<string>;
  claimed(key: string): Promise<string | undefined>;

  /** Holds for a minute. */
  beat(report: WorkerReport): Promise<void>;
  /** The worker ends by itself. */
  leave(worker: string): Promise<void>;
  status(): Promise<QueueStatus>;
  /** Removes the queue with all that is known of it. Images stay. */
  destroy(): Promise<void>;
}
