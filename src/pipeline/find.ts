/**
 * From the user's arguments to a stream of pictures: opens sources, reads pages and manifests a few
 * at a time, and follows links. It reads on only when there is room behind it.
 */
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { map } from '../concurrency/mod.ts';
import { toTrawlError } from '../errors.ts';
import { redactUrl } from '../fetch/mod.ts';
import type { Fetched, ImageRef } from '../model.ts';
import { type OpenedSource, openSources, readWhole } from '../sources/mod.ts';
import { asFetched } from './body.ts';
import { Channel } from './channel.ts';
import type { FindContext, Found, Page } from './context.ts';
import { Crawl } from './crawl.ts';
import { itemImages } from './items.ts';
import { loadExtract } from './load-extract.ts';
import { readPage } from './read-page.ts';
import { Seen } from './seen.ts';
import { sheetImages } from './sheets.ts';
import { sourceOptions } from './source-options.ts';

/** Pages that are read at the same time. */
const PAGES_AT_ONCE = 8;
/** Pictures that wait for the fetch pool, and pages that wait to be read. */
const AHEAD = 256;

export class Finder {
  readonly #context: FindContext;
  readonly #found = new Channel<Found>(AHEAD);
  readonly #pages = new Channel<Page>(AHEAD);
  readonly #seen = new Seen();
  readonly #crawl: Crawl;
  /** Who may still add pages: the sources, each page in hand, each address that may be a page. */
  #open = 1;
  /** Of these, listed addresses that nobody has fetched yet. */
  #undecided = 0;
  #known = 0;

  constructor(context: FindContext) {
    this.#context = context;
    this.#crawl = new Crawl(context);
  }

  /** Every picture once, in the order of the sources. */
  images(args: readonly string[]): AsyncGenerator<Found, void> {
    return this.#stream(() => this.#readSources(args));
  }

  /** The same for pictures that somebody found before; `name` is for messages. */
  given(name: string, founds: Iterable<Found>): AsyncGenerator<Found, void> {
    return this.#stream(() => this.#pushAll(name, founds).finally(() => this.#ended()));
  }

  async *#stream(read: () => Promise<void>): AsyncGenerator<Found, void> {
    const work = Promise.all([read(), this.#readPages()]).then(
      () => this.#found.close(),
      (error) => {
        this.#pages.close();
        this.#found.fail(error);
      },
    );
    try {
      yield* this.#found;
    } finally {
      this.#pages.close();
      this.#found.close();
      await work;
      this.#seen[Symbol.dispose]();
    }
  }

  /** An address that may have been a page is one. Its body is taken over. */
  addPage(fetched: Fetched): void {
    const page = { url: fetched.url, named: true, depth: 0, fetched };
    if (this.#crawl.claim(page.url)) this.#queue(page);
  }

  /** An address that may have been a page has been dealt with. */
  settle(): void {
    this.#undecided--;
    if (--this.#open === 0) this.#pages.close();
  }

  /** The sources are read, or a page is. */
  #ended(): void {
    if (--this.#open === 0) this.#pages.close();
    // Addresses that may turn out to be pages hardly ever do.
    if (this.#open === this.#undecided) this.#context.events.emit({ type: 'all-found' });
  }

  async #readSources(args: readonly string[]): Promise<void> {
    const { options, events } = this.#context;
    const deps = { stdin: () => process.stdin, cwd: process.cwd() };
    try {
      for await (const source of openSources(args, sourceOptions(options), deps)) {
        try {
          await this.#readSource(source);
        } catch (caught) {
          const error = toTrawlError(caught, 'source-unreadable');
          if (error.kind === 'abort') throw error;
          events.emit({ type: 'source-failed', source: nameOf(source), error });
        }
      }
    } finally {
      this.#ended();
    }
  }

  async #readSource(source: OpenedSource): Promise<void> {
    switch (source.kind) {
      case 'failed':
        throw source.error;
      case 'url': {
        const page = { url: source.url, named: true, depth: 0, shared: true };
        const { imageBefore = () => false, mine } = this.#context;
        if (imageBefore(source.url) && mine(source.url)) {
          // Asked for as an image, it is not sent again when it has not changed.
          await this.#pushAll(source.url, [namedImage(source.url)]);
        } else await this.#followInTurn(page);
        for (const sitemap of await this.#crawl.sitemaps(source.url)) {
          this.#queue({ ...sitemap, shared: true });
        }
        return;
      }
      case 'items': {
        const manifest = { name: source.name, named: true, shared: true };
        const addPage = (page: Page) => this.#followInTurn(page);
        return this.#pushAll(
          source.name,
          itemImages(source.batches, manifest, this.#context, addPage),
        );
      }
      case 'local-page':
        if (!this.#context.mine(source.baseUrl ?? source.name)) return;
        return this.#pushAll(source.name, await this.#localPage(source));
      case 'local-image':
        if (!this.#context.mine(source.name)) return this.#leave(source.bytes);
        return this.#pushAll(source.name, [
          await localImage(source, this.#context.options.maxBytes),
        ]);
    }
  }

  /** Another machine's: the file behind it is closed. */
  async #leave(bytes: AsyncIterable<Uint8Array>): Promise<void> {
    await bytes[Symbol.asyncIterator]().return?.();
  }

  async #localPage(source: Extract<OpenedSource, { kind: 'local-page' }>): Promise<Found[]> {
    const { baseUrl } = source;
    // Without --base-url only absolute addresses mean anything.
    const url = baseUrl ?? 'about:blank';
    const { extractPage } = await loadExtract();
    const page = extractPage({ html: await source.read(), url }, this.#context.extract);
    const refs = [...page.images, ...(await sheetImages(page, url, this.#context))];
    return refs.map(({ page: _, ...ref }) => ({
      ref: baseUrl === undefined ? ref : { ...ref, page: baseUrl },
      named: false,
      mayBePage: false,
    }));
  }

  async #readPages(): Promise<void> {
    const { events, signal } = this.#context;
    const visitor = {
      addPage: (page: Page, manifest: string) => {
        if (this.#crawl.claimListed(page.url, manifest)) this.#queue(page);
      },
      visited: (...visit: Parameters<Crawl['links']>) => {
        const isNew = this.#crawl.isNew(...visit);
        for (const page of isNew ? this.#crawl.links(...visit) : []) this.#queue(page);
        return isNew;
      },
    };
    const outcomes = map(this.#pages, {
      submit: (page) => readPage(page, this.#context, visitor),
      window: PAGES_AT_ONCE,
      signal,
    });
    for await (const outcome of outcomes) {
      try {
        if (!outcome.ok) throw outcome.error;
        await this.#pushAll(outcome.task.url, outcome.value);
      } catch (caught) {
        const error = toTrawlError(caught);
        if (error.kind === 'abort') throw error;
        if (outcome.task.optional) continue;
        events.emit({ type: 'source-failed', source: redactUrl(outcome.task.url), error });
      } finally {
        this.#ended();
      }
    }
  }

  async #pushAll(source: string, founds: Iterable<Found> | AsyncIterable<Found>): Promise<void> {
    const { wanted, failedBefore = () => false, options } = this.#context;
    let images = 0;
    for await (const found of Array.isArray(founds) ? failedFirst(founds, failedBefore) : founds) {
      images++;
      const { url } = found.ref.candidates[0];
      if (!wanted(url) || !this.#seen.add(url)) continue;
      if (options.retryFailed && !failedBefore(url)) continue;
      if (found.mayBePage) {
        this.#open++;
        this.#undecided++;
      }
      this.#context.events.emit({ type: 'found', known: ++this.#known });
      await this.#found.push(found);
    }
    this.#context.events.emit({ type: 'source', source: redactUrl(source), images });
  }

  /** Waits while many pages wait: only for the reader of sources, which no page waits for. */
  async #followInTurn(page: Page): Promise<void> {
    if (!this.#crawl.claim(page.url)) return;
    this.#open++;
    await this.#pages.push(page);
  }

  #queue(page: Page): void {
    this.#open++;
    this.#pages.add(page);
  }
}

/** What failed the last time may be gone the next: it goes first. */
function failedFirst(founds: readonly Found[], failed: (url: string) => boolean): Found[] {
  const before = founds.filter((found) => failed(found.ref.candidates[0].url));
  return before.length === 0 ? [...founds] : [...new Set([...before, ...founds])];
}

const nameOf = (source: OpenedSource): string =>
  redactUrl(source.kind === 'url' ? source.url : source.name);

function namedImage(url: string): Found {
  const ref: ImageRef = { group: 1, candidates: [{ url, from: 'source' }] };
  return { ref, named: true, mayBePage: true };
}

/** An image file of the user's, as if it had been fetched. */
async function localImage(
  source: Extract<OpenedSource, { kind: 'local-image' }>,
  maxBytes: number,
): Promise<Found> {
  const bytes = new Uint8Array(await readWhole(source.bytes, maxBytes, source.name));
  const url = source.path === undefined ? 'file:///stdin' : pathToFileURL(source.path).href;
  const ref: ImageRef = { group: 1, candidates: [{ url, from: 'file' }] };
  const fetched = asFetched(url, bytes, { space: 'local', attempts: 1 });
  return { ref, named: true, mayBePage: false, fetched };
}
