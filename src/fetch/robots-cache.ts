/** robots.txt of every origin that a run meets: asked for once, kept for a day. */
import { type Clock, systemClock } from '../concurrency/clock.ts';
import { TrawlError } from '../errors.ts';
import { parseRobots, type RobotsCheck, type RobotsFile } from './robots.ts';

export interface RobotsCacheOptions {
  /**
   * Gets a text, following redirects and ending by itself in bounded time. Any HTTP status is an
   * answer; rejecting means that there was none.
   */
  readonly fetchText: (
    url: string,
    signal: AbortSignal,
  ) => Promise<{ readonly status: number; readonly body: string }>;
  /** Product token or whole User-Agent. */
  readonly agent: string;
  /** Bytes of a file that are read, the rest is ignored. Default 500 KiB, the least RFC 9309 2.5 asks for. */
  readonly maxBytes?: number;
  /** Origins remembered; the least recently used is forgotten. Default 1000. */
  readonly maxOrigins?: number;
  readonly clock?: Clock;
}

export interface RobotsAnswer extends RobotsCheck {
  readonly sitemaps: readonly string[];
}

/** RFC 9309 2.4: no longer than 24 hours. */
const KEEP_MS = 24 * 3_600_000;
/** An origin that failed is asked again sooner, or a restarting server would cost a day. */
const KEEP_FAILURE_MS = 5 * 60_000;
/** Text of all remembered files together. Parsed, a hostile file takes some 15 times its length. */
const MAX_TOTAL_LENGTH = 8 * 1024 * 1024;

interface Entry {
  /** Resolves for network failures too (to "all forbidden"); rejects only when the run is ending. */
  readonly file: Promise<RobotsFile>;
  /** Ends the request; used when every caller that waits for it has gone. */
  readonly abort: AbortController;
  waiting: number;
  /** Clock time in ms; infinite while the request runs. */
  expires: number;
  length: number;
}

export class RobotsCache {
  readonly #options: RobotsCacheOptions;
  readonly #clock: Clock;
  /** In order of use, the latest last. */
  readonly #entries = new Map<string, Entry>();
  #totalLength = 0;

  constructor(options: RobotsCacheOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Whether the address may be fetched. Rejects with the signal's reason when that aborts first. */
  async check(url: string, signal?: AbortSignal): Promise<RobotsAnswer> {
    signal?.throwIfAborted();
    const { origin, protocol, pathname, search } = new URL(url);
    if (protocol !== 'http:' && protocol !== 'https:') return { allowed: true, sitemaps: [] };
    const entry = this.#entry(origin);
    const file = await this.#wait(origin, entry, signal);
    return { ...file.check(pathname + search, this.#options.agent), sitemaps: file.sitemaps };
  }

  #entry(origin: string): Entry {
    const known = this.#entries.get(origin);
    if (known !== undefined) this.#forget(origin, known);
    const entry =
      known !== undefined && this.#clock.now() < known.expires ? known : this.#load(origin);
    this.#entries.set(origin, entry);
    this.#totalLength += entry.length;
    this.#shrink();
    return entry;
  }

  /** Waits for the shared request without letting one caller's abort end it for the others. */
  async #wait(origin: string, entry: Entry, signal?: AbortSignal): Promise<RobotsFile> {
    entry.waiting++;
    try {
      if (signal === undefined) return await entry.file;
      using disposer = new DisposableStack();
      const aborted = new Promise<never>((_, reject) => {
        const stop = () => reject(signal.reason);
        signal.addEventListener('abort', stop, { once: true });
        disposer.defer(() => signal.removeEventListener('abort', stop));
      });
      return await Promise.race([entry.file, aborted]);
    } finally {
      entry.waiting--;
      if (entry.waiting === 0 && entry.expires === Number.POSITIVE_INFINITY) {
        this.#forget(origin, entry);
        entry.abort.abort(signal?.reason);
      }
    }
  }

  #load(origin: string): Entry {
    const abort = new AbortController();
    const file = this.#request(origin, abort.signal).then(
      ({ text, failed }) => {
        entry.expires = this.#clock.now() + (failed ? KEEP_FAILURE_MS : KEEP_MS);
        entry.length = text.length;
        if (this.#entries.get(origin) === entry) this.#totalLength += text.length;
        this.#shrink();
        return failed ? forbidAll(text) : parseRobots(text);
      },
      (error: unknown) => {
        this.#forget(origin, entry);
        throw error;
      },
    );
    // When every caller has gone, nobody is left to see it fail.
    file.catch(() => {});
    const entry: Entry = {
      file,
      abort,
      waiting: 0,
      expires: Number.POSITIVE_INFINITY,
      length: 0,
    };
    return entry;
  }

  /** The text of the file, or why there is none (`failed`). */
  async #request(origin: string, signal: AbortSignal): Promise<{ text: string; failed: boolean }> {
    try {
      const { status, body } = await this.#options.fetchText(`${origin}/robots.txt`, signal);
      // RFC 9309 2.3.1.4: a server in trouble forbids everything.
      if (status >= 500) return { text: `robots.txt answered ${status}`, failed: true };
      // 2.3.1.3: whatever else is not a file (missing, refused, too many redirects) forbids nothing.
      if (status < 200 || status >= 300) return { text: '', failed: false };
      return { text: head(body, this.#options.maxBytes ?? 500 * 1024), failed: false };
    } catch (error) {
      if (signal.aborted || (error instanceof TrawlError && error.kind === 'abort')) throw error;
      const code = error instanceof TrawlError ? error.code : 'no answer';
      return { text: `robots.txt could not be read (${code})`, failed: true };
    }
  }

  #forget(origin: string, entry: Entry): void {
    if (this.#entries.get(origin) !== entry) return;
    this.#entries.delete(origin);
    this.#totalLength -= entry.length;
  }

  #shrink(): void {
    for (const [origin, entry] of this.#entries) {
      const fits =
        this.#entries.size <= (this.#options.maxOrigins ?? 1000) &&
        this.#totalLength <= MAX_TOTAL_LENGTH;
      if (fits) return;
      // Who waits for it still holds it.
      if (entry.expires !== Number.POSITIVE_INFINITY) this.#forget(origin, entry);
    }
  }
}

function forbidAll(rule: string): RobotsFile {
  return { sitemaps: [], check: () => ({ allowed: false, rule }) };
}

/** The first bytes of a text, without the line that the limit cuts: half a rule is another rule. */
function head(text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes) return text;
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes));
  if (read === text.length) return text;
  const cut = text.slice(0, read);
  return cut.slice(0, Math.max(cut.lastIndexOf('\n'), cut.lastIndexOf('\r')) + 1);
}
