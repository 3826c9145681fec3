/** A worker: takes shard after shard from the queue, and puts their pictures into its folder. */
import { hostname } from 'node:os';
import process from 'node:process';
import type { Bucket } from '../bucket/mod.ts';
import { systemClock } from '../concurrency/mod.ts';
import type { Options } from '../config/schema.ts';
import { type TrawlError, toTrawlError } from '../errors.ts';
import { EventStream, type Listener, type Summary } from '../pipeline/events.ts';
import { Session } from '../pipeline/session.ts';
import { Tally } from '../pipeline/tally.ts';
import type { QueueEngine } from './engine.ts';
import { folderIdentity } from './identity.ts';
import { Pulse } from './pulse.ts';
import { recover } from './recover.ts';
import { SharedClaims } from './shared-claims.ts';
import { LEASE_LOST, type ShardEnd, workShard } from './work-shard.ts';

export interface WorkerDeps {
  readonly signal: AbortSignal;
  readonly watch: readonly Listener[];
  readonly onShard: (id: string, end: ShardEnd) => void;
  /** Takes each image, and the records of each shard, before the shard counts as done. */
  readonly bucket?: Bucket | undefined;
}

export interface Worked {
  readonly summary: Summary;
  readonly shards: number;
  readonly dead: number;
}

/** Waits between two looks at a queue that has nothing for us, in ms. */
const IDLE_MS = { first: 100, most: 2000 };

/**
 * Pictures under way at the same time, shared out among the shards: one of a slow site must not take
 * all the room.
 */
const WINDOW = 256;
const MIN_WINDOW = 16;

/** Ends with --drain when the queue is empty. Throws TrawlError for what ends the worker before. */
export async function work(
  engine: QueueEngine,
  options: Options,
  deps: WorkerDeps,
): Promise<Worked> {
  const worker = new Worker(engine, options, deps);
  return await worker.run();
}

class Worker {
  readonly #engine: QueueEngine;
  readonly #options: Options;
  readonly #deps: WorkerDeps;
  readonly #events = new EventStream();
  readonly #tally = new Tally();
  readonly #claims: SharedClaims;
  readonly #id: string;
  readonly #name = `${hostname()}:${process.pid}`;
  #shards = 0;
  #dead = 0;

  constructor(engine: QueueEngine, options: Options, deps: WorkerDeps) {
    this.#engine = engine;
    this.#deps = deps;
    // The name says whose bytes they are, so that nobody's file is in anybody's way.
    this.#options = {
      ...options,
      names: 'sha256',
      onDuplicate: 'skip',
      order: 'completed',
      dedupe: options.dedupe === 'off' ? 'exact' : options.dedupe,
    };
    this.#id = folderIdentity(options.out);
    this.#claims = new SharedClaims(engine, this.#id, deps.bucket);
    this.#events.subscribe((event) => this.#tally.watch(event));
    for (const listener of deps.watch) this.#events.subscribe(listener);
  }

  async run(): Promise<Worked> {
    const started = systemClock.now();
    const since = Date.now();
    const pulse = new Pulse(this.#engine, () => {
      const { images, saved, failed } = this.#tally.summary(0);
      const host = hostname();
      const { pid } = process;
      return { worker: this.#id, host, pid, since, shards: this.#shards, images, saved, failed };
    });
    try {
      // A lease that was lost ends a session, not the worker: what it held is another's now.
      while (!(await this.#session())) this.#deps.signal.throwIfAborted();
    } finally {
      await pulse.end();
    }
    const summary = this.#tally.summary((systemClock.now() - started) / 1000);
    this.#events.emit({ type: 'summary', summary });
    return { summary, shards: this.#shards, dead: this.#dead };
  }

  /** True when the queue is empty and this worker is to end. */
  async #session(): Promise<boolean> {
    const { signal: outer } = this.#deps;
    outer.throwIfAborted();
    const ending = new AbortController();
    const signal = AbortSignal.any([outer, ending.signal]);
    const end = (reason: TrawlError) => ending.abort(reason);
    await using session = await Session.open(this.#options, {
      sources: [],
      events: this.#events,
      signal,
      onLost: end,
      claims: this.#claims,
      window: Math.max(MIN_WINDOW, Math.ceil(WINDOW / this.#options.shardsAtOnce)),
    });
    await recover(session.shelf, this.#claims);
    const slots = Array.from({ length: this.#options.shardsAtOnce }, () =>
      this.#slot(session, signal, end),
    );
    try {
      await Promise.all(slots);
    } catch (error) {
      end(toTrawlError(error));
      await Promise.allSettled(slots);
    }
    const reason = signal.aborted ? toTrawlError(signal.reason) : undefined;
    session.shelf.end(reason?.code ?? 'done', this.#tally.summary(0));
    if (reason === undefined) return true;
    if (outer.aborted || reason.message !== LEASE_LOST) throw reason;
    return false;
  }

  async #slot(
    session: Session,
    signal: AbortSignal,
    end: (reason: TrawlError) => void,
  ): Promise<void> {
    const { maxDeliver, drain } = this.#options;
    const worker = this.#name;
    const onImage = (record: Parameters<typeof this.onImage>[0]) => this.onImage(record);
    const { bucket } = this.#deps;
    const own = { worker, maxDeliver, bucket, end, onImage };
    const context = { engine: this.#engine, session, signal, ...own };
    let idle = IDLE_MS.first;
    while (!signal.aborted) {
      const delivery = await this.#engine.pull();
      if (delivery === undefined) {
        if (drain && (await this.#engine.isEmpty())) return;
        // Not all at the same moment: a thousand workers may be idle.
        await systemClock.sleep(idle * (0.5 + Math.random()), signal).catch(() => {});
        idle = Math.min(idle * 2, IDLE_MS.most);
        continue;
      }
      idle = IDLE_MS.first;
      const ended = await workShard(delivery, context);
      if (ended.end === 'done') this.#shards++;
      if (ended.end === 'dead') this.#dead++;
      this.#deps.onShard(delivery.id, ended);
    }
  }

  onImage(record: Extract<Parameters<Listener>[0], { type: 'image' }>['record']): void {
    this.#events.emit({ type: 'image', record });
  }
}
