import { type Clock, systemClock } from './clock.ts';
import { onAbort } from './on-abort.ts';
import { type Entry, Queue } from './queue.ts';

export interface KeyedLimiterOptions {
  /** Permits out at once, over all keys; a whole number ≥ 1, or Infinity. */
  readonly total: number;
  /** Permits out at once for one key, where `setKeyLimit` says nothing else; as `total`. */
  readonly perKey: number;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Called when the limiter has forgotten a key, so that others may drop what they keep for it. */
  readonly onIdle?: (key: string) => void;
}

/** The right to run one task; disposing gives it back (more than once does no harm). */
export type Permit = Disposable;

interface Waiter {
  readonly start: () => void;
}

interface KeyState {
  readonly key: string;
  readonly waiters: Queue<Waiter>;
  running: number;
  limit: number | undefined;
  pausedUntil: number;
  intervalMs: number;
  lastStart: number;
  /** Place in the ring of keys that may start a task now. */
  ready: Entry<KeyState> | undefined;
  /** Ends the sleep of a key that waits for nothing but time. */
  alarm: AbortController | undefined;
  alarmAt: number;
}

/** `setTimeout` fires at once beyond 2³¹−1 ms; a longer pause is slept in pieces. */
const LONGEST_SLEEP_MS = 2 ** 30;

/**
 * Limits how many tasks run in all and for each key (a host): first come, first served within a key,
 * and the keys take turns, so that a slow host with a long queue does not starve the others.
 * Every operation costs the same however many keys there are.
 */
export class KeyedLimiter {
  readonly #clock: Clock;
  readonly #onIdle: ((key: string) => void) | undefined;
  readonly #perKey: number;
  readonly #keys = new Map<string, KeyState>();
  readonly #ready = new Queue<KeyState>();
  #total: number;
  #running = 0;
  #waiting = 0;
  #sweepAt = 1024;

  constructor(options: KeyedLimiterOptions) {
    this.#total = checkLimit('total', options.total);
    this.#perKey = checkLimit('perKey', options.perKey);
    this.#clock = options.clock ?? systemClock;
    this.#onIdle = options.onIdle;
  }

  /** Waits for a turn. Rejects with the signal's reason when that aborts first. */
  acquire(key: string, signal?: AbortSignal): Promise<Permit> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const state = this.#stateOf(key);
      const forgetSignal = onAbort(signal, () => {
        state.waiters.remove(entry);
        this.#waiting--;
        this.#changed(state);
        reject(signal?.reason);
      });
      const start = () => {
        forgetSignal();
        resolve(this.#permit(state));
      };
      const entry = state.waiters.push({ start });
      this.#waiting++;
      this.#refresh(state);
      this.#dispatch();
    });
  }

  /** Changes the limit over all keys; running tasks go on. */
  setTotal(total: number): void {
    this.#total = checkLimit('total', total);
    this.#dispatch();
  }

  /** Changes the limit of one key; running tasks go on. */
  setKeyLimit(key: string, limit: number): void {
    const state = this.#stateOf(key);
    state.limit = checkLimit('limit', limit);
    this.#changed(state);
  }

  /** No task of that key starts before the clock shows `untilMs`. A shorter pause never cuts a longer one. */
  pauseKey(key: string, untilMs: number): void {
    const state = this.#stateOf(key);
    state.pausedUntil = Math.max(state.pausedUntil, untilMs);
    this.#changed(state);
  }

  /** Least time between two starts of that key, in ms; 0 is none. */
  setKeyInterval(key: string, ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`interval must be 0 ms or more, not ${ms}`);
    const state = this.#stateOf(key);
    state.intervalMs = ms;
    this.#changed(state);
  }

  /** Permits that are out, for one key or in all. */
  inFlight(key?: string): number {
    return key === undefined ? this.#running : (this.#keys.get(key)?.running ?? 0);
  }

  /** Calls of `acquire` that wait, for one key or in all. */
  waiting(key?: string): number {
    return key === undefined ? this.#waiting : (this.#keys.get(key)?.waiters.size ?? 0);
  }

  /** How many keys take up memory. */
  get keys(): number {
    return this.#keys.size;
  }

  /**
   * Forgets every key for which nothing runs or waits and which no pause or interval holds back.
   * Limits and intervals set for such keys are kept, unless `settings` is true.
   * Keys without settings are also forgotten by and by without a call.
   */
  prune(settings = false): void {
    for (const state of this.#keys.values()) this.#forgetIfIdle(state, settings);
  }

  #permit(state: KeyState): Permit {
    let out = true;
    return {
      [Symbol.dispose]: () => {
        if (!out) return;
        out = false;
        this.#running--;
        state.running--;
        this.#changed(state);
      },
    };
  }

  #changed(state: KeyState): void {
    this.#refresh(state);
    this.#dispatch();
    this.#forgetIfIdle(state, false);
  }

  #dispatch(): void {
    while (this.#running < this.#total) {
      const state = this.#ready.shift();
      if (!state) return;
      const waiter = state.waiters.shift() as Waiter;
      state.running++;
      state.lastStart = this.#clock.now();
      this.#running++;
      this.#waiting--;
      waiter.start();
      this.#refresh(state);
    }
  }

  /** Puts a key into the ring, takes it out, or sets its alarm, as its state says. */
  #refresh(state: KeyState): void {
    const mayStart = state.waiters.size > 0 && state.running < (state.limit ?? this.#perKey);
    const dueAt = mayStart ? startOf(state) : Number.POSITIVE_INFINITY;
    const ready = mayStart && dueAt <= this.#clock.now();
    if (ready) {
      if (!state.ready?.queue) state.ready = this.#ready.push(state);
    } else if (state.ready) {
      this.#ready.remove(state.ready);
      state.ready = undefined;
    }
    this.#setAlarm(state, mayStart && !ready ? dueAt : undefined);
  }

  #setAlarm(state: KeyState, at: number | undefined): void {
    if (state.alarm && state.alarmAt === at) return;
    state.alarm?.abort();
    state.alarm = undefined;
    if (at === undefined) return;
    const alarm = new AbortController();
    state.alarm = alarm;
    state.alarmAt = at;
    const ms = Math.min(at - this.#clock.now(), LONGEST_SLEEP_MS);
    this.#clock.sleep(ms, alarm.signal).then(
      () => {
        if (state.alarm !== alarm) return;
        state.alarm = undefined;
        this.#refresh(state);
        this.#dispatch();
      },
      () => {},
    );
  }

  #stateOf(key: string): KeyState {
    const known = this.#keys.get(key);
    if (known) return known;
    // Keys that end paused have no moment of their own to be forgotten; going over all of them
    // whenever their number has doubled costs each new key a constant share.
    if (this.#keys.size >= this.#sweepAt) {
      this.prune();
      this.#sweepAt = Math.max(1024, this.#keys.size * 2);
    }
    const state: KeyState = {
      key,
      waiters: new Queue(),
      running: 0,
      limit: undefined,
      pausedUntil: Number.NEGATIVE_INFINITY,
      intervalMs: 0,
      lastStart: Number.NEGATIVE_INFINITY,
      ready: undefined,
      alarm: undefined,
      alarmAt: 0,
    };
    this.#keys.set(key, state);
    return state;
  }

  #forgetIfIdle(state: KeyState, settings: boolean): void {
    if (state.running > 0 || state.waiters.size > 0 || startOf(state) > this.#clock.now()) return;
    if (!settings && (state.limit !== undefined || state.intervalMs > 0)) return;
    if (this.#keys.delete(state.key)) this.#onIdle?.(state.key);
  }
}

/** Earliest time of the key's next start. */
function startOf(state: KeyState): number {
  return Math.max(state.pausedUntil, state.lastStart + state.intervalMs);
}

function checkLimit(name: string, value: number): number {
  if (value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && value >= 1)) {
    return value;
  }
  throw new RangeError(`${name} must be a whole number of at least 1, not ${value}`);
}
