/**
 * What bound a run, and the one option that would help: pure, from measured times. Requests that
 * wait in a queue say nothing by themselves; what those in flight are waiting for does.
 */
import type { HostMeter } from './host-meter.ts';
import type { Measured } from './meter.ts';

export interface RunVerdict {
  /** What took at least half of the time; `startup`: the decoder; `balanced`: none of them did. */
  readonly bound: 'network' | 'compute' | 'startup' | 'balanced';
  readonly cause?: Cause;
  /** That the network was waited for with. */
  readonly host?: string;
  /** Requests that were allowed in flight to it, or in all for `total-limit`. */
  readonly limit?: number;
  /** Bytes a second, for `bandwidth`. */
  readonly rate?: number;
  /** Share of the time from 0 to 1 in which more network would have helped. */
  readonly network: number;
  /** Share of the time from 0 to 1 in which more computing would have helped. */
  readonly compute: number;
  /** Share of the workers' time from 0 to 1 in which they decoded. */
  readonly workersBusy: number;
  readonly workers: number;
  /** The option that would help, as one writes it. */
  readonly help?: string;
}

export type Cause =
  /** Few requests, each of which waits for its answer. */
  | 'latency'
  /** Bodies come as fast as the line or the server lets them. */
  | 'bandwidth'
  | 'bandwidth-option'
  | 'per-host-limit'
  | 'total-limit'
  /** The server answers the more slowly the more it is asked. */
  | 'server-load'
  /** It asked to be left alone. */
  | 'server-wait'
  /** Waits before further tries. */
  | 'retries'
  /** --delay, --rate, or the Crawl-delay of robots.txt. */
  | 'delay'
  | 'workers'
  /** Hashing, comparing and writing, which the workers do not do. */
  | 'main-thread';

export interface RunSettings {
  /** Workers that may decode at once; 0 when nothing is decoded. */
  readonly workers: number;
  readonly cores: number;
  readonly total: number;
  readonly perHost: number;
  /** The limit for each host is found by the program, up to `perHost`. */
  readonly adaptive: boolean;
  /** Bytes a second. */
  readonly bandwidth?: number | undefined;
  /** Seconds. */
  readonly delay: number;
  /** Requests a second. */
  readonly rate?: number | undefined;
}

/** More than this of the main thread's time, and it is what everything waits for. */
const MAIN_THREAD_FULL = 0.85;
/** Below this part of the usual latency at best, the rest is the server's queue. */
const UNLOADED = 0.4;

/** @param mainThread share of the time from 0 to 1 that the main thread computed, where known */
export function verdictOf(
  measured: Measured,
  settings: RunSettings,
  mainThread?: number,
): RunVerdict {
  const { ms, networkMs, computeMs, startMs, busyMs } = measured;
  const share = (part: number) => (ms > 0 ? round(Math.min(1, part / ms)) : 0);
  const { workers } = settings;
  const shares = {
    network: share(networkMs),
    compute: share(computeMs),
    workersBusy: workers > 0 ? share(busyMs / workers) : 0,
    workers,
  };
  if (shares.compute >= 0.5) return { bound: 'compute', ...shares, ...workerCause(settings) };
  if (mainThread !== undefined && mainThread >= MAIN_THREAD_FULL) {
    return { bound: 'compute', ...shares, compute: round(mainThread), cause: 'main-thread' };
  }
  if (shares.network >= 0.5 && measured.host) {
    const { host } = measured.host;
    return {
      bound: 'network',
      host,
      ...shares,
      ...networkCause(measured, measured.host, settings),
    };
  }
  if (share(startMs) >= 0.5) return { bound: 'startup', ...shares };
  return { bound: 'balanced', ...shares };
}

type Found = Pick<RunVerdict, 'cause' | 'limit' | 'rate' | 'help'>;

function workerCause({ workers, cores }: RunSettings): Found {
  return { cause: 'workers', help: workers < cores ? `--workers ${cores}` : '--dedupe exact' };
}

function networkCause(measured: Measured, host: HostMeter, settings: RunSettings): Found {
  const { pendingMs, pausedMs, retryMs, spacedMs, latencyMs, transferMs } = host;
  const servedMs = pendingMs - pausedMs - retryMs - spacedMs;
  const most = Math.max(pausedMs, retryMs, spacedMs, servedMs);
  if (pausedMs === most) return { cause: 'server-wait', ...slower(measured, host) };
  if (retryMs === most) return { cause: 'retries' };
  if (spacedMs === most) return { cause: 'delay', ...denser(settings) };
  if (transferMs >= latencyMs) return bandwidth(measured, settings);
  return waiting(host, settings);
}

/** What came through on average would not have been refused. */
function slower({ ms }: Measured, { answers }: HostMeter): Pick<Found, 'help'> {
  return answers > 0 ? { help: `--rate ${nice(answers / (ms / 1000))}` } : {};
}

function denser({ delay, rate }: RunSettings): Pick<Found, 'help'> {
  if (rate !== undefined && 1 / rate >= delay) return { help: `--rate ${nice(rate * 2)}` };
  // Otherwise robots.txt asks for it: nothing that we would advise against.
  return delay > 0 ? { help: `--delay ${nice(delay / 2)}` } : {};
}

function bandwidth({ bytes, ms, networkMs }: Measured, settings: RunSettings): Found {
  const rate = Math.round(bytes / ((networkMs || ms) / 1000));
  const { bandwidth: allowed } = settings;
  if (allowed === undefined || rate < 0.6 * allowed) return { cause: 'bandwidth', rate };
  return { cause: 'bandwidth-option', rate, help: `--bandwidth ${Math.round(allowed * 2)}` };
}

/** The requests in flight wait for the first byte: would more of them at once help? */
function waiting(host: HostMeter, { total, perHost, adaptive }: RunSettings): Found {
  const { limitedMs, crowdedMs, pendingMs, firstByte, limit } = host;
  if (limitedMs + crowdedMs < pendingMs / 2) return { cause: 'latency', limit };
  if (firstByte.best < UNLOADED * firstByte.mean) return { cause: 'server-load', limit };
  if (crowdedMs > limitedMs) {
    return { cause: 'total-limit', limit: total, ...(!adaptive && { help: `-j ${2 * total}` }) };
  }
  // A limit that was found is one that the host answers well; the user's own may be too low.
  if (adaptive && limit < Math.min(perHost, total)) return { cause: 'latency', limit };
  if (perHost < total) return { cause: 'per-host-limit', limit, help: `--per-host ${2 * perHost}` };
  if (adaptive) return { cause: 'total-limit', limit: total };
  // A larger -j than --per-host does nothing for a single host; auto raises both.
  return {
    cause: 'total-limit',
    limit: total,
    help: 2 * total > perHost ? '-j auto' : `-j ${2 * total}`,
  };
}

const round = (share: number): number => Math.round(share * 1000) / 1000;

/** Two significant digits, no more than people would write. */
const nice = (value: number): number => Number(value.toPrecision(value < 10 ? 2 : 3));
