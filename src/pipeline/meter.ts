/**
 * Where the wall-clock time of a run went, from the events of both executors. Between two events
 * nothing changes, so each event books the time since the one before to what the run was doing.
 */
import type { WorkerEvent } from '../concurrency/mod.ts';
import type { FetchEvent } from '../fetch/mod.ts';
import type { TrawlEvent } from './events.ts';
import { HostMeter } from './host-meter.ts';

export interface MeterOptions {
  /** Workers that may decode at once; 0 when nothing is decoded. */
  readonly workers: number;
  /** Requests in flight in all. */
  readonly total: number;
  /** Requests in flight to one host, at most. */
  readonly perHost: number;
  /** ms, by the clock of the events. */
  readonly started: number;
}

/** ms of wall-clock time where nothing else is said; the first three exclude each other. */
export interface Measured {
  readonly ms: number;
  /** Requests were under way or due, and a worker was free: more network would have helped. */
  readonly networkMs: number;
  /** Every worker was busy, or some were and nothing was left to fetch. */
  readonly computeMs: number;
  /** Nothing could be done before the first worker had started. */
  readonly startMs: number;
  /** Summed over the workers. */
  readonly busyMs: number;
  /** Body bytes received. */
  readonly bytes: number;
  /** That the requests spent the most time with. */
  readonly host?: HostMeter;
}

/** With more, hosts that matter little are forgotten. */
const MOST_HOSTS = 1000;

export class Meter {
  readonly #options: MeterOptions;
  readonly #hosts = new Map<string, HostMeter>();
  readonly #tasks = new Map<number, HostMeter>();
  /** Since when each worker has been at its image. */
  readonly #busy = new Map<number, number>();
  #last: number;
  #ready = false;
  #inFlight = 0;
  #waiting = 0;
  #sleepUntil = Number.NEGATIVE_INFINITY;
  #networkMs = 0;
  #computeMs = 0;
  #startMs = 0;
  #busyMs = 0;
  #bytes = 0;

  constructor(options: MeterOptions) {
    this.#options = options;
    this.#last = options.started;
  }

  watch(event: TrawlEvent): void {
    if (event.type === 'fetch') this.#fetch(event.event);
    else if (event.type === 'worker') this.#worker(event.event);
  }

  /** @param now ms, by the clock of the events */
  measured(now: number): Measured {
    this.#book(now);
    let busyMs = this.#busyMs;
    for (const since of this.#busy.values()) busyMs += now - since;
    for (const host of this.#hosts.values()) host.book(now, this.#full);
    const host = [...this.#hosts.values()].reduce<HostMeter | undefined>(
      (most, one) => (most === undefined || one.weight > most.weight ? one : most),
      undefined,
    );
    return {
      ms: now - this.#options.started,
      networkMs: this.#networkMs,
      computeMs: this.#computeMs,
      startMs: this.#startMs,
      busyMs,
      bytes: this.#bytes,
      ...(host && { host }),
    };
  }

  /** All requests that may be in flight are. */
  get #full(): boolean {
    return this.#inFlight >= this.#options.total;
  }

  #book(now: number): void {
    const ms = now - this.#last;
    if (ms <= 0) return;
    const due = this.#inFlight + this.#waiting > 0;
    const sleptMs = Math.min(ms, Math.max(0, this.#sleepUntil - this.#last));
    this.#last = now;
    const { workers } = this.#options;
    const busy = this.#busy.size;
    if (workers > 0 && busy >= workers) {
      this.#computeMs += ms;
      return;
    }
    const networkMs = due ? ms : sleptMs;
    this.#networkMs += networkMs;
    if (busy > 0) this.#computeMs += ms - networkMs;
    else if (workers > 0 && !this.#ready) this.#startMs += ms - networkMs;
  }

  #worker({ type, worker, at }: WorkerEvent): void {
    this.#book(at);
    if (type === 'start') this.#ready = true;
    const since = this.#busy.get(worker);
    if (since !== undefined) this.#busyMs += at - since;
    if (type === 'busy') this.#busy.set(worker, at);
    else this.#busy.delete(worker);
  }

  #fetch(event: FetchEvent): void {
    this.#book(event.at);
    switch (event.type) {
      case 'queued':
        this.#host(event.host, event.at).queued();
        this.#waiting++;
        break;
      case 'request': {
        const host = this.#host(event.host, event.at);
        host.sent(event.id, event.at);
        this.#tasks.set(event.id, host);
        this.#waiting--;
        this.#inFlight++;
        break;
      }
      case 'first-byte':
        this.#tasks.get(event.id)?.answered(event.id, event.at, event.status, event.ms);
        break;
      case 'done': {
        const host = this.#tasks.get(event.id);
        if (host === undefined) break;
        host.book(event.at, this.#full);
        host.done(event.id, event.at, event.bytes);
        this.#tasks.delete(event.id);
        this.#inFlight--;
        this.#bytes += event.bytes;
        break;
      }
      case 'retry-wait':
        this.#sleepUntil = Math.max(this.#sleepUntil, event.at + event.waitMs);
        this.#host(event.host, event.at).sleep(event.at + event.waitMs);
        break;
      case 'host-paused':
        this.#host(event.host, event.at).pause(event.at + event.ms);
        break;
      case 'host-limit':
        this.#host(event.host, event.at).limit = event.limit;
    }
  }

  /** Booked up to now. */
  #host(name: string, now: number): HostMeter {
    const known = this.#hosts.get(name);
    if (known) {
      known.book(now, this.#full);
      return known;
    }
    if (this.#hosts.size >= MOST_HOSTS) this.#forget();
    const { perHost, total } = this.#options;
    const host = new HostMeter(name, Math.min(perHost, total), now);
    this.#hosts.set(name, host);
    return host;
  }

  #forget(): void {
    const idle = [...this.#hosts].filter(([, host]) => host.idle);
    idle.sort(([, a], [, b]) => a.weight - b.weight);
    for (const [name] of idle.slice(0, Math.ceil(idle.length / 2))) this.#hosts.delete(name);
  }
}
