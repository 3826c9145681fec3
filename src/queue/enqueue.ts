/** Fills a queue from the sources of `get`. */
import { map } from '../concurrency/mod.ts';
import type { Options } from '../config/schema.ts';
import type { Listener, Summary } from '../pipeline/events.ts';
import { findOnly } from '../pipeline/find-only.ts';
import type { QueueEngine } from './engine.ts';
import type { PackedShard } from './shard.ts';
import { Sharder } from './sharder.ts';

export interface EnqueueDeps {
  readonly signal: AbortSignal;
  readonly watch: readonly Listener[];
  /** Called for what cannot travel: pictures on this machine, addresses of half a megabyte. */
  readonly onUnsendable: (url: string) => void;
  /** Called for each address: long before the first shard of a list of many sites is full. */
  readonly onProgress: (progress: Enqueued) => void;
}

export interface Enqueued {
  /** Pictures and pages read from the sources. */
  readonly addresses: number;
  readonly shards: number;
  /** Shards that were not in the queue before. */
  readonly added: number;
}

/** Shards on their way at the same time. */
const AT_ONCE = 16;

/** Throws TrawlError; what was published until then stays, and doing it again adds the rest. */
export async function enqueue(
  engine: QueueEngine,
  args: readonly string[],
  options: Options,
  deps: EnqueueDeps,
): Promise<Enqueued & { readonly summary: Summary }> {
  const { signal, watch, onUnsendable, onProgress } = deps;
  const job = findOnly(args, options, signal);
  for (const listener of watch) job.events.subscribe(listener);
  const { buckets } = engine.plan;
  const sharder = new Sharder({ buckets, size: options.shardSize, onUnsendable });
  const count = { addresses: 0, shards: 0, added: 0 };

  async function* shards(): AsyncGenerator<PackedShard> {
    for await (const found of job.images) {
      count.addresses++;
      onProgress(count);
      yield* sharder.add(found);
    }
    yield* sharder.end();
  }

  const outcomes = map(shards(), {
    submit: (shard: PackedShard) => engine.publish(shard),
    window: AT_ONCE,
    signal,
  });
  for await (const outcome of outcomes) {
    if (!outcome.ok) throw outcome.error;
    count.shards++;
    if (outcome.value) count.added++;
  }
  signal.throwIfAborted();
  return { ...count, summary: job.summary() };
}
