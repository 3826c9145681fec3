/** One shard's way through a worker: begun, worked, forwarded, noted, acknowledged. */
import type { Bucket } from '../bucket/mod.ts';
import { type ErrorCode, TrawlError, toTrawlError } from '../errors.ts';
import type { ImageRecord } from '../model.ts';
import type { Found } from '../pipeline/context.ts';
import type { Finder } from '../pipeline/find.ts';
import type { Session } from '../pipeline/session.ts';
import type { Attempt, Delivery, QueueEngine } from './engine.ts';
import { Lease } from './lease.ts';
import { readShard, shardLines } from './shard.ts';
import { bucketOf, Sharder } from './sharder.ts';

export interface ShardContext {
  readonly engine: QueueEngine;
  readonly session: Session;
  /** Of the session. */
  readonly signal: AbortSignal;
  /** Names this worker in records: `host:pid`. */
  readonly worker: string;
  readonly maxDeliver: number;
  readonly bucket: Bucket | undefined;
  /** Ends the session: the shard may be another's by now, or this worker is of no more use. */
  readonly end: (reason: TrawlError) => void;
  readonly onImage: (record: ImageRecord) => void;
}

export type ShardEnd =
  /** Its results are durable. `forwarded` pictures of other sites went back to the queue. */
  | { readonly end: 'done'; readonly images: number; readonly forwarded: number }
  /** Somebody had done it before, and only the ack was lost. */
  | { readonly end: 'known' }
  | { readonly end: 'dead'; readonly reason: string }
  /** Somebody else will get it. */
  | { readonly end: 'released'; readonly reason: string };

/** What the worker is told when its lease ran out. */
export const LEASE_LOST = 'The queue was out of reach for so long that another may have the shard';

/** Pictures of one page in a forwarded shard; small, so that pages of many sites spread out. */
const FORWARD_SIZE = 1000;
/** Faults of a worker, not of a shard: another one can do it. */
const WORKER_FAULTS: ReadonlySet<ErrorCode> = new Set([
  'disk-full',
  'output-not-writable',
  'too-many-files',
  'output-not-a-folder',
  'catalog',
  'locked',
  'queue',
  'bucket-refused',
  'bucket-unreachable',
  'decoder-start',
  'interrupted',
  'run-limit',
] as const);
const RETRY_MS = 2000;

export async function workShard(delivery: Delivery, context: ShardContext): Promise<ShardEnd> {
  const { engine, end } = context;
  const { ackWaitMs } = engine.plan;
  const onLost = () => end(new TrawlError('queue', LEASE_LOST));
  const lease = new Lease(delivery, { ackWaitMs, onLost });
  try {
    const result = await attempt(delivery, lease, context);
    await lease.end();
    if (lease.lost) {
      delivery.lose();
      return { end: 'released', reason: LEASE_LOST };
    }
    if (result.end !== 'released') await delivery.ack();
    else await delivery.release(RETRY_MS);
    return result;
  } catch (thrown) {
    const error = toTrawlError(thrown);
    await lease.end();
    if (lease.lost) delivery.lose();
    else await delivery.release(0).catch(() => {});
    end(error);
    return { end: 'released', reason: error.message };
  }
}

/** Throws only for faults of this worker. */
async function attempt(delivery: Delivery, lease: Lease, context: ShardContext): Promise<ShardEnd> {
  const { engine, worker, maxDeliver, signal, session } = context;
  const { id } = delivery;
  const record = await engine.record(id);
  if (record.done) return { end: 'known' };
  const before = record.attempts.map(ended);
  if (before.length >= maxDeliver) {
    const reason = `${before.length} workers did not end it; the last: ${before.at(-1)?.error}`;
    return await bury(delivery, before, reason, context);
  }
  let founds: Found[];
  try {
    founds = readShard(delivery.data);
  } catch (thrown) {
    return await bury(delivery, before, toTrawlError(thrown).message, context);
  }
  const mine: Attempt = { worker, started: Date.now() };
  await engine.setRecord(id, { attempts: [...before, mine] });
  try {
    const forward = new Map<string, Found>();
    const images: ImageRecord[] = [];
    const own = (finder: Finder) => ownImages(finder, delivery, founds, forward, context);
    for await (const image of session.images(own)) {
      images.push(image);
      context.onImage(image);
    }
    await publishForwarded(forward, context);
    await session.shelf.settle();
    await context.bucket?.putLines(`.imgtrawl/shards/${id}.jsonl`, images);
    signal.throwIfAborted();
    if (lease.lost) return { end: 'released', reason: LEASE_LOST };
    await engine.setRecord(id, { attempts: before, done: { worker, at: Date.now() } });
    return { end: 'done', images: images.length, forwarded: forward.size };
  } catch (thrown) {
    const error = toTrawlError(signal.aborted ? signal.reason : thrown);
    // After the lease the record is another's.
    if (lease.lost) throw error;
    if (signal.aborted || WORKER_FAULTS.has(error.code)) {
      await engine.setRecord(id, { attempts: before }).catch(() => {});
      throw error;
    }
    const told = { ...mine, error: `${error.message} [${error.code}]` };
    await engine.setRecord(id, { attempts: [...before, told] });
    return { end: 'released', reason: told.error };
  }
}

/** An attempt that nobody ended: its worker was killed or cut off. */
const ended = (attempt: Attempt): Attempt => ({
  ...attempt,
  error: attempt.error ?? `${attempt.worker} was not heard of again`,
});

async function bury(
  { id, bucket, data }: Delivery,
  attempts: readonly Attempt[],
  reason: string,
  { engine }: ShardContext,
): Promise<ShardEnd> {
  await engine.bury({ id, bucket, reason, attempts, items: linesOf(data) });
  return { end: 'dead', reason };
}

function linesOf(data: Uint8Array): string[] {
  try {
    return shardLines(data);
  } catch {
    return [];
  }
}

/**
 * Pictures of the shard's own sites; those that its pages show from elsewhere go back to the queue,
 * because another worker may be busy with their sites.
 */
async function* ownImages(
  finder: Finder,
  { id, bucket }: Delivery,
  founds: readonly Found[],
  forward: Map<string, Found>,
  { engine }: ShardContext,
): AsyncGenerator<Found> {
  const { buckets } = engine.plan;
  for await (const found of finder.given(`shard ${id}`, interleaved(founds))) {
    if (bucketOf(found, buckets) === bucket) {
      yield found;
      continue;
    }
    const { fetched: _, ...rest } = found;
    forward.set(found.ref.candidates[0].url, rest);
    if (found.mayBePage) finder.settle();
  }
}

/** The sites in turn: lists are often sorted, and the window would be full of one slow site. */
export function interleaved(founds: readonly Found[]): Found[] {
  const sites = new Map<string, Found[]>();
  for (const found of founds) {
    const { host } = new URL(found.ref.candidates[0].url);
    const site = sites.get(host);
    if (site) site.push(found);
    else sites.set(host, [found]);
  }
  const result: Found[] = [];
  for (let turn = 0; result.length < founds.length; turn++) {
    for (const [host, site] of sites) {
      const found = site[turn];
      if (found === undefined) sites.delete(host);
      else result.push(found);
    }
  }
  return result;
}

/** In the order of the addresses: whoever does the shard again forwards the same shards. */
async function publishForwarded(
  forward: ReadonlyMap<string, Found>,
  { engine }: ShardContext,
): Promise<void> {
  const sharder = new Sharder({ buckets: engine.plan.buckets, size: FORWARD_SIZE });
  const urls = [...forward.keys()].sort();
  for (const url of urls) {
    const found = forward.get(url) as Found;
    for (const shard of sharder.add(found)) await engine.publish(shard);
  }
  for (const shard of sharder.end()) await engine.publish(shard);
}
