/**
 * The same work twice: one image at a time through the whole pipeline, and all of it overlapped.
 * Each run fetches everything anew, into a folder of its own that is removed afterwards.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Options } from '../config/schema.ts';
import type { FetchPurpose } from '../fetch/mod.ts';
import { createInspector } from '../inspect/mod.ts';
import { download } from './download.ts';
import type { Listener, Summary } from './events.ts';
import { RaceWatch } from './race-watch.ts';
import { inspectOptions } from './stage-options.ts';

export type Mode = 'sequential' | 'concurrent';

export interface RaceRun {
  readonly mode: Mode;
  readonly summary: Summary;
  readonly watch: RaceWatch;
}

export interface RaceDeps {
  readonly signal: AbortSignal;
  /** Runs of each mode. */
  readonly runs: number;
  /** Called before each run; `number` counts from 1 to twice `runs`. What it returns watches the run. */
  readonly onRun: (
    mode: Mode,
    number: number,
  ) => Promise<readonly Listener[]> | readonly Listener[];
}

/** What no run can be faster than, as far as this was measured. */
export interface Floor {
  readonly seconds: number;
  /** Requests of which each had to wait for the answer to the one before. */
  readonly chain: readonly FetchPurpose[];
  /** ms to the first byte, summed over the chain, each as fast as the fastest of its kind. */
  readonly answersMs: number;
  /** ms to open the fastest connection. */
  readonly connectMs: number;
  readonly bytes: number;
  /** Most bytes a second that bodies came with in any run; 0: they came too fast to tell. */
  readonly bytesPerSecond: number;
}

/** 1×1; decoding it starts what decoders share. */
const TINY_WEBP = 'UklGRhoAAABXRUJQVlA4TA4AAAAvAAAAAAcQEf0PRET/Aw==';

/** Which mode starts changes from pair to pair, so that neither always finds warm caches. */
export async function race(
  args: readonly string[],
  options: Options,
  { signal, runs, onRun }: RaceDeps,
): Promise<RaceRun[]> {
  if (options.dedupe === 'near') await warmUp(options, signal);
  const ended: RaceRun[] = [];
  for (let pair = 0; pair < runs; pair++) {
    const modes: Mode[] = ['sequential', 'concurrent'];
    for (const mode of pair % 2 === 0 ? modes : modes.reverse()) {
      const listeners = await onRun(mode, ended.length + 1);
      ended.push(await runOnce(args, options, mode, listeners, signal));
    }
  }
  return ended;
}

async function runOnce(
  args: readonly string[],
  options: Options,
  mode: Mode,
  listeners: readonly Listener[],
  signal: AbortSignal,
): Promise<RaceRun> {
  const out = await mkdtemp(join(tmpdir(), 'imgtrawl-race-'));
  try {
    const alone = { concurrency: 1, perHost: 1, workers: 1 };
    const own: Options = { ...options, out, ...(mode === 'sequential' && alone) };
    const watch = new RaceWatch(performance.now());
    const summary = await download(args, own, {
      signal,
      watch: [(event) => watch.watch(event), ...listeners],
      ...(mode === 'sequential' && { window: 1 }),
    });
    return { mode, summary, watch };
  } finally {
    await rm(out, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** What the first run would load for all of them. */
async function warmUp(options: Options, signal: AbortSignal): Promise<void> {
  await using inspector = createInspector({ ...inspectOptions(options), workers: 1, signal });
  await inspector.inspect(new Uint8Array(Buffer.from(TINY_WEBP, 'base64'))).catch(() => {});
  signal.throwIfAborted();
}

/** Answers that depend on each other, and all bytes at the highest speed that was seen. */
export function floorOf(runs: readonly RaceRun[]): Floor {
  const concurrent = runs.filter(({ mode }) => mode === 'concurrent');
  const chain = concurrent.map(({ watch }) => chainOf(watch)).reduce(shorter, undefined) ?? [];
  const answersMs = chain
    .map((purpose) => least(runs, ({ purposes }) => purposes.get(purpose)?.answer))
    .reduce((sum, ms) => sum + ms, 0);
  const connectMs = least(runs, (watch) => watch.connectMs);
  const bytes = median(concurrent.map(({ summary }) => summary.bytes));
  const bytesPerSecond = Math.max(...runs.map(({ watch }) => watch.fastest));
  const bodies = bytesPerSecond > 0 ? bytes / bytesPerSecond : 0;
  const seconds = (connectMs + answersMs) / 1000 + bodies;
  return { seconds, chain, answersMs, connectMs, bytes, bytesPerSecond };
}

/** A page names the images, and robots.txt allows them: unless that was asked for beside the page. */
function chainOf({ purposes }: RaceWatch): FetchPurpose[] {
  const chain: FetchPurpose[] = [];
  let since = Number.NEGATIVE_INFINITY;
  for (const purpose of ['manifest', 'page', 'robots', 'image'] as const) {
    const times = purposes.get(purpose);
    if (!times || times.sent < since) continue;
    chain.push(purpose);
    since = times.done;
  }
  return chain;
}

const shorter = (best: FetchPurpose[] | undefined, one: FetchPurpose[]): FetchPurpose[] =>
  best === undefined || one.length < best.length ? one : best;

/** Over all runs; 0 where nothing was measured. */
function least(runs: readonly RaceRun[], of: (watch: RaceWatch) => number | undefined): number {
  const all = runs.map(({ watch }) => of(watch) ?? Number.POSITIVE_INFINITY);
  const found = Math.min(...all);
  return Number.isFinite(found) ? found : 0;
}

/** 0 of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(half) - 1] ?? 0, sorted[Math.floor(half)] ?? 0];
  return (low + high) / 2;
}
