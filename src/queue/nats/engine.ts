/** The queue on NATS JetStream. Needs a server of 2.9.4 or newer. */
import { randomUUID } from 'node:crypto';
import type { JetStreamClient } from '@nats-io/jetstream';
import type { headers, Msg, NatsConnection } from '@nats-io/transport-node';
import { systemClock } from '../../concurrency/mod.ts';
import type { QueueAddress } from '../address.ts';
import type {
  DeadShard,
  Delivery,
  QueueEngine,
  QueuePlan,
  QueueStatus,
  ShardRecord,
  WorkerReport,
} from '../engine.ts';
import type { PackedShard } from '../shard.ts';
import { connectNats } from './connect.ts';
import type { NatsAuth } from './credentials.ts';
import { NatsDelivery } from './delivery.ts';
import { Holds } from './holds.ts';
import { Lookout, lookAt } from './lookout.ts';
import { API, consumerName, type QueueNames, queueNames } from './names.ts';
import { apiCode, sitOut } from './patience.ts';
import { openQueue, type QueueParts } from './setup.ts';

export interface NatsOptions {
  readonly auth: NatsAuth;
  /** Wait so long for a server that does not run yet, in ms. Default 0. */
  readonly waitMs?: number;
  /** Makes the queue when there is none. */
  readonly plan?: QueuePlan;
  /** Ends every wait for the server. */
  readonly signal?: AbortSignal;
}

/**
 * The server answers a request for a shard after so long, in ms, when there is none. Short, as of three workers
 * that look at the same moment two ask in vain, for one bucket after the other: with 200 ms three were no
 * faster than one. (`no_wait` waits for ever when another is at the bucket.)
 */
const PULL_MS = 20;
const REQUEST_MS = 5000;
const LAST_WORDS_MS = 3000;
/** Header that tells who published. */
const BY = 'Imgtrawl-By';

export class NatsEngine implements QueueEngine {
  readonly plan: QueuePlan;
  readonly #connection: NatsConnection;
  readonly #js: JetStreamClient;
  readonly #parts: QueueParts & { readonly headers: typeof headers };
  readonly #names: QueueNames;
  readonly #signal: AbortSignal | undefined;
  readonly #lookout: Lookout;
  readonly #holds: Holds;
  #over: Error | undefined;
  /** One asks for shards at a time: two would ask for the same ones. */
  #pulling: Promise<unknown> = Promise.resolve();

  private constructor(
    connection: NatsConnection,
    js: JetStreamClient,
    parts: QueueParts & { readonly headers: typeof headers },
    names: QueueNames,
    signal: AbortSignal | undefined,
  ) {
    this.#connection = connection;
    this.#js = js;
    this.#parts = parts;
    this.#names = names;
    this.#signal = signal;
    this.plan = parts.plan;
    this.#lookout = new Lookout(() => this.#load());
    const { ackWaitMs } = parts.plan;
    this.#holds = new Holds({ kv: parts.shards, owner: randomUUID(), ackWaitMs });
    // Such as credentials that have expired and were not renewed.
    void connection.closed().then((error) => {
      if (error instanceof Error) this.#over = error;
    });
  }

  /** Throws TrawlError `queue`, or `usage` for credentials that cannot be read. */
  static async open(address: QueueAddress, options: NatsOptions): Promise<NatsEngine> {
    const { auth, waitMs = 0, signal } = options;
    const connection = await connectNats(address, auth, { waitMs, signal });
    try {
      const names = queueNames(address.name);
      const parts = await openQueue(connection, names, options.plan, options.signal);
      const { jetstream } = await import('@nats-io/jetstream');
      const { headers } = await import('@nats-io/transport-node');
      const js = jetstream(connection);
      return new NatsEngine(connection, js, { ...parts, headers }, names, options.signal);
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  publish({ id, bucket, data }: PackedShard): Promise<boolean> {
    const { todo, todoSubject } = this.#names;
    return this.#once(todo, todoSubject(bucket, id), id, data);
  }

  pull(): Promise<Delivery | undefined> {
    const pulled = this.#pulling.then(() => this.#pull());
    this.#pulling = pulled.catch(() => {});
    return pulled;
  }

  async isEmpty(): Promise<boolean> {
    // A look of a moment ago will do: where nothing waited and nobody worked, nothing comes by itself.
    const { waiting, inFlight } = await this.#lookout.look();
    return waiting === 0 && inFlight === 0;
  }

  async record(id: string): Promise<ShardRecord> {
    const entry = await this.#patient('tell of a shard', () => this.#parts.shards.get(id));
    return entry === null ? { attempts: [] } : entry.json<ShardRecord>();
  }

  async setRecord(id: string, record: ShardRecord): Promise<void> {
    const text = JSON.stringify(record);
    await this.#patient('note a shard', () => this.#parts.shards.put(id, text));
  }

  async bury(dead: DeadShard): Promise<void> {
    const data = new TextEncoder().encode(JSON.stringify(fitting(dead)));
    const { dead: stream, deadSubject } = this.#names;
    await this.#once(stream, deadSubject(dead.id), dead.id, data);
  }

  async *dead(): AsyncGenerator<DeadShard> {
    const { streams } = this.#parts.jsm;
    const { state } = await this.#patient('tell of dead shards', () =>
      streams.info(this.#names.dead),
    );
    for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
      const message = await this.#patient('tell of a dead shard', () =>
        streams.getMessage(this.#names.dead, { seq }),
      );
      if (message) yield message.json<DeadShard>();
    }
  }

  async claim(key: string, value: string): Promise<string> {
    const { claims } = this.#parts;
    return await this.#patient('claim an image', async () => {
      try {
        await claims.create(key, value);
        return value;
      } catch (error) {
        const code = apiCode(error);
        if (code !== API.wrongLastSequence && code !== API.wrongLastSequenceUnknown) throw error;
      }
      const entry = await claims.get(key);
      // A copy of the server that lags behind may not have it yet.
      if (entry === null) throw Object.assign(new Error('no answer'), { name: 'TimeoutError' });
      return entry.string();
    });
  }

  async claimed(key: string): Promise<string | undefined> {
    const entry = await this.#patient('tell of a claim', () => this.#parts.claims.get(key));
    return entry?.string();
  }

  async beat(report: WorkerReport): Promise<void> {
    const text = JSON.stringify(report);
    await this.#patient('hear of us', () => this.#parts.workers.put(report.worker, text), 10_000);
  }

  async leave(worker: string): Promise<void> {
    await this.#patient('hear of us', () => this.#parts.workers.purge(worker), 3000);
  }

  async status(): Promise<QueueStatus> {
    const { streams } = this.#parts.jsm;
    const [{ waiting, inFlight }, todo, dead, claims] = await this.#patient('tell how it is', () =>
      Promise.all([
        this.#load(),
        streams.info(this.#names.todo),
        streams.info(this.#names.dead),
        streams.info(`KV_${this.#names.claims}`),
      ]),
    );
    const shards = todo.state.messages;
    const failed = dead.state.messages;
    return {
      shards,
      waiting,
      inFlight,
      done: Math.max(0, shards - waiting - inFlight - failed),
      failed,
      claims: claims.state.messages,
      bytes: { shards: todo.state.bytes, claims: claims.state.bytes },
      workers: await this.#workers(),
    };
  }

  async destroy(): Promise<void> {
    const { jsm, claims, shards, workers } = this.#parts;
    await jsm.streams.delete(this.#names.todo);
    await jsm.streams.delete(this.#names.dead);
    for (const kv of [claims, shards, workers]) await kv.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.close();
  }

  async #pull(): Promise<Delivery | undefined> {
    const holds = this.#holds;
    for await (const bucket of this.#lookout.choices(holds.buckets)) {
      const next = await this.#next(bucket);
      if (next === undefined) continue;
      const place = { bucket, asked: next.asked, holds };
      const delivery = new NatsDelivery(this.#connection, next.message, place);
      const waitMs = await this.#patient('give a shard', () => holds.take(bucket));
      if (waitMs === 0) return delivery;
      await delivery.decline(waitMs);
    }
    return undefined;
  }

  async #next(bucket: number): Promise<{ message: Msg; asked: number } | undefined> {
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${this.#names.todo}.${consumerName(bucket)}`;
    const wish = JSON.stringify({ batch: 1, expires: PULL_MS * 1e6 });
    return await this.#patient('give a shard', async () => {
      // The message comes under its own subject, so it needs an inbox of its own.
      const options = { timeout: REQUEST_MS, noMux: true };
      const asked = systemClock.now();
      const message = await this.#connection.request(subject, wish, options);
      const code = message.headers?.code ?? 0;
      if (code === 0) return { message, asked };
      // 404 and 408: there is none. 409: the server is busy with other requests, or changes over.
      return undefined;
    });
  }

  #load() {
    const { jsm, plan } = this.#parts;
    return this.#patient('tell how it is', () => lookAt(jsm, this.#names, plan.buckets));
  }

  async #workers(): Promise<WorkerReport[]> {
    const { workers } = this.#parts;
    const reports: WorkerReport[] = [];
    for await (const key of await workers.keys()) {
      const entry = await workers.get(key);
      if (entry?.operation === 'PUT') reports.push(entry.json<WorkerReport>());
    }
    return reports.sort((a, b) => a.since - b.since);
  }

  /** Publishes under a subject that takes one message ever. False when somebody else's was there. */
  async #once(stream: string, subject: string, id: string, data: Uint8Array): Promise<boolean> {
    const by = randomUUID();
    const headers = this.#parts.headers();
    headers.set(BY, by);
    return await this.#patient('take a shard', async (again) => {
      try {
        const expect = { lastSubjectSequence: 0 };
        const options = { msgID: id, expect, headers, timeout: REQUEST_MS };
        const { duplicate } = await this.#js.publish(subject, data, options);
        if (!duplicate) return true;
      } catch (error) {
        const code = apiCode(error);
        if (code !== API.wrongLastSequence && code !== API.maximumPerSubject) throw error;
      }
      if (!again) return false;
      // The try before may have worked without our hearing of it.
      const there = await this.#parts.jsm.streams.getMessage(stream, { last_by_subj: subject });
      return there?.header.get(BY) === by;
    });
  }

  #patient<T>(what: string, work: (again: boolean) => Promise<T>, forMs?: number): Promise<T> {
    // Who ends tidies up, but not for long.
    if (this.#signal?.aborted) return sitOut(work, { what, forMs: LAST_WORDS_MS });
    const signal = this.#signal;
    const over = () => this.#over;
    return sitOut(work, { what, signal, over, ...(forMs !== undefined && { forMs }) });
  }
}

/** A message takes 1 MiB; the first items tell what the shard was about. */
function fitting(dead: DeadShard): DeadShard {
  let room = 700_000;
  const items = dead.items.filter((item) => {
    room -= Buffer.byteLength(item) + 8;
    return room > 0;
  });
  return { ...dead, items };
}
