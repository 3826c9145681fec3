/** Runs one `get` job from sources to the folder. */
import process from 'node:process';
import { follow } from '../concurrency/on-abort.ts';
import type { Options } from '../config/schema.ts';
import { TrawlError } from '../errors.ts';
import { classifyArguments } from '../sources/mod.ts';
import type { Found } from './context.ts';
import { EventStream, type Listener, type Summary } from './events.ts';
import { judge } from './judge.ts';
import { type ConfirmPrune, prune } from './prune.ts';
import { Session } from './session.ts';
import { Tally } from './tally.ts';

export interface DownloadDeps {
  readonly signal: AbortSignal;
  readonly watch: readonly Listener[];
  /** Pictures under way at the same time, from the request to the saved file. Default 256. */
  readonly window?: number;
  /** Asked before `--prune` removes anything. Default: no. */
  readonly confirmPrune?: ConfirmPrune;
  /** Fetch these instead of what the sources name. */
  readonly found?: readonly Found[];
}

/**
 * Throws TrawlError for what ends the run; what was saved until then stays, and is in the catalog.
 */
export async function download(
  args: readonly string[],
  options: Options,
  deps: DownloadDeps,
): Promise<Summary> {
  const started = performance.now();
  const events = new EventStream();
  const tally = new Tally();
  events.subscribe((event) => tally.watch(event));
  const { watch, verdict } = judge(options);
  events.subscribe(watch);
  for (const listener of deps.watch) events.subscribe(listener);

  const ending = new AbortController();
  const { signal } = ending;
  using ends = new DisposableStack();
  ends.defer(follow(deps.signal, ending));
  if (options.maxTime !== undefined) limitTime(options.maxTime, ending);

  const onLost = (error: TrawlError) => ending.abort(error);
  // Before the folder is made: a typing error leaves nothing behind.
  if (deps.found === undefined) await classifyArguments(args, process.cwd());
  const { window } = deps;
  await using session = await Session.open(options, {
    ...{ sources: args, events, signal, onLost },
    ...(window !== undefined && { window }),
  });
  try {
    const { found } = deps;
    for await (const record of session.images((finder) =>
      found ? listed(found) : finder.images(args),
    )) {
      events.emit({ type: 'image', record });
    }
    if (options.prune) {
      const { sourcesFailed } = tally.summary(0);
      const confirm = deps.confirmPrune ?? (async () => false);
      await prune(session.shelf, events, { sourcesFailed, confirm });
    }
  } catch (error) {
    ending.abort(error);
    session.shelf.end(error instanceof TrawlError ? error.code : 'internal', emitSummary());
    throw signal.aborted ? signal.reason : error;
  }
  const summary = emitSummary();
  session.shelf.end('done', summary);
  return summary;

  function emitSummary(): Summary {
    const seconds = (performance.now() - started) / 1000;
    const summary = { ...tally.summary(seconds), verdict: verdict() };
    events.emit({ type: 'summary', summary });
    return summary;
  }
}

async function* listed(found: readonly Found[]): AsyncGenerator<Found> {
  yield* found;
}

function limitTime(seconds: number, ending: AbortController): void {
  const error = new TrawlError('run-limit', `The run reached --max-time ${seconds} s`);
  setTimeout(() => ending.abort(error), seconds * 1000).unref();
}
