/** What the requests to one host waited for, in ms of wall-clock time where nothing else is said. */
export class HostMeter {
  readonly host: string;
  /** Requests that may be in flight to it; follows the adaptive limit. */
  limit: number;
  /** Something was in flight, waiting or to be tried again. */
  pendingMs = 0;
  /** It had asked to be left alone (Retry-After). */
  pausedMs = 0;
  /** Nothing happened but waits before further tries. */
  retryMs = 0;
  /** Requests waited, and as many as may be were in flight to it. */
  limitedMs = 0;
  /** Requests waited for others of the run. */
  crowdedMs = 0;
  /** Requests waited although there was room: for the least time between two. */
  spacedMs = 0;
  /** Summed over requests: to the headers, and from there to the end. */
  latencyMs = 0;
  transferMs = 0;
  /** Answered with what was asked for, or that it has not changed. */
  answers = 0;
  bytes = 0;
  /** Requests under way, waiting ones included, times ms: how much the run had to do with it. */
  weight = 0;
  #inFlight = 0;
  #waiting = 0;
  #last: number;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #sleepUntil = Number.NEGATIVE_INFINITY;
  readonly #tasks = new Map<number, { readonly sent: number; headers?: number }>();
  /** Times to the first byte of whole answers, ms. */
  readonly #firstBytes: number[] = [];

  constructor(host: string, limit: number, now: number) {
    this.host = host;
    this.limit = limit;
    this.#last = now;
  }

  get idle(): boolean {
    return this.#inFlight + this.#waiting === 0 && this.#sleepUntil <= this.#last;
  }

  /** Times to the first byte, ms: the mean, and when the host had least to do (2 % were faster). */
  get firstByte(): { readonly mean: number; readonly best: number } {
    const sorted = this.#firstBytes.toSorted((a, b) => a - b);
    const sum = sorted.reduce((total, ms) => total + ms, 0);
    return {
      mean: sum / Math.max(1, sorted.length),
      best: sorted[Math.floor(sorted.length * 0.02)] ?? 0,
    };
  }

  /** @param crowded all requests that the run may have in flight are */
  book(now: number, crowded: boolean): void {
    const ms = now - this.#last;
    if (ms <= 0) return;
    const pausedMs = Math.min(ms, Math.max(0, this.#pausedUntil - this.#last));
    const sleptMs = Math.min(ms, Math.max(0, this.#sleepUntil - this.#last));
    this.#last = now;
    const open = this.#inFlight + this.#waiting;
    this.weight += open > 0 ? open * ms : sleptMs;
    if (open === 0) {
      this.pendingMs += sleptMs;
      this.pausedMs += Math.min(pausedMs, sleptMs);
      this.retryMs += Math.max(0, sleptMs - pausedMs);
      return;
    }
    this.pendingMs += ms;
    this.pausedMs += pausedMs;
    if (this.#waiting === 0) return;
    if (this.#inFlight >= this.limit) this.limitedMs += ms - pausedMs;
    else if (crowded) this.crowdedMs += ms - pausedMs;
    else this.spacedMs += ms - pausedMs;
  }

  queued(): void {
    this.#waiting++;
  }

  sent(id: number, at: number): void {
    this.#waiting--;
    this.#inFlight++;
    this.#tasks.set(id, { sent: at });
  }

  answered(id: number, at: number, status: number, ms: number): void {
    const task = this.#tasks.get(id);
    if (task) task.headers = at;
    if (status < 400) this.answers++;
    if (status === 200 && this.#firstBytes.length < 500) this.#firstBytes.push(ms);
  }

  done(id: number, at: number, bytes: number): void {
    const task = this.#tasks.get(id);
    if (!task) return;
    const { sent, headers = at } = task;
    this.#tasks.delete(id);
    this.#inFlight--;
    this.bytes += bytes;
    this.latencyMs += headers - sent;
    this.transferMs += at - headers;
  }

  pause(until: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, until);
  }

  sleep(until: number): void {
    this.#sleepUntil = Math.max(this.#sleepUntil, until);
  }
}
