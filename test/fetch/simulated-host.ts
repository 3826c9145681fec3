/** A host in simulated time, for trying limits on it: event by event, without any waiting. */
import type { AdaptiveLimit, StartedRequest } from '../../src/fetch/adaptive.ts';

export interface Shape {
  readonly files: number;
  /** Of each file; may depend on which it is in the order of the requests. */
  readonly bytes: number | ((nth: number) => number);
  /** Milliseconds before the first byte, ± 5 %; may depend on the time. */
  readonly latency: number | ((nowMs: number) => number);
  /** Bytes a millisecond over all connections. */
  readonly bandwidth?: number;
  /** Requests served at a time, each for `latency`; the others wait for their turn. */
  readonly workers?: number;
  /** Answers 503 when more than this is in flight. */
  readonly refuseAbove?: number;
  /** Requests a second; the others get 429. */
  readonly perSecond?: number;
  /** Share of requests that fail by chance. */
  readonly chance?: number;
  /** Milliseconds until a refusal arrives. Default 1. */
  readonly refuseAfter?: number;
  /** Milliseconds that the client sends nothing after a refusal (Retry-After). */
  readonly pause?: number;
}

export interface Run {
  /** When the last file was whole. */
  readonly ms: number;
  readonly maxInFlight: number;
  readonly refused: number;
  /** At the end. */
  readonly limit: number;
}

/** The client tries a refused request again after so many ms. */
const BACKOFF = 100;

interface Request {
  readonly start: number;
  readonly token: StartedRequest | undefined;
  state: 'waiting' | 'latency' | 'refused' | 'body';
  /** When the state ends; a body ends when nothing is `left`. */
  until: number;
  left: number;
  readonly bytes: number;
  ttfb: number;
}

/** @param limiter a fixed number of requests at once, or the controller on trial */
export function simulate(shape: Shape, limiter: AdaptiveLimit | number): Run {
  const limit = () => (typeof limiter === 'number' ? limiter : limiter.limit);
  const chance = random(1);
  const jitter = random(2);
  const flight: Request[] = [];
  /** When each file that is still to come may be asked for, in order. */
  const due = Array.from({ length: shape.files }, () => 0);
  const bucket = { tokens: shape.perSecond ?? 0, at: 0 };
  let now = 0;
  let nth = 0;
  let refused = 0;
  let maxInFlight = 0;
  let pausedUntil = 0;

  function serve(): void {
    let busy = flight.filter(({ state }) => state === 'latency').length;
    for (const request of flight) {
      if (request.state !== 'waiting' || busy >= (shape.workers ?? Infinity)) continue;
      const refuse = refuses();
      const { latency } = shape;
      const ms = typeof latency === 'number' ? latency : latency(now);
      request.state = refuse ? 'refused' : 'latency';
      request.until = now + (refuse ? (shape.refuseAfter ?? 1) : ms * (0.95 + 0.1 * jitter()));
      if (!refuse) busy++;
    }
  }

  function refuses(): boolean {
    const served = flight.filter(({ state }) => state === 'latency' || state === 'body').length;
    const { perSecond = 0, refuseAbove = Infinity } = shape;
    bucket.tokens = Math.min(perSecond, bucket.tokens + ((now - bucket.at) * perSecond) / 1000);
    bucket.at = now;
    if (served >= refuseAbove || chance() < (shape.chance ?? 0)) return true;
    return perSecond > 0 && --bucket.tokens < 0 && ++bucket.tokens < 1;
  }

  function end(request: Request, ok: boolean): void {
    flight.splice(flight.indexOf(request), 1);
    if (!ok) {
      due.push(now + BACKOFF);
      refused++;
      pausedUntil = Math.max(pausedUntil, now + (shape.pause ?? 0));
    }
    if (typeof limiter === 'number') return;
    const bytes = ok ? request.bytes : 0;
    limiter.onDone(request.token!, { ok, busy: !ok, ttfbMs: request.ttfb, bytes, nowMs: now });
  }

  while (due.length > 0 || flight.length > 0) {
    while (flight.length < limit() && Math.max(pausedUntil, due[0] ?? Infinity) <= now) {
      due.shift();
      const token = typeof limiter === 'number' ? undefined : limiter.onStart(now);
      const bytes = typeof shape.bytes === 'number' ? shape.bytes : shape.bytes(nth++);
      flight.push({ start: now, token, state: 'waiting', until: 0, left: bytes, bytes, ttfb: 0 });
      maxInFlight = Math.max(maxInFlight, flight.length);
      serve();
    }
    // Bodies share the bandwidth evenly, as TCP flows do in the long run.
    const bodies = flight.filter(({ state }) => state === 'body');
    const rate = (shape.bandwidth ?? 1e9) / Math.max(1, bodies.length);
    let next = flight.length < limit() ? Math.max(pausedUntil, due[0] ?? Infinity) : Infinity;
    for (const { state, until, left } of flight) {
      if (state !== 'waiting') next = Math.min(next, state === 'body' ? now + left / rate : until);
    }
    for (const request of bodies) request.left -= rate * (next - now);
    now = next;
    for (const request of [...flight]) {
      const { state, until, left } = request;
      if (state === 'body' && left < 1e-6 * rate) end(request, true);
      if ((state !== 'latency' && state !== 'refused') || until > now) continue;
      request.ttfb = now - request.start;
      if (state === 'latency') request.state = 'body';
      else end(request, false);
    }
    serve();
  }
  return { ms: now, maxInFlight, refused, limit: limit() };
}

/** Mulberry32: the same numbers in every run. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
