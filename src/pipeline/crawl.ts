/** Which pages are read: each once, and those that links lead to within --depth and --scope. */
import type { PageImages } from '../extract/mod.ts';
import { redactUrl } from '../fetch/redact.ts';
import { parseRobots } from '../fetch/robots.ts';
import { parseRobotsDirectives } from '../fetch/robots-tag.ts';
import type { Fetched } from '../model.ts';
import { CrawlFrontier, type CrawlPage } from '../sources/mod.ts';
import { bodyOf } from './body.ts';
import type { FindContext, Page } from './context.ts';

export class Crawl {
  readonly #context: FindContext;
  readonly #frontier: CrawlFrontier;
  /** Pages in hand, by address: the frontier's own word for each. */
  readonly #steps = new Map<string, CrawlPage>();
  #manifestPages = 0;

  constructor(context: FindContext) {
    const { depth, scope, maxPages } = context.options;
    this.#context = context;
    this.#frontier = new CrawlFrontier({ depth, scope, maxPages });
  }

  /** True when a page that a source names is to be read: nobody named it before. */
  claim(url: string): boolean {
    if (!this.#frontier.start(url)) return false;
    this.#take();
    return true;
  }

  /** The same for a page that a manifest from the network names: those count towards --max-pages. */
  claimListed(url: string, manifest: string): boolean {
    const { maxPages } = this.#context.options;
    if (this.#manifestPages === maxPages) {
      const message = `names more than --max-pages ${maxPages} pages; the rest is left out`;
      this.#context.events.emit({ type: 'problem', source: redactUrl(manifest), message });
      this.#manifestPages++;
    }
    if (this.#manifestPages > maxPages || !this.claim(url)) return false;
    this.#manifestPages++;
    return true;
  }

  /** Pages that a page links to and that are to be read. */
  links(page: Page, images: PageImages, fetched: Fetched): Page[] {
    const step = this.#steps.get(page.url);
    this.#steps.delete(page.url);
    if (step === undefined || this.#context.options.depth === 0) return [];
    const { robots } = this.#context.options;
    const tags = [images.robots, fetched.robotsTag ?? ''];
    const nofollow =
      robots && tags.some((value) => parseRobotsDirectives(value, 'imgtrawl').nofollow);
    for (const link of images.links) this.#frontier.add(link, step, nofollow);
    return this.#take().map(({ url, depth }) => ({
      url,
      named: false,
      depth,
      referrer: fetched.finalUrl,
      space: fetched.space,
    }));
  }

  /** False for a crawled page that turned out to be one that was read under another address. */
  isNew(page: Page, images: PageImages, fetched: Fetched): boolean {
    const step = this.#steps.get(page.url);
    if (step?.referrer === undefined) {
      if (step !== undefined) this.#frontier.landed(step, fetched.finalUrl);
      return true;
    }
    const { canonical } = images;
    return (
      this.#frontier.landed(step, fetched.finalUrl) &&
      (canonical === undefined || this.#frontier.landed(step, canonical))
    );
  }

  /** With --sitemap: the sitemaps that the host names in its robots.txt, else the usual one. */
  async sitemaps(url: string): Promise<Page[]> {
    if (!this.#context.options.sitemap) return [];
    const { origin } = new URL(url);
    const named = await this.#robotsSitemaps(`${origin}/robots.txt`);
    const pages = named.length > 0 ? named : [`${origin}/sitemap.xml`];
    return pages
      .filter((one) => this.claim(one))
      .map((one) => ({ url: one, named: true, depth: 0, optional: named.length === 0 }));
  }

  async #robotsSitemaps(url: string): Promise<readonly string[]> {
    try {
      const fetched = await this.#context.pool.submit({ url, purpose: 'robots', named: true });
      const text = new TextDecoder().decode(await bodyOf(fetched));
      return parseRobots(text).sitemaps.filter((one) => /^https?:/i.test(one));
    } catch {
      return [];
    }
  }

  #take(): CrawlPage[] {
    const pages: CrawlPage[] = [];
    for (let page = this.#frontier.next(); page; page = this.#frontier.next()) {
      this.#steps.set(page.url, page);
      pages.push(page);
    }
    return pages;
  }
}
