/** RSS 0.9x, 1.0 and 2.0: enclosures, Media RSS, and the HTML of descriptions and content. */

import type { Place } from '../../model.ts';
import { resolveAddress } from '../address.ts';
import { DEFAULT_MAX_PAGE_BYTES, type SourceBatches, type SourceItem } from '../item.ts';
import type { ReaderContext } from '../reader.ts';
import { TextOf, type XmlElement, type XmlHandler, xmlItems } from '../xml.ts';
import { FeedEntry, isImage } from './feed-entry.ts';
import { MediaRss } from './media-rss.ts';

export function readRss(text: AsyncIterable<string>, context: ReaderContext): SourceBatches {
  return xmlItems(text, context.name, (emit) => new RssHandler(context, emit));
}

class RssHandler implements XmlHandler {
  readonly #emit: (item: SourceItem) => void;
  readonly #text: TextOf;
  readonly #linkFrom: Place | undefined;
  #base: string | undefined;
  /** The channel's link may replace nothing better: an address the user or the transport gave stays. */
  readonly #baseGiven: boolean;
  #item: FeedEntry | undefined;
  #media = new MediaRss();
  #itemDepth = 0;
  #depth = 0;
  #line = 1;

  constructor({ base, options }: ReaderContext, emit: (item: SourceItem) => void) {
    this.#base = base;
    this.#baseGiven = base !== undefined;
    this.#emit = emit;
    this.#linkFrom = options.linkedPages ? 'rss.link' : undefined;
    this.#text = new TextOf(options.maxPageBytes ?? DEFAULT_MAX_PAGE_BYTES);
  }

  open(element: XmlElement): void {
    this.#depth++;
    const { name, attributes, line } = element;
    const item = this.#item;
    if (name === 'item' && item === undefined) {
      this.#item = new FeedEntry(line, undefined);
      this.#itemDepth = this.#depth;
      this.#media = new MediaRss();
      // RSS 1.0 names the page here too; a `link` replaces it.
      this.#item.link = attributes['rdf:about'];
    } else if (item !== undefined) {
      this.#media.open(element, item);
      const { url = '', type } = attributes;
      if (name === 'enclosure' && isImage(type, undefined, url)) {
        item.picture({ raw: url, from: 'rss.enclosure', line, type });
      }
    }
    this.#line = line;
    this.#text.begin();
  }

  text(text: string): void {
    this.#text.add(text);
  }

  close(name: string): void {
    const text = this.#text.end();
    const item = this.#item;
    const direct = item !== undefined && this.#depth === this.#itemDepth + 1;
    this.#depth--;
    if (item === undefined) {
      // The second level: `channel > link`, not the one of the channel's `image`.
      if (name === 'link' && this.#depth <= 2 && !this.#baseGiven && text !== '') {
        this.#base ??= resolveAddress(text, undefined);
      }
      return;
    }
    this.#media.close(name);
    if (direct && name === 'link' && text !== '') item.link = text;
    else if (direct && name === 'guid' && /^https?:/i.test(text)) item.link ??= text;
    else if (direct && (name === 'description' || name === 'content:encoded')) {
      item.content(text, this.#line);
    } else if (name === 'item' && this.#depth === this.#itemDepth - 1) {
      for (const found of item.items(this.#base, this.#linkFrom)) this.#emit(found);
      this.#item = undefined;
    }
  }
}
