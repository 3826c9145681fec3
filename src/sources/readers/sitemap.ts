/** Sitemaps with the image extension, and indexes of sitemaps. */

import { refusal, resolveAddress } from '../address.ts';
import type { ImageItem, SourceBatches, SourceItem } from '../item.ts';
import { MAX_LINE } from '../lines.ts';
import type { ReaderContext } from '../reader.ts';
import { TextOf, type XmlElement, type XmlHandler, xmlItems } from '../xml.ts';

/** Google's own limit is 1,000 images a page; what is beyond goes out without waiting for its page. */
const MAX_IMAGES = 1000;

export function readSitemap(
  text: AsyncIterable<string>,
  { name, base, options }: ReaderContext,
): SourceBatches {
  const allPages = options.linkedPages ?? false;
  return xmlItems(text, name, (emit) => new SitemapHandler(base, allPages, emit));
}

type Open = { -readonly [K in keyof ImageItem]?: ImageItem[K] } & { loc?: string; line: number };

class SitemapHandler implements XmlHandler {
  readonly #base: string | undefined;
  /** Also the pages whose images are named. */
  readonly #allPages: boolean;
  readonly #emit: (item: SourceItem) => void;
  readonly #text = new TextOf(MAX_LINE);
  /** The `url` or `sitemap` being read. */
  #entry: { line: number; loc?: string; images: Open[]; sent: number } | undefined;
  #image: Open | undefined;

  constructor(base: string | undefined, allPages: boolean, emit: (item: SourceItem) => void) {
    this.#base = base;
    this.#allPages = allPages;
    this.#emit = emit;
  }

  open({ name, line }: XmlElement): void {
    if (name === 'url' || name === 'sitemap') this.#entry = { line, images: [], sent: 0 };
    else if (name === 'image:image') this.#image = { line };
    this.#text.begin();
  }

  text(text: string): void {
    this.#text.add(text);
  }

  close(name: string): void {
    const text = this.#text.end();
    const entry = this.#entry;
    const image = this.#image;
    if (name === 'loc' && entry !== undefined) entry.loc = text;
    else if (name === 'image:loc' && image !== undefined) image.loc = text;
    else if (name === 'image:title' && image !== undefined && text !== '') image.title = text;
    else if (name === 'image:caption' && image !== undefined && text !== '') image.alt = text;
    else if (name === 'image:image' && image !== undefined) {
      this.#image = undefined;
      entry?.images.push(image);
      // `loc` comes first by custom, not by rule: images wait for it, but not without end.
      if (entry !== undefined && entry.images.length >= MAX_IMAGES) this.#flush();
    } else if ((name === 'url' || name === 'sitemap') && entry !== undefined) {
      this.#flush();
      this.#finish(name === 'sitemap');
    }
  }

  #flush(): void {
    const entry = this.#entry!;
    const page = entry.loc === undefined ? undefined : resolveAddress(entry.loc, this.#base);
    for (const { loc = '', line, ...rest } of entry.images) {
      const url = resolveAddress(loc, this.#base);
      if (loc === '' || url === undefined) {
        this.#problem(line, 'image:loc', loc);
        continue;
      }
      entry.sent++;
      this.#emit({
        kind: 'image',
        candidates: [{ url, from: 'sitemap.image' }],
        ...(page === undefined ? {} : { page }),
        ...rest,
        line,
      });
    }
    entry.images = [];
  }

  #finish(nested: boolean): void {
    const { loc = '', line, sent } = this.#entry!;
    this.#entry = undefined;
    const url = resolveAddress(loc, this.#base);
    if (loc === '' || url === undefined) this.#problem(line, 'loc', loc);
    else if (nested) this.#emit({ kind: 'source', url, line });
    else if (sent === 0 || this.#allPages) {
      this.#emit({ kind: 'page', url, from: 'sitemap.loc', line });
    }
  }

  #problem(line: number, element: string, raw: string): void {
    const message = raw === '' ? `<${element}> is missing or empty` : refusal(raw, this.#base);
    this.#emit({ kind: 'problem', line, message });
  }
}
