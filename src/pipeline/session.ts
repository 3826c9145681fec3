/**
 * What outlives one list of sources: the folder, the sockets, the workers, what is known of duplicates.
 * `download` uses one for a single list; a worker on a queue for one shard after the other.
 */
import { AsyncPool, ByteBudget, KeyedLimiter } from '../concurrency/mod.ts';
import type { Options } from '../config/schema.ts';
import { Deduper } from '../dedupe/mod.ts';
import type { TrawlError } from '../errors.ts';
import { addressFilter } from '../extract/filter.ts';
import { FetchPool } from '../fetch/mod.ts';
import { createInspector, type Inspector } from '../inspect/mod.ts';
import type { ImageRecord } from '../model.ts';
import type { Claims } from './claims.ts';
import type { FindContext, Found } from './context.ts';
import { shownUrl } from './data-url.ts';
import type { EventStream } from './events.ts';
import { Finder } from './find.ts';
import { shardFilter } from './shard-filter.ts';
import { Shelf, type Written } from './shelf.ts';
import { extractOptions, fetchOptions, inspectOptions } from './stage-options.ts';
import { ImageTaker } from './take-image.ts';

export interface SessionDeps {
  /** For the catalog's list of runs. */
  readonly sources: readonly string[];
  readonly events: EventStream;
  readonly signal: AbortSignal;
  /** The folder was taken over by another run. */
  readonly onLost: (error: TrawlError) => void;
  /** Keeps each image once across machines. Near duplicates then stay until `merge`. */
  readonly claims?: Claims;
  /** Pictures under way at the same time. Default 256. */
  readonly window?: number;
}

/** Pictures that are under way at the same time, from the request to the saved file, at most. */
const WINDOW = 256;
/** Bytes of images that come in, wait for a worker, are looked at or stored; one alone may be larger. */
const IMAGE_BYTES = 48e6;

export class Session implements AsyncDisposable {
  readonly shelf: Shelf;
  readonly inspector: Inspector;
  readonly #options: Options;
  readonly #deps: SessionDeps;
  readonly #parts: AsyncDisposableStack;
  readonly #find: FindContext;
  #deduper: Deduper | undefined;
  readonly #budget = new ByteBudget(IMAGE_BYTES);

  private constructor(
    options: Options,
    deps: SessionDeps,
    parts: { shelf: Shelf; inspector: Inspector; find: FindContext; stack: AsyncDisposableStack },
  ) {
    this.#options = options;
    this.#deps = deps;
    this.shelf = parts.shelf;
    this.inspector = parts.inspector;
    this.#find = parts.find;
    this.#parts = parts.stack;
  }

  /** Throws TrawlError for what cannot be; everything that can be refused is, before the first request. */
  static async open(options: Options, deps: SessionDeps): Promise<Session> {
    const { events, signal, sources, onLost } = deps;
    const extract = extractOptions(options);
    const wanted = addressFilter(options.include, options.exclude);
    const mine = shardFilter(options.shard);
    const { names, wait } = options;
    const links = options.dedupe !== 'off' && options.onDuplicate === 'hardlink';
    const stack = new AsyncDisposableStack();
    try {
      const onWritten = (written: Written) => events.emit({ type: 'written', ...written });
      const shelving = { names, links, wait, sources, signal, onLost, onWritten };
      const shelf = stack.use(await Shelf.open(options.out, shelving));
      const fetching = fetchOptions(options, shelf.partialDir);
      const inspector = stack.use(
        createInspector({
          ...inspectOptions(options),
          signal,
          onEvent: (event) => events.emit({ type: 'worker', event }),
        }),
      );
      // The first page is on its way while the workers start. Where there are images already, the
      // usual run finds nothing new, and workers start with the first body that comes.
      if (options.dedupe === 'near' && shelf.isEmpty) void inspector.warm().catch(() => {});
      const pool = stack.use(
        new FetchPool(fetching, {
          signal,
          onEvent: (event) => events.emit({ type: 'fetch', event }),
        }),
      );
      const find: FindContext = {
        ...{ options, extract, pool, events, signal, wanted, mine },
        documents: shelf.documents(options, extract),
        failedBefore: (url) => shelf.holdings.failedBefore(shownUrl(url)),
        imageBefore: (url) => shelf.holdings.imageBefore(shownUrl(url)),
      };
      return new Session(options, deps, { shelf, inspector, find, stack });
    } catch (error) {
      await stack.disposeAsync();
      throw error;
    }
  }

  /** Made when the first body arrives: to read 5,000 images of earlier runs takes a second. */
  get deduper(): Deduper {
    if (this.#deduper) return this.#deduper;
    const { dedupe, nearThreshold } = this.#options;
    const mode = this.#deps.claims === undefined ? dedupe : 'exact';
    const thumbnailOf = (sha256: string) => this.shelf.thumbnail(sha256);
    this.#deduper = new Deduper({ mode, nearThreshold, thumbnailOf });
    if (mode !== 'off') this.#deduper.load(this.shelf.knownImages());
    return this.#deduper;
  }

  /** What came of each picture that `find` names. Throws TrawlError for what ends the run. */
  async *images(find: (finder: Finder) => AsyncIterable<Found>): AsyncGenerator<ImageRecord, void> {
    const { signal, events, claims, window = WINDOW } = this.#deps;
    const finder = new Finder(this.#find);
    const taker = new ImageTaker({
      options: this.#options,
      pool: this.#find.pool,
      inspector: this.inspector,
      deduper: () => this.deduper,
      shelf: this.shelf,
      finder,
      budget: this.#budget,
      events,
      signal,
      ...(claims && { claims }),
    });
    await using images = new AsyncPool<Found, ImageRecord | undefined>({
      run: (found) => taker.take(found),
      limiter: new KeyedLimiter({ total: window, perKey: window }),
      keyOf: () => '',
      window,
      signal,
    });
    const found = reserved(find(finder), this.shelf);
    const inOrder = this.#options.order === 'submitted';
    for await (const outcome of inOrder ? images.map(found) : images.asCompleted(found)) {
      if (!outcome.ok) throw outcome.error;
      if (outcome.value !== undefined) yield outcome.value;
    }
    signal.throwIfAborted();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#parts.disposeAsync();
  }
}

/** Names are given in the order in which the sources name the images. */
async function* reserved(images: AsyncIterable<Found>, shelf: Shelf): AsyncGenerator<Found> {
  for await (const found of images) {
    shelf.reserveName(shownUrl(found.ref.candidates[0].url));
    yield found;
  }
}
