/** Tells the queue now and then that this worker lives, and how it gets on. */
import { systemClock } from '../concurrency/mod.ts';
import type { QueueEngine, WorkerReport } from './engine.ts';

const EVERY_MS = 10_000;
/** The rate is that of so many beats: a minute. */
const BEATS = 6;

export class Pulse {
  readonly #engine: Pick<QueueEngine, 'beat' | 'leave'>;
  readonly #report: () => Omit<WorkerReport, 'rate'>;
  readonly #stop = new AbortController();
  readonly #history: { readonly at: number; readonly images: number }[] = [];
  readonly #beating: Promise<void>;

  constructor(
    engine: Pick<QueueEngine, 'beat' | 'leave'>,
    report: () => Omit<WorkerReport, 'rate'>,
  ) {
    this.#engine = engine;
    this.#report = report;
    this.#beating = this.#beat();
  }

  /** The worker is no more. Never throws: it is only for people to look at. */
  async end(): Promise<void> {
    this.#stop.abort();
    await this.#beating;
    await this.#engine.leave(this.#report().worker).catch(() => {});
  }

  async #beat(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const report = this.#report();
      this.#history.push({ at: systemClock.now(), images: report.images });
      if (this.#history.length > BEATS + 1) this.#history.shift();
      // A beat that is missed is made up for by the next one.
      await this.#engine.beat({ ...report, rate: this.#rate() }).catch(() => {});
      await systemClock.sleep(EVERY_MS, this.#stop.signal).catch(() => {});
    }
  }

  #rate(): number {
    const [first, last] = [this.#history[0], this.#history.at(-1)];
    if (!first || !last || last.at === first.at) return 0;
    const rate = ((last.images - first.images) * 1000) / (last.at - first.at);
    return Math.round(rate * 10) / 10;
  }
}
