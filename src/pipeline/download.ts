/** Runs one `get` job from sources to the folder. */
import { AsyncPool, ByteBudget, KeyedLimiter } from '../concurrency/mod.ts';
import type { Options } from '../config/schema.ts';
import { Deduper } from '../dedupe/mod.ts';
import { TrawlError } from '../errors.ts';
import { addressFilter } from '../extract/filter.ts';
import { FetchPool } from '../fetch/mod.ts';
import { createInspector } from '../inspect/mod.ts';
import type { ImageRecord } from '../model.ts';
import type { Found } from './context.ts';
import { shownUrl } from './data-url.ts';
import { EventStream, type Listener, type Summary } from './events.ts';
import { Finder } from './find.ts';
import { Shelf } from './shelf.ts';
import { extractOptions, fetchOptions, inspectOptions } from './stage-options.ts';
import { ImageTaker } from './take-image.ts';
import { Tally } from './tally.ts';

export interface DownloadDeps {
  readonly signal: AbortSignal;
  readonly watch: readonly Listener[];
}

/** Pictures that are under way at the same time, from the request to the saved file. */
const WINDOW = 256;
/** Bytes of images that wait for a worker or are being looked at. */
const DECODE_BYTES = 128e6;

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
  for (const listener of deps.watch) events.subscribe(listener);

  const ending = new AbortController();
  const signals = [deps.signal, ending.signal];
  if (options.maxTime !== undefined) signals.push(timeLimit(options.maxTime));
  const signal = AbortSignal.any(signals);

  // Everything that can be refused is refused before the first request.
  const extract = extractOptions(options);
  const wanted = addressFilter(options.include, options.exclude);
  const { names, wait } = options;
  const onLost = (error: TrawlError) => ending.abort(error);
  const shelving = { names, wait, sources: args, signal, onLost };
  await using shelf = await Shelf.open(options.out, shelving);
  const fetching = fetchOptions(options, shelf.partialDir);
  await using inspector = createInspector({
    ...inspectOptions(options),
    signal,
    onEvent: (event) => events.emit({ type: 'worker', event }),
  });
  // The first page is on its way while the workers start.
  if (options.dedupe === 'near') void inspector.warm().catch(() => {});
  await using pool = new FetchPool(fetching, {
    signal,
    onEvent: (event) => events.emit({ type: 'fetch', event }),
  });

  const deduper = new Deduper({
    mode: options.dedupe,
    nearThreshold: options.nearThreshold,
    thumbnailOf: (sha256) => shelf.thumbnail(sha256),
  });
  if (options.dedupe !== 'off') deduper.load(shelf.knownImages());
  const finder = new Finder({ options, extract, pool, events, signal, wanted });
  const budget = new ByteBudget(DECODE_BYTES);
  const taker = new ImageTaker({
    options,
    pool,
    inspector,
    deduper,
    shelf,
    finder,
    budget,
    events,
    signal,
  });
  await using images = new AsyncPool<Found, ImageRecord | undefined>({
    run: (found) => taker.take(found),
    limiter: new KeyedLimiter({ total: WINDOW, perKey: WINDOW }),
    keyOf: () => '',
    window: WINDOW,
    signal,
  });

  try {
    const found = reserved(finder.images(args), shelf);
    const outcomes = options.order === 'submitted' ? images.map(found) : images.asCompleted(found);
    for await (const outcome of outcomes) {
      if (!outcome.ok) throw outcome.error;
      if (outcome.value !== undefined) events.emit({ type: 'image', record: outcome.value });
    }
    signal.throwIfAborted();
  } catch (error) {
    ending.abort(error);
    shelf.end(error instanceof TrawlError ? error.code : 'internal', emitSummary());
    throw signal.aborted ? signal.reason : error;
  }
  const summary = emitSummary();
  shelf.end('done', summary);
  return summary;

  function emitSummary(): Summary {
    const summary = tally.summary((performance.now() - started) / 1000);
    events.emit({ type: 'summary', summary });
    return summary;
  }
}

/** Names are given in the order in which the sources name the images. */
async function* reserved(images: AsyncIterable<Found>, shelf: Shelf): AsyncGenerator<Found> {
  for await (const found of images) {
    shelf.reserveName(shownUrl(found.ref.candidates[0].url));
    yield found;
  }
}

function timeLimit(seconds: number): AbortSignal {
  const controller = new AbortController();
  const error = new TrawlError('run-limit', `The run reached --max-time ${seconds} s`);
  setTimeout(() => controller.abort(error), seconds * 1000).unref();
  return controller.signal;
}
