/** Makes a queue in NATS, or finds the one that is there. */

import type { JetStreamManager, StreamConfig } from '@nats-io/jetstream';
import type { KV } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { TrawlError } from '../../errors.ts';
import type { QueuePlan } from '../engine.ts';
import { API, bucketOfConsumer, consumerName, type QueueNames } from './names.ts';
import { apiCode, sitOut } from './patience.ts';

/** Ids are also told apart by subject, for as long as the queue exists; this window only saves work. */
const DUPLICATE_WINDOW_NS = 120e9;
/** A worker that has not been heard of for so long is gone from the list. */
const WORKER_TTL_MS = 60_000;
/** Consumers that are made at the same time. */
const AT_ONCE = 32;

export interface QueueParts {
  readonly plan: QueuePlan;
  readonly jsm: JetStreamManager;
  readonly claims: KV;
  readonly shards: KV;
  readonly workers: KV;
}

/**
 * @param wanted makes the queue when it is not there; one that is there keeps the plan it was made
 * with. Without it a missing queue is an error: TrawlError `queue`.
 */
export async function openQueue(
  connection: NatsConnection,
  names: QueueNames,
  wanted: QueuePlan | undefined,
  signal: AbortSignal | undefined,
): Promise<QueueParts> {
  const { jetstreamManager } = await import('@nats-io/jetstream');
  const { Kvm } = await import('@nats-io/kv');
  const jsm = await sitOut(() => jetstreamManager(connection), {
    what: 'be opened (is JetStream enabled?)',
    forMs: 10_000,
    signal,
  });
  const patience = { what: 'be made', forMs: 30_000, signal };
  const known = await sitOut(() => planOf(jsm, names), patience);
  const plan = known ?? (await sitOut(() => make(jsm, names, wanted), patience));
  const { replicas } = plan;
  const kvm = new Kvm(connection);
  const open = (bucket: string, ttl = 0) =>
    sitOut(() => kvm.create(bucket, { history: 1, replicas, ...(ttl > 0 && { ttl }) }), patience);
  const [claims, shards, workers] = [
    await open(names.claims),
    await open(names.shards),
    await open(names.workers, WORKER_TTL_MS),
  ];
  if (wanted) await addConsumers(jsm, names, plan, patience);
  return { plan, jsm, claims, shards, workers };
}

/** The plan stands in the description of the stream, which is made in one step with it. */
async function planOf(jsm: JetStreamManager, names: QueueNames): Promise<QueuePlan | undefined> {
  try {
    const { config } = await jsm.streams.info(names.todo);
    return planIn(config.description, names.todo);
  } catch (error) {
    if (apiCode(error) === API.streamNotFound) return undefined;
    throw error;
  }
}

function planIn(description: string | undefined, stream: string): QueuePlan {
  try {
    const { buckets, replicas, ackWaitMs } = JSON.parse(description ?? '');
    if ([buckets, replicas, ackWaitMs].every((n) => Number.isInteger(n) && n > 0)) {
      return { buckets, replicas, ackWaitMs };
    }
  } catch {
    // Told below.
  }
  throw new TrawlError('queue', `The stream ${stream} was not made by imgtrawl`);
}

async function make(
  jsm: JetStreamManager,
  names: QueueNames,
  plan: QueuePlan | undefined,
): Promise<QueuePlan> {
  const { DiscardPolicy } = await import('@nats-io/jetstream');
  if (plan === undefined) {
    const text = `There is no queue ${names.todo.replace(/^imgtrawl_|_todo$/g, '')}; imgtrawl enqueue makes one`;
    throw new TrawlError('queue', text);
  }
  // A subject takes one message, ever: what was published once is refused for as long as the queue exists.
  const once: Partial<StreamConfig> = {
    max_msgs_per_subject: 1,
    discard: DiscardPolicy.New,
    discard_new_per_subject: true,
    num_replicas: plan.replicas,
    duplicate_window: DUPLICATE_WINDOW_NS,
  };
  await jsm.streams.add({ ...once, name: names.dead, subjects: [names.deadSubject('*')] });
  try {
    const { config } = await jsm.streams.add({
      ...once,
      name: names.todo,
      subjects: [names.todoSubject('*', '*')],
      description: JSON.stringify(plan),
    });
    return planIn(config.description, names.todo);
  } catch (error) {
    if (apiCode(error) !== API.streamNameInUse) throw error;
    // Somebody else made it in the same moment, with another plan.
    return (await planOf(jsm, names)) ?? plan;
  }
}

/**
 * One for each bucket, which hands out one shard at a time: that is what keeps a site on one worker.
 */
async function addConsumers(
  jsm: JetStreamManager,
  names: QueueNames,
  { buckets, ackWaitMs }: QueuePlan,
  patience: Parameters<typeof sitOut>[1],
): Promise<void> {
  const { AckPolicy, DeliverPolicy } = await import('@nats-io/jetstream');
  const there = await sitOut(() => consumerBuckets(jsm, names), patience);
  const missing = Array.from({ length: buckets }, (_, bucket) => bucket).filter(
    (bucket) => !there.has(bucket),
  );
  for (let from = 0; from < missing.length; from += AT_ONCE) {
    const some = missing.slice(from, from + AT_ONCE);
    await Promise.all(
      some.map((bucket) =>
        sitOut(
          () =>
            jsm.consumers.add(names.todo, {
              durable_name: consumerName(bucket),
              filter_subject: names.todoSubject(bucket, '*'),
              deliver_policy: DeliverPolicy.All,
              ack_policy: AckPolicy.Explicit,
              ack_wait: ackWaitMs * 1e6,
              max_ack_pending: 1,
            }),
          patience,
        ),
      ),
    );
  }
}

async function consumerBuckets(jsm: JetStreamManager, names: QueueNames): Promise<Set<number>> {
  const found = new Set<number>();
  for await (const { name } of jsm.consumers.list(names.todo)) {
    const bucket = bucketOfConsumer(name);
    if (bucket !== undefined) found.add(bucket);
  }
  return found;
}
