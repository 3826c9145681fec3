/**
 * The fetch pool: everything that is read from the network goes through one of these, so that its
 * limits hold for pages, sheets and images together.
 */
import process from 'node:process';
import { AsyncPool } from '../concurrency/async-pool.ts';
import { type Clock, systemClock } from '../concurrency/clock.ts';
import type { Executor, Settled, Tasks } from '../concurrency/executor.ts';
import { KeyedLimiter } from '../concurrency/keyed-limiter.ts';
import { TrawlError } from '../errors.ts';
import type { AddressSpace, Fetched } from '../model.ts';
import { classify, interrupted } from './classify.ts';
import type { Lookup } from './dns-cache.ts';
import type { FetchPurpose, HostStats, OnFetchEvent } from './events.ts';
import { Follower } from './follow.ts';
import { type FetchOptions, type FetchSettings, fetchSettings } from './options.ts';
import { redactUrl } from './redact.ts';
import { afterFailure } from './retry.ts';
import { Transport } from './transport.ts';

export interface FetchRequest {
  /** http or https; may hold credentials. */
  readonly url: string;
  readonly purpose: FetchPurpose;
  /** Address of the document that names this one; the Referer is made from it. */
  readonly referrer?: string;
  /** How public the naming document is; absent when the user named the address. */
  readonly space?: AddressSpace;
  /** The user named the address: robots.txt is not asked. Default: true when `space` is absent. */
  readonly named?: boolean;
  /** Of the copy at hand; then the answer may be 304. */
  readonly validators?: { readonly etag?: string; readonly lastModified?: string };
  /** Accept header. Default: by purpose. */
  readonly accept?: string;
}

/** What tests and the pipeline put in. */
export interface FetchPoolDeps {
  readonly clock?: Clock;
  /** Ends everything. */
  readonly signal?: AbortSignal;
  readonly onEvent?: OnFetchEvent;
  /** Finds the addresses of a name. Default: the system's resolver. */
  readonly lookup?: Lookup;
  /** Environment for HTTP_PROXY and the like. Default: the process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** From [0, 1); for the jitter. */
  readonly random?: () => number;
}

export interface PoolStats {
  /** Requests sent, further tries and redirects included. */
  readonly requests: number;
  /** Body bytes received. */
  readonly bytes: number;
  /** By host name and port; only the last 2,000 hosts. */
  readonly hosts: ReadonlyMap<string, Readonly<HostStats>>;
}

export class FetchPool implements Executor<FetchRequest, Fetched> {
  readonly #settings: FetchSettings;
  readonly #transport: Transport;
  readonly #follower: Follower;
  readonly #pool: AsyncPool<FetchRequest, Fetched>;
  readonly #clock: Clock;
  readonly #random: () => number;
  #ids = 0;

  /** Throws RangeError for options that cannot be. Files that options name are read with the first request. */
  constructor(options: FetchOptions = {}, deps: FetchPoolDeps = {}) {
    this.#settings = fetchSettings(options);
    this.#clock = deps.clock ?? systemClock;
    this.#random = deps.random ?? Math.random;
    this.#transport = new Transport(this.#settings, {
      clock: this.#clock,
      env: deps.env ?? process.env,
      lookup: deps.lookup,
      onEvent: deps.onEvent,
    });
    this.#follower = new Follower(this.#transport, (request, signal) => this.#run(request, signal));
    // Permits are taken for each request on the wire (a task may lead over several hosts, and holds
    // none while it waits for a further try); this limiter only bounds how many tasks are open.
    const window = this.#settings.total * 2;
    this.#pool = new AsyncPool({
      run: (request, signal) => this.#run(request, signal),
      limiter: new KeyedLimiter({
        total: Number.POSITIVE_INFINITY,
        perKey: Number.POSITIVE_INFINITY,
      }),
      keyOf: () => '',
      window,
      signal: deps.signal,
    });
  }

  /** Rejects with a TrawlError whose `attempts` says how many requests were sent. */
  submit(request: FetchRequest): Promise<Fetched> {
    return this.#pool.submit(request);
  }

  map(requests: Tasks<FetchRequest>): AsyncIterable<Settled<FetchRequest, Fetched>> {
    return this.#pool.map(requests);
  }

  asCompleted(requests: Tasks<FetchRequest>): AsyncIterable<Settled<FetchRequest, Fetched>> {
    return this.#pool.asCompleted(requests);
  }

  /**
   * Resolves the origin's name and opens connections to it, as far as a document in `space` may name
   * it. Never rejects: whatever fails shows again with the request itself.
   */
  async preconnect(
    origin: string,
    { space, connections = 2 }: { space?: AddressSpace; connections?: number } = {},
  ): Promise<void> {
    await this.#transport.warm(origin, space, connections).catch(() => {});
  }

  get stats(): PoolStats {
    return this.#transport.stats;
  }

  /** Ends what runs and closes every connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]();
    await this.#transport.close();
  }

  async #run(request: FetchRequest, signal: AbortSignal): Promise<Fetched> {
    const started = this.#clock.now();
    const { retries, retryBase, maxWait } = this.#settings;
    const policy = { retries, baseMs: retryBase * 1000, maxWaitMs: maxWait * 1000 };
    const id = ++this.#ids;
    await using task = await this.#follower.open(request, id, signal);
    for (let attempt = 1; ; attempt++) {
      try {
        const fetched = await this.#follower.follow(task, attempt);
        const now = this.#clock.now();
        const { sent, first } = task;
        return {
          ...fetched,
          attempts: sent,
          ms: now - started,
          ...(first && { sentAt: first.sentAt, wireMs: now - first.at }),
        };
      } catch (thrown) {
        const failure = signal.aborted ? interrupted(signal) : classify(thrown, request.url);
        const decision = afterFailure(failure, attempt, policy, this.#random());
        if (!decision.again) {
          decision.error.attempts = task.sent;
          // The wish to be left alone is the host's, and holds for whoever comes next.
          if (decision.error.code === 'wait-too-long')
            this.#transport.refuse(task.host, decision.error);
          else if (failure.retryAfterMs) this.#transport.pause(task.host, failure.retryAfterMs);
          throw decision.error;
        }
        this.#transport.failed(task, attempt, failure, decision.waitMs);
        try {
          await this.#clock.sleep(decision.waitMs, signal);
        } catch {
          const error = interrupted(signal);
          error.attempts = task.sent;
          throw error;
        }
      }
    }
  }
}

/** The address of a request. Throws `invalid-url`, or `bad-response` when a document named it. */
export function requestUrl({ url, space, named }: FetchRequest): URL {
  const parsed = URL.parse(url);
  if (parsed && (parsed.protocol === 'http:' || parsed.protocol === 'https:')) {
    parsed.hash = '';
    return parsed;
  }
  const code = (named ?? space === undefined) ? 'invalid-url' : 'bad-response';
  throw new TrawlError(code, `${redactUrl(url).slice(0, 200)} is no http or https address`);
}
