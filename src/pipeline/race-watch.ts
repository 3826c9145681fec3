/** What one run of a race shows: requests in flight over time, latency, throughput, the order of the ends. */
import type { FetchEvent, FetchPurpose } from '../fetch/mod.ts';
import type { TrawlEvent } from './events.ts';

/** From here on so many requests are in flight; seconds since the start of the run. */
export interface Step {
  readonly at: number;
  readonly inFlight: number;
}

/** What comes in less time comes out of buffers and says nothing of the line. */
const BURST_MS = 250;

/** The requests of one purpose. */
export interface PurposeTimes {
  /** ms by the clock of the events: when the first was sent, and when the first had ended. */
  readonly sent: number;
  readonly done: number;
  /** ms to the first byte of the fastest. */
  readonly answer: number;
}

export class RaceWatch {
  readonly steps: Step[] = [{ at: 0, inFlight: 0 }];
  /** Addresses of the images in the order in which they were done. */
  readonly order: string[] = [];
  readonly purposes = new Map<FetchPurpose, PurposeTimes>();
  /** ms to open the fastest connection, TLS included; 0 when none was opened. */
  connectMs = 0;
  /** Most bytes a second, over `BURST_MS` or more in which bodies came; 0 when none came for so long. */
  fastest = 0;
  readonly #started: number;
  readonly #flying = new Map<number, FetchPurpose>();
  readonly #receiving = new Set<number>();
  /** ms for which bodies came, until `#receivedAt`. */
  #receivedMs = 0;
  #receivedAt: number;
  #connects = { tcp: Number.POSITIVE_INFINITY, tls: Number.POSITIVE_INFINITY };
  /** Bytes so far by time of receiving, of the last moments. */
  #received = [{ ms: 0, bytes: 0 }];
  #bytes = 0;

  /** @param started ms, by the clock of the events */
  constructor(started: number) {
    this.#started = started;
    this.#receivedAt = started;
  }

  watch(event: TrawlEvent): void {
    if (event.type === 'image') this.order.push(event.record.url);
    else if (event.type === 'fetch') this.#fetch(event.event);
  }

  #fetch(event: FetchEvent): void {
    switch (event.type) {
      case 'request':
        this.#note(event.purpose, { sent: event.at });
        this.#flying.set(event.id, event.purpose);
        this.#step(event.at);
        break;
      case 'first-byte': {
        const purpose = this.#flying.get(event.id);
        if (purpose !== undefined) this.#note(purpose, { answer: event.ms });
        this.#receive(event.at);
        this.#receiving.add(event.id);
        break;
      }
      case 'done': {
        const purpose = this.#flying.get(event.id);
        if (purpose !== undefined) this.#note(purpose, { done: event.at });
        this.#receive(event.at);
        this.#receiving.delete(event.id);
        this.#flying.delete(event.id);
        this.#step(event.at);
        this.#bytes += event.bytes;
        this.#measure(this.#bytes);
        break;
      }
      case 'bytes':
        this.#receive(event.at);
        this.#measure(event.bytes);
        break;
      case 'connect':
      case 'tls': {
        const kind = event.type === 'tls' ? 'tls' : 'tcp';
        this.#connects[kind] = Math.min(this.#connects[kind], event.ms);
        const { tcp, tls } = this.#connects;
        this.connectMs = (Number.isFinite(tcp) ? tcp : 0) + (Number.isFinite(tls) ? tls : 0);
      }
    }
  }

  #step(at: number): void {
    this.steps.push({ at: (at - this.#started) / 1000, inFlight: this.#flying.size });
  }

  /** Keeps the least of each. */
  #note(purpose: FetchPurpose, times: Partial<PurposeTimes>): void {
    const never = Number.POSITIVE_INFINITY;
    const known = this.purposes.get(purpose) ?? { sent: never, done: never, answer: never };
    const { sent = never, done = never, answer = never } = times;
    this.purposes.set(purpose, {
      sent: Math.min(known.sent, sent),
      done: Math.min(known.done, done),
      answer: Math.min(known.answer, answer),
    });
  }

  /** Counts the time up to now in which a body came. */
  #receive(at: number): void {
    if (this.#receiving.size > 0) this.#receivedMs += Math.max(0, at - this.#receivedAt);
    this.#receivedAt = at;
  }

  #measure(bytes: number): void {
    const ms = this.#receivedMs;
    const last = this.#received.at(-1);
    if (last && bytes <= last.bytes) return;
    this.#received.push({ ms, bytes });
    // From the latest moment that is long enough ago.
    while ((this.#received[1]?.ms ?? ms) <= ms - BURST_MS) this.#received.shift();
    const first = this.#received[0];
    if (!first || ms - first.ms < BURST_MS) return;
    this.fastest = Math.max(this.fastest, (bytes - first.bytes) / ((ms - first.ms) / 1000));
  }
}

/** Mean requests in flight in each of `parts` equal parts of `seconds`. */
export function inFlightOver(steps: readonly Step[], seconds: number, parts: number): number[] {
  const sums = new Array<number>(parts).fill(0);
  const width = seconds / parts;
  if (!(width > 0)) return sums;
  for (const [i, { at, inFlight }] of steps.entries()) {
    const end = Math.min(steps[i + 1]?.at ?? seconds, seconds);
    if (inFlight === 0) continue;
    for (let part = Math.floor(at / width); part < parts && part * width < end; part++) {
      const overlap = Math.min(end, (part + 1) * width) - Math.max(at, part * width);
      sums[part] = (sums[part] ?? 0) + Math.max(0, overlap) * inFlight;
    }
  }
  return sums.map((sum) => sum / width);
}
