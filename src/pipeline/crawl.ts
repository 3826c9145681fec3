/** Which pages are read: each once, and those that links lead to within --depth and --scope. */
import type { PageImages } from '../extract/mod.ts';
import type { Fetched } from '../model.ts';
import type { FindContext, Page } from './context.ts';

export class Crawl {
  readonly #context: FindContext;
  readonly #claimed = new Set<string>();

  constructor(context: FindContext) {
    this.#context = context;
  }

  /** True when the page is to be read: nobody claimed it before. */
  claim(url: string): boolean {
    if (this.#claimed.has(url)) return false;
    this.#claimed.add(url);
    return true;
  }

  links(_page: Page, _images: PageImages, _fetched: Fetched): Page[] {
    return [];
  }

  async sitemaps(_url: string): Promise<string[]> {
    void this.#context;
    return [];
  }
}
