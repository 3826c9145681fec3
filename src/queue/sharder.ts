/** Cuts a stream of pictures into shards, each of one bucket. */
import type { Found } from '../pipeline/context.ts';
import { shardOf } from '../sources/mod.ts';
import { lineOf, MAX_SHARD_BYTES, type PackedShard, packShard } from './shard.ts';

export interface SharderOptions {
  readonly buckets: number;
  /** Lines in a shard at most. */
  readonly size: number;
  /** Called for what cannot travel to another machine. */
  readonly onUnsendable?: (url: string) => void;
}

/**
 * What the open shards may hold together, in bytes. Beyond it the fullest is closed early, so
 * that ten million addresses cost the memory of as many as fit in here.
 */
const MAX_OPEN = 64e6;

interface Open {
  lines: string[];
  bytes: number;
}

/**
 * A function of the stream alone: the same list gives the same shards. A list that got longer gives
 * the same ones but for the last of each bucket.
 */
export class Sharder {
  readonly #options: SharderOptions;
  readonly #open = new Map<number, Open>();
  #bytes = 0;

  constructor(options: SharderOptions) {
    this.#options = options;
  }

  /** The shards that are full with it. */
  *add(found: Found): Generator<PackedShard> {
    const { buckets, size, onUnsendable } = this.#options;
    const { url } = found.ref.candidates[0];
    const line = lineOf(found);
    if (line === undefined || line.length > MAX_SHARD_BYTES / 3) {
      onUnsendable?.(url);
      return;
    }
    const bucket = bucketOf(found, buckets);
    const bytes = Buffer.byteLength(line) + 1;
    let open = this.#open.get(bucket);
    if (open && open.bytes + bytes > MAX_SHARD_BYTES) {
      yield this.#close(bucket, open);
      open = undefined;
    }
    if (open === undefined) {
      open = { lines: [], bytes: 0 };
      this.#open.set(bucket, open);
    }
    open.lines.push(line);
    open.bytes += bytes;
    this.#bytes += bytes;
    if (open.lines.length >= size) yield this.#close(bucket, open);
    else if (this.#bytes > MAX_OPEN) yield this.#closeFullest();
  }

  /** What is left, in the order of the buckets. */
  *end(): Generator<PackedShard> {
    for (const [bucket, open] of [...this.#open].sort(([a], [b]) => a - b)) {
      yield this.#close(bucket, open);
    }
  }

  #closeFullest(): PackedShard {
    let fullest: [number, Open] | undefined;
    for (const entry of this.#open) {
      if (fullest === undefined || entry[1].bytes > fullest[1].bytes) fullest = entry;
    }
    return this.#close(...(fullest as [number, Open]));
  }

  #close(bucket: number, open: Open): PackedShard {
    this.#open.delete(bucket);
    this.#bytes -= open.bytes;
    return packShard(bucket, open.lines);
  }
}

/** The bucket of the site that is asked first. */
export const bucketOf = ({ ref }: Found, buckets: number): number =>
  shardOf(ref.candidates[0].url, buckets);
