/** One picture's way: fetched, looked at, compared, stored. */
import { type ByteBudget, free, type Lease } from '../concurrency/mod.ts';
import type { Options } from '../config/schema.ts';
import type { Deduper } from '../dedupe/mod.ts';
import { TrawlError, toTrawlError } from '../errors.ts';
import type { FetchPool } from '../fetch/mod.ts';
import { type Inspector, inspectHeader } from '../inspect/mod.ts';
import type { Candidate, Fetched, ImageRecord, Inspection } from '../model.ts';
import { freeBody, peekBody } from './body.ts';
import type { Claims } from './claims.ts';
import type { Found } from './context.ts';
import { dataImage, shownUrl } from './data-url.ts';
import type { EventStream } from './events.ts';
import type { Finder } from './find.ts';
import { forbidding } from './forbidding.ts';
import type { Held } from './holdings.ts';
import { keepImage, keptElsewhere } from './keep-image.ts';
import type { Shelf } from './shelf.ts';
import { tooSmall } from './too-small.ts';

export interface TakerContext {
  readonly options: Options;
  readonly pool: FetchPool;
  readonly inspector: Inspector;
  readonly deduper: () => Deduper;
  readonly shelf: Shelf;
  readonly finder: Finder;
  readonly budget: ByteBudget;
  readonly events: EventStream;
  readonly signal: AbortSignal;
  /** Keeps each image once across several folders. */
  readonly claims?: Claims;
}

/** What an image's own header says against taking it. */
const IMAGE = ['noimageindex', 'noai', 'noimageai', 'noindex'] as const;
/** Addresses tried for one picture: a hostile page could name thousands. */
const MAX_CANDIDATES = 6;
/** Reserved for a body of which nothing is known yet. */
const EXPECTED_BYTES = 256 * 1024;

export class ImageTaker {
  readonly #context: TakerContext;
  /** The same bytes under several addresses are looked at once. */
  readonly #looking = new Map<string, Promise<Inspection>>();

  constructor(context: TakerContext) {
    this.#context = context;
  }

  /**
   * Never rejects but for what ends the run. Undefined when the address was a page, whose pictures
   * come by themselves.
   */
  async take(found: Found): Promise<ImageRecord | undefined> {
    const started = performance.now();
    const { finder, shelf } = this.#context;
    const { candidates, page } = found.ref;
    let attempts = 0;
    let failure: TrawlError | undefined;
    try {
      for (const candidate of candidates.slice(0, MAX_CANDIDATES)) {
        try {
          const record = await this.#takeCandidate(found, candidate, started);
          return record && { ...record, attempts: record.attempts + attempts };
        } catch (caught) {
          const error = toTrawlError(caught);
          if (error.kind === 'abort') throw error;
          attempts += error.attempts;
          // What the user wants to know is why the best one failed.
          failure ??= error;
        }
      }
    } finally {
      if (found.mayBePage) finder.settle();
    }
    const { code, message } = failure as TrawlError;
    const record: ImageRecord = {
      url: shownUrl(candidates[0].url),
      ...(page !== undefined && { page }),
      status: 'failed',
      error: { code, message },
      attempts,
      ms: Math.round(performance.now() - started),
    };
    shelf.record(record, { found });
    return record;
  }

  async #takeCandidate(
    found: Found,
    candidate: Candidate,
    started: number,
  ): Promise<ImageRecord | undefined> {
    const { budget, deduper, finder, options, pool, shelf, signal } = this.#context;
    const { url } = candidate;
    const { page, space } = found.ref;
    if (found.barred !== undefined) {
      throw new TrawlError('robots', `${page} asks not to take its images (${found.barred})`);
    }
    const shown = shownUrl(url);
    const { held, lost } = await shelf.holdings.of(shown);
    // What was too small once may not be any more.
    const known =
      held?.isFiltered && tooSmall(held.record, options) === undefined ? undefined : held;
    if (lost !== undefined) deduper().forget(lost);
    const about = { url: shown, ...(page !== undefined && { page }) };
    const ms = () => Math.round(performance.now() - started);
    if (known && !options.refresh && isFresh(known, options.maxAge)) {
      const record = await this.#unchanged(known, { ...about, attempts: 0, ms: ms() });
      shelf.record(record, { found, fetchedAt: known.fetchedAt });
      return record;
    }
    let sent = 0;
    for (let round = 0; ; round++) {
      using lease = await budget.reserve(EXPECTED_BYTES, signal);
      const fetched =
        (round === 0 ? found.fetched : undefined) ??
        dataImage(url) ??
        (await pool.submit({
          url,
          purpose: 'image',
          named: found.named,
          ...(page !== undefined && { referrer: page }),
          ...(space !== undefined && { space }),
          ...(known && !options.refresh && { validators: known.validators }),
        }));
      countBody(lease, fetched);
      sent += fetched.attempts;
      if (known && fetched.status === 304) {
        const record = await this.#unchanged(known, { ...about, attempts: sent, ms: ms() });
        shelf.record(record, { fetched, found });
        return record;
      }
      try {
        if (found.mayBePage && isPage(fetched)) {
          finder.addPage(fetched);
          return undefined;
        }
        this.#checkRobots(fetched, found.named);
        const held = await this.#context.claims?.holder(fetched.sha256);
        if (held && !held.mine) {
          const elsewhere = keptElsewhere({ ...about, attempts: sent, ms: ms() }, fetched, held);
          await freeBody(fetched);
          shelf.record(elsewhere, { fetched, found });
          return elsewhere;
        }
        const inspection = await this.#look(fetched);
        const arrived = {
          fetched,
          inspection,
          about: { ...about, attempts: sent, ms: ms() },
          found,
          known,
        };
        return await keepImage(arrived, this.#context);
      } catch (caught) {
        const error = toTrawlError(caught);
        error.attempts = sent;
        // A cut image may come whole the next time, like a cut connection.
        const again = error.code === 'truncated' && round < options.retries && /^https?:/.test(url);
        if (!again) {
          if (options.keepDamaged && (error.code === 'truncated' || error.code === 'damaged')) {
            await shelf.keepDamaged(fetched);
          }
          await freeBody(fetched);
          throw error;
        }
        await freeBody(fetched);
      }
    }
  }

  /** The record of an image that is as it was: on the disk, or still too small to be there. */
  async #unchanged(
    held: Held,
    about: Pick<ImageRecord, 'url' | 'page' | 'attempts' | 'ms'>,
  ): Promise<ImageRecord> {
    const { options, shelf } = this.#context;
    const { isFiltered, record } = held;
    const message = isFiltered ? tooSmall(record, options) : undefined;
    if (message !== undefined) {
      return { ...record, ...about, status: 'filtered', error: { code: 'too-small', message } };
    }
    const file = await shelf.duplicates.linkUnchanged(about.url, record.sha256);
    return { ...record, ...about, ...(file !== undefined && { file }), status: 'unchanged' };
  }

  #checkRobots(fetched: Fetched, named: boolean): void {
    if (!this.#context.options.robots || named) return;
    const which = forbidding(IMAGE, fetched.robotsTag);
    if (which)
      throw new TrawlError(
        'robots',
        `${fetched.url} asks not to be taken (X-Robots-Tag: ${which})`,
      );
  }

  /** Decodes in a worker when pictures are compared; else the header tells enough. */
  #look(fetched: Fetched): Promise<Inspection> {
    const { sha256 } = fetched;
    const current = this.#looking.get(sha256);
    if (current) return current;
    const looking = this.#inspect(fetched).finally(() => this.#looking.delete(sha256));
    this.#looking.set(sha256, looking);
    return looking;
  }

  async #inspect(fetched: Fetched): Promise<Inspection> {
    const { options, inspector, budget, signal } = this.#context;
    const { body } = fetched;
    // The last look at them: from here on, the file is moved as it is.
    using copy = body.in === 'file' ? body.copy : undefined;
    const read = body.in === 'file' && copy?.bytes === undefined;
    using _lease = read ? await budget.reserve(fetched.bytes, signal) : undefined;
    const bytes = await peekBody(fetched);
    try {
      if (options.dedupe !== 'near') return inspectHeader(bytes, options.maxPixels);
      return await inspector.inspect(bytes, { name: shownUrl(fetched.url) });
    } finally {
      if (read) free(bytes);
    }
  }
}

/** What it takes in memory, now that it is there; read from its file, it is counted anew. */
function countBody(lease: Lease, { body }: Fetched): void {
  const more = (body.in === 'memory' ? body.bytes.length : 0) - lease.bytes;
  if (more > 0) lease.grow(more);
  else lease.shrink(-more);
}

/** Where a server gives no validators, the user says how long what it gave is good for. */
function isFresh({ validators, fetchedAt }: Held, maxAge: number | undefined): boolean {
  if (maxAge === undefined || Object.keys(validators).length > 0) return false;
  return Date.now() - fetchedAt < maxAge * 1000 && fetchedAt <= Date.now();
}

/** An HTML page, by what the server says and what the bytes are. */
function isPage({ contentType, body }: Fetched): boolean {
  if (!/^\s*(?:text\/html|application\/xhtml\+xml)/i.test(contentType ?? '')) return false;
  if (body.in === 'file') return true;
  return /^\s*(?:<!--|<!doctype\s+html|<html|<head|<body|<\?xml|<[a-z])/i.test(
    new TextDecoder('latin1')
      .decode(body.bytes.subarray(0, 512))
      .replace(/^\u00ef\u00bb\u00bf/, ''),
  );
}
