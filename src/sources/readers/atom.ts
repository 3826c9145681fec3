/** Atom: enclosure links, Media RSS, and the HTML or XHTML of summaries and content. */

import type { Place } from '../../model.ts';
import { resolveAddress } from '../address.ts';
import { DEFAULT_MAX_PAGE_BYTES, type SourceBatches, type SourceItem } from '../item.ts';
import type { ReaderContext } from '../reader.ts';
import { TextOf, type XmlElement, type XmlHandler, xmlItems } from '../xml.ts';
import { FeedEntry, isImage } from './feed-entry.ts';
import { MediaRss } from './media-rss.ts';

export function readAtom(text: AsyncIterable<string>, context: ReaderContext): SourceBatches {
  return xmlItems(text, context.name, (emit) => new AtomHandler(context, emit));
}

class AtomHandler implements XmlHandler {
  readonly #emit: (item: SourceItem) => void;
  readonly #text: TextOf;
  readonly #linkFrom: Place | undefined;
  #base: string | undefined;
  readonly #baseGiven: boolean;
  #entry: FeedEntry | undefined;
  #media = new MediaRss();
  #depth = 0;
  /** The content being read: XHTML is written out again as it comes, markup and all. */
  #content: { readonly depth: number; readonly xhtml: boolean; readonly line: number } | undefined;

  constructor({ base, options }: ReaderContext, emit: (item: SourceItem) => void) {
    this.#base = base;
    this.#baseGiven = base !== undefined;
    this.#emit = emit;
    this.#linkFrom = options.linkedPages ? 'atom.link' : undefined;
    this.#text = new TextOf(options.maxPageBytes ?? DEFAULT_MAX_PAGE_BYTES);
  }

  open(element: XmlElement): void {
    this.#depth++;
    const { attributes, line } = element;
    const name = element.name.replace(/^atom:/, '');
    if (this.#content !== undefined) {
      if (this.#content.xhtml) this.#text.add(startTag(name, attributes));
      return;
    }
    const xmlBase = attributes['xml:base'];
    if (this.#entry === undefined) {
      if (xmlBase !== undefined) this.#base = resolveAddress(xmlBase, this.#base) ?? this.#base;
      if (name === 'entry') {
        this.#entry = new FeedEntry(line, xmlBase === undefined ? undefined : this.#base);
        this.#media = new MediaRss();
      } else if (name === 'link') this.#feedLink(attributes);
      return;
    }
    this.#media.open(element, this.#entry);
    if (name === 'link') this.#entryLink(attributes, line, this.#entry);
    else if (name === 'content' || name === 'summary') {
      const type = attributes.type ?? 'text';
      const from = attributes.src;
      if (from !== undefined) {
        if (isImage(type, undefined, from)) {
          this.#entry.picture({ raw: from, from: 'atom.content', line, type });
        }
      } else if (type !== 'text' && !type.startsWith('text/plain')) {
        if (xmlBase !== undefined) {
          this.#entry.base = resolveAddress(xmlBase, this.#entry.base ?? this.#base);
        }
        this.#content = { depth: this.#depth, xhtml: /xhtml|xml/.test(type), line };
        this.#text.begin();
      }
    }
  }

  text(text: string): void {
    if (this.#content !== undefined) this.#text.add(this.#content.xhtml ? escaped(text) : text);
  }

  close(rawName: string): void {
    const name = rawName.replace(/^atom:/, '');
    const content = this.#content;
    const ends = content?.depth === this.#depth;
    this.#depth--;
    if (content !== undefined) {
      if (ends) {
        this.#content = undefined;
        this.#entry?.content(this.#text.end(), content.line);
      } else if (content.xhtml) this.#text.add(`</${local(name)}>`);
      return;
    }
    this.#media.close(name);
    if (name === 'entry' && this.#entry !== undefined) {
      for (const item of this.#entry.items(this.#base, this.#linkFrom)) this.#emit(item);
      this.#entry = undefined;
    }
  }

  #feedLink({ rel = 'alternate', href }: Readonly<Record<string, string>>): void {
    if (rel === 'alternate' && href !== undefined && !this.#baseGiven) {
      this.#base ??= resolveAddress(href, undefined);
    }
  }

  #entryLink(attributes: Readonly<Record<string, string>>, line: number, entry: FeedEntry): void {
    const { rel = 'alternate', href = '', type, title } = attributes;
    if (rel === 'alternate') entry.link ??= href;
    else if (rel === 'enclosure' && isImage(type, undefined, href)) {
      entry.picture({ raw: href, from: 'atom.enclosure', line, type, title });
    }
  }
}

function startTag(name: string, attributes: Readonly<Record<string, string>>): string {
  let tag = `<${local(name)}`;
  for (const key in attributes)
    tag += ` ${key}="${escaped(attributes[key]!).replaceAll('"', '&quot;')}"`;
  return `${tag}>`;
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
