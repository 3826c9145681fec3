/** Counts what the progress block shows from the events of the runs. */
import type { FetchEvent } from '../../fetch/mod.ts';
import type { Listener } from '../../pipeline/events.ts';

/** What is shown of one moment. */
export interface ProgressState {
  /** Images known so far. */
  readonly known: number;
  /** No further image will be found. */
  readonly complete: boolean;
  readonly done: number;
  /** Images and sources. */
  readonly failed: number;
  readonly bytes: number;
  /** Bytes a second of the last seconds. */
  readonly rate: number;
  /** Seconds; absent as long as nothing can be said. */
  readonly left?: number;
  readonly inFlight: number;
  /** Requests that wait for their turn. */
  readonly waiting: number;
  /** Requests that wait before a further try. */
  readonly retrying: number;
  /** Workers that decode. */
  readonly decoding: number;
  /** With work, the busiest first. */
  readonly hosts: readonly HostProgress[];
}

export interface HostProgress {
  readonly host: string;
  readonly inFlight: number;
  readonly waiting: number;
  /** Seconds for which it asked to be left alone; 0 when it did not. */
  readonly pausedFor: number;
}

interface HostCount {
  inFlight: number;
  waiting: number;
  pausedUntil: number;
}

interface Sample {
  readonly at: number;
  readonly bytes: number;
  readonly done: number;
}

/** Speed is that of the last seconds, in ms. */
const WINDOW_MS = 8000;
/** How often speeds change on the screen: ten times a second nobody can read. */
const SAMPLE_MS = 500;
/** Before so many images are done, how long the rest takes is a guess. */
const ENOUGH_DONE = 3;

export class Tracker {
  readonly #runs: Run[] = [];
  #samples: Sample[] = [];
  #speed: { rate: number; left?: number } = { rate: 0 };

  watch(): Listener {
    const run = new Run();
    this.#runs.push(run);
    return (event) => run.count(event);
  }

  /** @param now ms by the clock of the events */
  state(now: number): ProgressState {
    const runs = this.#runs;
    const sum = (of: (run: Run) => number) => runs.reduce((total, run) => total + of(run), 0);
    const hosts = merged(runs, now);
    const known = sum((run) => run.known);
    const done = sum((run) => run.done);
    const bytes = sum((run) => run.bytes);
    const complete = runs.length > 0 && runs.every((run) => run.complete);
    this.#measure({ at: now, bytes, done }, complete ? known - done : undefined);
    return {
      known,
      complete,
      done,
      bytes,
      hosts,
      failed: sum((run) => run.failed),
      inFlight: hosts.reduce((total, host) => total + host.inFlight, 0),
      waiting: hosts.reduce((total, host) => total + host.waiting, 0),
      retrying: sum((run) => run.retrying(now)),
      decoding: sum((run) => run.decoding),
      ...this.#speed,
    };
  }

  #measure(sample: Sample, remaining: number | undefined): void {
    const last = this.#samples.at(-1);
    if (last && sample.at - last.at < SAMPLE_MS) return;
    this.#samples.push(sample);
    this.#samples = this.#samples.filter(({ at }) => sample.at - at <= WINDOW_MS);
    const first = this.#samples[0] as Sample;
    const seconds = (sample.at - first.at) / 1000;
    if (seconds <= 0) return;
    const perSecond = (sample.done - first.done) / seconds;
    const known = remaining !== undefined && sample.done >= ENOUGH_DONE && perSecond > 0;
    this.#speed = {
      rate: (sample.bytes - first.bytes) / seconds,
      ...(known && { left: remaining / perSecond }),
    };
  }
}

/** What one run told. */
class Run {
  known = 0;
  complete = false;
  done = 0;
  failed = 0;
  readonly hosts = new Map<string, HostCount>();
  readonly #hostOf = new Map<number, string>();
  readonly #sleeping = new Map<number, number>();
  readonly #busy = new Set<number>();
  #ended = 0;
  #received = 0;

  count(event: Parameters<Listener>[0]): void {
    switch (event.type) {
      case 'found':
        this.known = event.known;
        this.complete = false;
        break;
      case 'all-found':
      case 'summary':
        this.complete = true;
        break;
      case 'image':
        this.done++;
        if (event.record.status === 'failed') this.failed++;
        break;
      case 'source-failed':
        this.failed++;
        break;
      case 'fetch':
        this.#fetch(event.event);
        break;
      case 'worker': {
        const { type, worker } = event.event;
        if (type === 'busy') this.#busy.add(worker);
        else this.#busy.delete(worker);
      }
    }
  }

  /** Bodies that ended, and those that are still coming as far as was told. */
  get bytes(): number {
    return Math.max(this.#ended, this.#received);
  }

  get decoding(): number {
    return this.#busy.size;
  }

  retrying(now: number): number {
    let count = 0;
    for (const until of this.#sleeping.values()) if (until > now) count++;
    return count;
  }

  #fetch(event: FetchEvent): void {
    switch (event.type) {
      case 'queued':
        this.#sleeping.delete(event.id);
        this.#host(event.host).waiting++;
        break;
      case 'request': {
        const host = this.#host(event.host);
        host.waiting = Math.max(0, host.waiting - 1);
        host.inFlight++;
        this.#hostOf.set(event.id, event.host);
        break;
      }
      case 'done': {
        this.#ended += event.bytes;
        const name = this.#hostOf.get(event.id);
        if (name === undefined) break;
        this.#hostOf.delete(event.id);
        this.#host(name).inFlight--;
        break;
      }
      case 'bytes':
        this.#received = event.bytes;
        break;
      case 'retry-wait':
        this.#sleeping.set(event.id, event.at + event.waitMs);
        break;
      case 'host-paused': {
        const host = this.#host(event.host);
        host.pausedUntil = Math.max(host.pausedUntil, event.at + event.ms);
      }
    }
  }

  #host(name: string): HostCount {
    const known = this.hosts.get(name);
    if (known) return known;
    const host = { inFlight: 0, waiting: 0, pausedUntil: Number.NEGATIVE_INFINITY };
    this.hosts.set(name, host);
    return host;
  }
}

/** Hosts of all runs that have work; the others are forgotten. */
function merged(runs: readonly Run[], now: number): HostProgress[] {
  const hosts = new Map<string, HostProgress>();
  for (const run of runs) {
    for (const [host, { inFlight, waiting, pausedUntil }] of run.hosts) {
      const pausedFor = Math.max(0, (pausedUntil - now) / 1000);
      if (inFlight === 0 && waiting === 0 && pausedFor === 0) {
        run.hosts.delete(host);
        continue;
      }
      const before = hosts.get(host);
      hosts.set(host, {
        host,
        inFlight: inFlight + (before?.inFlight ?? 0),
        waiting: waiting + (before?.waiting ?? 0),
        pausedFor: Math.max(pausedFor, before?.pausedFor ?? 0),
      });
    }
  }
  return [...hosts.values()].sort(
    (a, b) => b.inFlight + b.waiting - a.inFlight - a.waiting || (a.host < b.host ? -1 : 1),
  );
}
