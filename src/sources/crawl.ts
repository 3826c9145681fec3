/** Which pages a crawl reads, in which order. Pure: who fetches asks `next` and reports what it saw. */

import { isNoPage, isTrap, pageKey } from './crawl-key.ts';
import { type CrawlScope, inScope } from './crawl-scope.ts';

export interface CrawlOptions {
  /** Links to follow from a start page, in steps. Default 0: none. */
  readonly depth?: number;
  /** Default `host`. */
  readonly scope?: CrawlScope;
  /** Pages handed out in all. Start pages count, but are never refused. Default 1000. */
  readonly maxPages?: number;
}

export interface CrawlLink {
  /** Absolute. */
  readonly url: string;
  /** Lower-case tokens of the link's `rel`. */
  readonly rel?: readonly string[];
}

export interface CrawlPage {
  readonly url: string;
  /** Steps from its start page; a continuation (`rel=next`) is as deep as what it continues. */
  readonly depth: number;
  /** The start page that led here. */
  readonly start: string;
  /** Page that links here; absent for start pages. */
  readonly referrer?: string;
}

/** Hands out each page once, nearest first. Cycles end because a page seen is never queued again. */
export class CrawlFrontier {
  readonly #depth: number;
  readonly #scope: CrawlScope;
  readonly #maxPages: number;
  readonly #seen = new Set<string>();
  /** Where start pages were redirected to; scope counts from there too. */
  readonly #landedAt = new Map<string, URL>();
  readonly #queue: CrawlPage[] = [];
  #head = 0;

  constructor({ depth = 0, scope = 'host', maxPages = 1000 }: CrawlOptions = {}) {
    this.#depth = depth;
    this.#scope = scope;
    this.#maxPages = maxPages;
  }

  /** A page that the user named: in scope and within the limit by definition. False when it is known. */
  start(address: string): boolean {
    const url = URL.parse(address);
    if (url === null) return false;
    return this.#enqueue(url, { url: withoutHash(url), depth: 0, start: address });
  }

  /**
   * A link found on `from`. False when it is not followed: known, out of scope, too deep,
   * `nofollow` (its own or the page's), no page by its extension, a trap, one too many.
   */
  add(link: CrawlLink, from: CrawlPage, pageIsNofollow = false): boolean {
    const { rel = [] } = link;
    if (pageIsNofollow || rel.includes('nofollow')) return false;
    const url = URL.parse(link.url);
    if (url === null || !/^https?:$/.test(url.protocol)) return false;
    const continues = rel.includes('next') && this.#depth > 0;
    const depth = continues ? from.depth : from.depth + 1;
    if (depth > this.#depth || isNoPage(url) || isTrap(url)) return false;
    if (!this.#allowed(url, from, continues)) return false;
    const page = { url: withoutHash(url), depth, start: from.start, referrer: from.url };
    return this.#enqueue(url, page);
  }

  /** The next page to read; `undefined` when there is none now. */
  next(): CrawlPage | undefined {
    const page = this.#queue[this.#head];
    if (page !== undefined) this.#head++;
    return page;
  }

  /**
   * Reports where a page was found after redirects, or what it names as its `rel=canonical`.
   * False when that page was read or queued already: then this one need not be searched.
   */
  landed(page: CrawlPage, finalUrl: string): boolean {
    const url = URL.parse(finalUrl);
    if (url === null) return true;
    if (page.depth === 0 && page.referrer === undefined) this.#landedAt.set(page.start, url);
    const key = pageKey(url);
    if (key === pageKey(new URL(page.url))) return true;
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }

  #allowed(url: URL, { start }: CrawlPage, continues: boolean): boolean {
    // A page's continuation has another address by nature; it stays on its host.
    const scope = this.#scope === 'page' && continues ? 'host' : this.#scope;
    const landed = this.#landedAt.get(start);
    return (
      inScope(url, new URL(start), scope) || (landed !== undefined && inScope(url, landed, scope))
    );
  }

  #enqueue(url: URL, page: CrawlPage): boolean {
    const limited = page.referrer !== undefined;
    if (limited && this.#queue.length >= this.#maxPages) return false;
    const key = pageKey(url);
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    this.#queue.push(page);
    return true;
  }
}

function withoutHash(url: URL): string {
  const plain = new URL(url);
  plain.hash = '';
  return plain.href;
}
