/**
 * How many requests one host gets at once, without a knob: the congestion controller of
 * `--concurrency auto`. Pure; time comes in with the events.
 *
 * It grows threefold a round until a first sign, then by one a window; a 429 or 503, a timeout, a
 * reset or a queue (first bytes come later, and no more of them) halves it. A level that was refused
 * is remembered, so that it comes back to just below within a round and stays there; where more in
 * flight brings no more, it goes back to what was enough.
 */
import { type Cut, Refusals } from './adaptive-refusals.ts';
import { Throughput, type Verdict } from './adaptive-throughput.ts';

export interface AdaptiveOptions {
  /** Requests in flight never exceed it. Default 64. */
  readonly max?: number;
  /**
   * Requests in flight before anything is known. Default 16: a usual page then takes one round.
   * Browsers open 6 connections of HTTP/1.1, and ask for 100 at once over HTTP/2.
   */
  readonly initial?: number;
}

/** A request in flight. */
export interface StartedRequest {
  /** When it started. */
  readonly at: number;
  /** Requests in flight at that moment, this one included. */
  readonly level: number;
}

/** The end of one request. */
export interface RequestOutcome {
  /** The server answered in full, whatever the status, 429 and 503 excepted. */
  readonly ok: boolean;
  /** It asked to come back later (429, 503). */
  readonly busy?: boolean;
  /** From sending the request to the first byte of the answer. */
  readonly ttfbMs: number;
  readonly bytes: number;
  readonly nowMs: number;
}

/** Requests started for each one answered during the quick start, so that a round triples. */
const QUICK_GROWTH = 2;
/** The limit stays this close to what was in flight, or it would mean nothing when work comes. */
const HEADROOM = 3;
/** Windows without a look beyond a level that failed or brought nothing; doubles up to the second. */
const HOLD_WINDOWS = 8;
const HOLD_WINDOWS_MAX = 64;
/** Above what was enough: sizes and latencies vary. */
const MARGIN = 1.25;
/** A host that had nothing to do for so long starts a new window. */
const IDLE_MS = 50;

export class AdaptiveLimit {
  readonly #max: number;
  readonly #refusals = new Refusals();
  readonly #throughput = new Throughput();
  #limit: number;
  #quick = true;
  /** Where to come back to after a cut, one request for each answered. */
  #recoverTo = 0;
  /** Where to come back to when a cut for a queue only brought less. */
  #returnTo = 0;
  #lastCut = Number.NEGATIVE_INFINITY;
  #held = 0;
  #hold = HOLD_WINDOWS;
  readonly #started = new Set<StartedRequest>();
  #idleSince = Number.NEGATIVE_INFINITY;

  /** Throws RangeError when a number is not a positive integer. */
  constructor({ max = 64, initial = 16 }: AdaptiveOptions = {}) {
    for (const [name, value] of Object.entries({ max, initial })) {
      if (!Number.isInteger(value) || value < 1) {
        throw new RangeError(`${name} must be a positive integer, not ${value}`);
      }
    }
    this.#max = max;
    this.#limit = Math.min(initial, max);
  }

  /** Requests that may be in flight now, from 1 to `max`. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** Call for every request that goes out; what it gives belongs to its `onDone`. */
  onStart(nowMs: number): StartedRequest {
    const idle = this.#started.size === 0 && nowMs - this.#idleSince > IDLE_MS;
    if (idle) this.#throughput.reset(this.limit, nowMs);
    const request = { at: nowMs, level: this.#started.size + 1 };
    this.#started.add(request);
    this.#throughput.count(this.#started.size, nowMs);
    return request;
  }

  /** Call once for each `onStart`; more often does nothing. */
  onDone(request: StartedRequest, outcome: RequestOutcome): void {
    const { ok, busy = false, ttfbMs, bytes, nowMs } = outcome;
    const inFlight = this.#started.size;
    if (!this.#started.delete(request)) return;
    const { at, level } = request;
    this.#throughput.count(this.#started.size, nowMs);
    if (this.#started.size === 0) this.#idleSince = nowMs;
    if (!ok || busy) {
      this.#cut(this.#refusals.refused(level, nowMs, at > this.#lastCut), nowMs);
      return;
    }
    if (this.#refusals.answered(level, nowMs)) this.#quick = true;
    this.#grow(inFlight);
    const answer = { ttfbMs, ms: nowMs - at, bytes, nowMs };
    const verdict = this.#throughput.answered(answer, this.limit);
    if (verdict !== undefined) this.#follow(verdict, nowMs);
  }

  /** After each answer: the quick start, and the way back after a cut. */
  #grow(inFlight: number): void {
    if (this.#quick) {
      const used = Math.max(this.#limit, HEADROOM * inFlight);
      this.#set(Math.min(this.#limit + QUICK_GROWTH, used));
    } else if (this.#limit < this.#recoverTo) {
      this.#set(Math.min(this.#limit + 1, this.#recoverTo));
    }
  }

  #cut({ blame, factor }: Cut, nowMs: number): void {
    if (factor < 1) {
      this.#recoverTo = blame === 'rate' ? 0 : Math.max(this.#limit, this.#recoverTo);
      this.#limit *= factor;
      this.#lastCut = nowMs;
      this.#throughput.reset(this.limit, nowMs);
      if (blame !== 'chance') this.#wait();
    }
    // What failed by chance is no sign of strain, and what looked like one may turn out to be chance.
    if (blame === 'chance') this.#quick ||= this.#limit < this.#recoverTo;
    else if (factor < 1) this.#quick = false;
    this.#set(this.#limit);
  }

  /** After each window. */
  #follow(verdict: Verdict, nowMs: number): void {
    if (verdict === 'queue') {
      this.#returnTo = this.#limit;
      this.#lower(this.#limit / 2, nowMs);
    } else if (verdict === 'plateau') {
      this.#lower((this.#throughput.reference ?? 1) * MARGIN, nowMs);
    } else if (verdict === 'short') {
      this.#recoverTo = this.#returnTo;
    } else if (verdict === 'room' && this.#held === 0 && !this.#quick) {
      this.#set(this.#limit + 1);
    }
    if (this.#held > 0 && --this.#held === 0) this.#lookBeyond();
  }

  #lower(limit: number, nowMs: number): void {
    this.#quick = false;
    this.#recoverTo = 0;
    this.#lastCut = nowMs;
    this.#set(Math.min(limit, this.#limit));
    this.#wait();
  }

  #wait(): void {
    this.#held = this.#hold;
    this.#hold = Math.min(2 * this.#hold, HOLD_WINDOWS_MAX);
  }

  #lookBeyond(): void {
    this.#recoverTo = 0;
    this.#refusals.liftCeiling();
    this.#throughput.forgetReference();
  }

  #set(limit: number): void {
    const ceiling = Math.min(this.#max, this.#refusals.ceiling - 1);
    this.#limit = Math.max(1, Math.min(limit, ceiling));
  }
}
