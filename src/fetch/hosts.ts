import type { Clock } from '../concurrency/clock.ts';
import type { KeyedLimiter } from '../concurrency/keyed-limiter.ts';
import type { TrawlError } from '../errors.ts';
import { AdaptiveLimit, type RequestOutcome, type StartedRequest } from './adaptive.ts';
import { emptyHostStats, type HostStats, type OnFetchEvent } from './events.ts';
import type { FetchSettings } from './options.ts';

/** What is known of one host (name and port). */
export interface HostState {
  readonly key: string;
  readonly stats: HostStats;
  /** Finds the number of requests at once; absent when the user fixed it. */
  readonly adaptive?: AdaptiveLimit;
  limit: number;
  intervalMs: number;
  /** It asked for a wait that is too long; `until` by the clock, ms. */
  refused?: { readonly until: number; readonly error: TrawlError };
}

/** Hosts remembered; with more, those for which nothing runs or waits are forgotten. */
const MOST_HOSTS = 2000;

/** The state of each host, kept in step with the limiter. */
export class Hosts {
  readonly #settings: FetchSettings;
  readonly #limiter: KeyedLimiter;
  readonly #clock: Clock;
  readonly #emit: OnFetchEvent | undefined;
  readonly #states = new Map<string, HostState>();
  #sweepAt = MOST_HOSTS;

  constructor(
    settings: FetchSettings,
    limiter: KeyedLimiter,
    clock: Clock,
    emit: OnFetchEvent | undefined,
  ) {
    this.#settings = settings;
    this.#limiter = limiter;
    this.#clock = clock;
    this.#emit = emit;
  }

  get stats(): ReadonlyMap<string, HostStats> {
    return new Map([...this.#states].map(([key, { stats }]) => [key, stats]));
  }

  get(key: string): HostState {
    const known = this.#states.get(key);
    if (known) return known;
    this.#sweep();
    const { delay, rate, perHost, total } = this.#settings;
    const max = Math.min(perHost, total);
    const adaptive = this.#settings.adaptive ? new AdaptiveLimit({ max }) : undefined;
    const state: HostState = {
      key,
      stats: emptyHostStats(),
      limit: max,
      intervalMs: 0,
      ...(adaptive ? { adaptive } : {}),
    };
    this.#states.set(key, state);
    this.#follow(state);
    this.slowDown(state, Math.max(delay, rate === undefined ? 0 : 1 / rate) * 1000);
    return state;
  }

  /** Least time between two requests, ms; the longest that was ever asked for holds. */
  slowDown(state: HostState, ms: number): void {
    if (ms <= state.intervalMs) return;
    state.intervalMs = ms;
    this.#limiter.setKeyInterval(state.key, ms);
  }

  /** Absent when the limit is fixed; belongs to the request's `ended`. */
  started(state: HostState): StartedRequest | undefined {
    return state.adaptive?.onStart(this.#clock.now());
  }

  ended(state: HostState, request: StartedRequest | undefined, outcome: RequestOutcome): void {
    if (!outcome.ok) state.stats.failures++;
    if (!state.adaptive || !request) return;
    state.adaptive.onDone(request, outcome);
    this.#follow(state);
  }

  #follow(state: HostState): void {
    const { adaptive, key } = state;
    if (!adaptive || adaptive.limit === state.limit) return;
    state.limit = adaptive.limit;
    this.#limiter.setKeyLimit(key, state.limit);
    this.#emit?.({ type: 'host-limit', at: this.#clock.now(), host: key, limit: state.limit });
  }

  /** Forgets idle hosts; going over all of them when their number has doubled costs each a constant share. */
  #sweep(): void {
    if (this.#states.size < this.#sweepAt) return;
    this.#limiter.prune(true);
    const now = this.#clock.now();
    for (const [key, { refused }] of this.#states) {
      const idle = this.#limiter.inFlight(key) === 0 && this.#limiter.waiting(key) === 0;
      if (idle && (refused === undefined || refused.until <= now)) this.#states.delete(key);
    }
    this.#sweepAt = Math.max(MOST_HOSTS, this.#states.size * 2);
  }
}
