/**
 * Many machines: `enqueue` cuts sources into shards and publishes them, `work` takes them one after
 * the other, `merge` makes one folder of the workers' ones. The engine behind it (engine.ts) is NATS
 * JetStream (nats/); shard.ts and sharder.ts say what travels.
 */
export { parseQueueAddress, type QueueAddress, queueNamed } from './address.ts';
export type * from './engine.ts';
export { type Enqueued, enqueue } from './enqueue.ts';
export type { NatsAuth } from './nats/credentials.ts';
export { NatsEngine } from './nats/engine.ts';
export type { ShardEnd } from './work-shard.ts';
export { type Worked, work } from './worker.ts';
