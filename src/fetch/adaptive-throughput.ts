/** Tells whether more requests in flight still bring more: what one host delivers, window by window. */

/** A window ends after so many answers at least, so that a few lucky ones decide nothing. */
const MIN_ANSWERS = 8;
/** And lasts so many requests' time: answers to a burst come as a burst, and half a burst misleads. */
const MIN_ROUNDS = 1.5;
/** Less in flight is enough when it brings at least this share. */
const ENOUGH = 0.95;
/** More in flight must fail to bring more, or answers wait, so often in a row: one window may be chance. */
const PATIENCE = 2;
/** Below this share of the limit in flight the limit is not what holds things up. */
const USED = 0.75;
/** So many times more in flight should show in the throughput. */
const STEP = 1.4;
/** It shows when it brings this much more; less is noise. */
const GAIN = 1.15;
/** Waiting this much longer than at best for the first byte is a queue, not chance. */
const QUEUE_FACTOR = 2;
const QUEUE_MS = 50;
/** The best time to first byte is forgotten after one or two of these: routes change. */
const BASELINE_MS = 30_000;

/**
 * - `room`: nothing speaks against more;
 * - `idle`: the limit was not used, so the window tells nothing;
 * - `plateau`: more in flight brought no more;
 * - `queue`: answers wait, so less in flight may bring as much;
 * - `short`: less in flight, tried for a queue, brought less.
 */
export type Verdict = 'room' | 'idle' | 'plateau' | 'queue' | 'short';

interface Rates {
  /** Requests in flight, mean over time. */
  readonly inFlight: number;
  /** Answers per ms. */
  readonly answers: number;
  /** Bytes per ms. */
  readonly bytes: number;
  /** Shortest time to the first byte, ms: where there is a queue, all answers wait in it. */
  readonly ttfb: number;
}

interface Answer {
  readonly ttfbMs: number;
  /** From start to end. */
  readonly ms: number;
  readonly bytes: number;
  readonly nowMs: number;
}

export class Throughput {
  #start = 0;
  #fresh = true;
  /** Answers that end the window. */
  #target = MIN_ANSWERS;
  #answers = 0;
  #bytes = 0;
  #ttfb = Number.POSITIVE_INFINITY;
  #msSum = 0;
  /** Windows in a row in which more in flight brought no more. */
  #vain = 0;
  /** Windows in a row in which answers waited. */
  #waits = 0;
  /** What the host delivered when less in flight began to be tried. */
  #tried: Rates | undefined;
  /** Requests in flight times ms, up to `#countedTo`. */
  #presence = 0;
  #countedTo = 0;
  #inFlight = 0;
  /** When a verdict said that less is enough. */
  #loweredAt = Number.NEGATIVE_INFINITY;
  #reference: Rates | undefined;
  #baseline = { since: 0, best: Number.POSITIVE_INFINITY, before: Number.POSITIVE_INFINITY };

  /** Requests in flight that others are compared with: so many bring about as much as more would. */
  get reference(): number | undefined {
    return this.#reference?.inFlight;
  }

  /** Keeps count of what is in flight from now on. */
  count(inFlight: number, nowMs: number): void {
    this.#presence += this.#inFlight * (nowMs - this.#countedTo);
    this.#countedTo = nowMs;
    this.#inFlight = inFlight;
  }

  /** Begins anew after a pause or a cut. */
  reset(limit: number, nowMs: number): void {
    this.#restart(limit, nowMs);
    this.#fresh = true;
  }

  #restart(limit: number, nowMs: number): void {
    this.#start = nowMs;
    this.#countedTo = nowMs;
    this.#presence = 0;
    this.#target = Math.max(MIN_ANSWERS, limit);
    this.#answers = 0;
    this.#bytes = 0;
    this.#ttfb = Number.POSITIVE_INFINITY;
    this.#msSum = 0;
  }

  /** Compares with what the next window delivers from then on. */
  forgetReference(): void {
    this.#reference = undefined;
  }

  /** Takes an answer; gives a verdict when a window ended with it. */
  answered(answer: Answer, limit: number): Verdict | undefined {
    const { ttfbMs, ms, bytes, nowMs } = answer;
    // The wait for the very first answer is latency, which says nothing of what comes per second.
    if (this.#fresh) {
      this.#restart(limit, nowMs);
      this.#fresh = false;
    }
    // Answers to what was sent before the limit was lowered flatter it.
    if (nowMs - ms < this.#loweredAt) {
      this.#restart(limit, nowMs);
      return undefined;
    }
    this.#answers++;
    this.#msSum += ms;
    this.#bytes += bytes;
    this.#ttfb = Math.min(this.#ttfb, ttfbMs);
    const elapsed = nowMs - this.#start;
    const shortest = (MIN_ROUNDS * this.#msSum) / this.#answers;
    if (this.#answers < this.#target || elapsed <= shortest) return undefined;
    const now: Rates = {
      inFlight: this.#presence / elapsed,
      answers: this.#answers / elapsed,
      bytes: this.#bytes / elapsed,
      ttfb: this.#ttfb,
    };
    const used = now.inFlight >= USED * Math.min(limit, this.#target);
    this.#noteBaseline(now.ttfb, nowMs);
    const verdict = used ? this.#judge(now) : 'idle';
    if (verdict === 'queue' || verdict === 'plateau') this.#loweredAt = nowMs;
    this.#restart(limit, nowMs);
    return verdict;
  }

  #judge(now: Rates): Verdict {
    const tried = this.#tried;
    if (tried !== undefined && now.inFlight < tried.inFlight / GAIN) {
      this.#tried = undefined;
      this.#reference = now;
      if (gain(now, tried) < ENOUGH) {
        // The host has slowed down by itself: this is what is normal now.
        this.#reference = tried;
        this.#baseline.best = tried.ttfb;
        this.#baseline.before = Number.POSITIVE_INFINITY;
        return 'short';
      }
    }
    const reference = this.#reference ?? now;
    const gained = gain(now, reference);
    if (gained >= GAIN || now === reference) this.#reference = now;
    const best = Math.min(this.#baseline.best, this.#baseline.before);
    const waits = now.ttfb > QUEUE_FACTOR * best + QUEUE_MS && gained < GAIN;
    this.#waits = waits ? this.#waits + 1 : 0;
    if (this.#waits >= PATIENCE) {
      this.#waits = 0;
      this.#tried = now;
      return 'queue';
    }
    const vain = gained < GAIN && now.inFlight >= STEP * reference.inFlight;
    this.#vain = vain ? this.#vain + 1 : 0;
    return this.#vain < PATIENCE ? 'room' : 'plateau';
  }

  #noteBaseline(ttfbMs: number, nowMs: number): void {
    const { since, best } = this.#baseline;
    if (nowMs - since < BASELINE_MS) this.#baseline.best = Math.min(best, ttfbMs);
    else this.#baseline = { since: nowMs, best: ttfbMs, before: best };
  }
}

/** The better of the two: sizes vary, and so does what bounds a server. */
function gain(now: Rates, before: Rates): number {
  return Math.max(now.answers / before.answers, before.bytes === 0 ? 0 : now.bytes / before.bytes);
}
