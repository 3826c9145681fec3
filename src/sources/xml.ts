/**
 * Reads XML as it flows, through htmlparser2: no document type is obeyed and no entity beyond XML's
 * own five is expanded, so there is nothing for a billion laughs to grow from.
 */

import { TrawlError } from '../errors.ts';
import type { SourceBatches, SourceItem } from './item.ts';

export interface XmlElement {
  /** Local name behind the customary prefix of its namespace: `image:loc`, `media:content`, `loc`. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Line on which it begins, from 1. */
  readonly line: number;
}

export interface XmlHandler {
  open(element: XmlElement): void;
  text(text: string): void;
  close(name: string): void;
}

/** Elements inside each other. Feeds and sitemaps have fewer than ten, XHTML content some dozens. */
const MAX_DEPTH = 500;
/** Characters of one tag, comment or CDATA section, which the parser holds until its end. */
const MAX_TAG = 8 * 1024 ** 2;
/** Characters given to the parser at once, so that the limit is looked at often enough. */
const SLICE = 64 * 1024;

/** Customary prefixes; documents may choose others. */
const PREFIXES: Record<string, string> = {
  'http://www.sitemaps.org/schemas/sitemap/0.9': '',
  'http://www.google.com/schemas/sitemap-image/1.1': 'image:',
  'http://search.yahoo.com/mrss/': 'media:',
  'http://search.yahoo.com/mrss': 'media:',
  'http://www.w3.org/2005/atom': 'atom:',
  'http://purl.org/atom/ns#': 'atom:',
  'http://purl.org/rss/1.0/': '',
  'http://purl.org/rss/1.0/modules/content/': 'content:',
  'http://www.itunes.com/dtds/podcast-1.0.dtd': 'itunes:',
};

/** What `handler` emitted, a batch for each chunk of text. */
export async function* xmlItems(
  text: AsyncIterable<string>,
  name: string,
  handlerFor: (emit: (item: SourceItem) => void) => XmlHandler,
): SourceBatches {
  let batch: SourceItem[] = [];
  const handler = handlerFor((item) => batch.push(item));
  for await (const _ of parseXml(text, name, handler)) {
    if (batch.length > 0) yield batch;
    batch = [];
  }
}

/** Calls the handler for each chunk; yields after each, so that the caller can pass on what it has. */
async function* parseXml(
  text: AsyncIterable<string>,
  name: string,
  handler: XmlHandler,
): AsyncIterable<void> {
  // 20 ms to load, which other formats need not pay.
  const { Parser } = await import('htmlparser2');
  const lines = new LineCounter();
  const names = new Namespaces();
  let depth = 0;
  let sinceEvent = 0;
  const parser = new Parser(
    {
      onopentag(raw, attributes) {
        sinceEvent = 0;
        if (++depth > MAX_DEPTH) throw tooMuch(name, `more than ${MAX_DEPTH} elements deep`);
        names.declare(attributes);
        handler.open({ name: names.of(raw), attributes, line: lines.at(parser.startIndex) });
      },
      ontext(data) {
        sinceEvent = 0;
        handler.text(data);
      },
      onclosetag(raw) {
        sinceEvent = 0;
        depth--;
        handler.close(names.of(raw));
      },
      oncomment() {
        sinceEvent = 0;
      },
      onprocessinginstruction() {
        sinceEvent = 0;
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  for await (const chunk of text) {
    for (let at = 0; at < chunk.length; at += SLICE) {
      const slice = chunk.slice(at, at + SLICE);
      lines.feed(slice);
      sinceEvent += slice.length;
      parser.write(slice);
      if (sinceEvent > MAX_TAG) throw tooMuch(name, `a tag longer than ${MAX_TAG} characters`);
    }
    yield;
  }
  parser.end();
  yield;
}

function tooMuch(name: string, what: string): TrawlError {
  return new TrawlError('source-unreadable', `${name} cannot be read as XML: ${what}`);
}

class Namespaces {
  // Not scoped: documents declare their namespaces once, at the root.
  readonly #prefixes = new Map<string, string>();

  declare(attributes: Readonly<Record<string, string>>): void {
    for (const key in attributes) {
      if (!key.startsWith('xmlns')) continue;
      const known = PREFIXES[attributes[key]!.trim().toLowerCase()];
      const prefix = key === 'xmlns' ? '' : `${key.slice(6)}:`;
      // A default namespace inside (`<div xmlns="…xhtml">`) must not rename what is around it.
      if (known !== undefined && !this.#prefixes.has(prefix)) this.#prefixes.set(prefix, known);
    }
  }

  of(raw: string): string {
    const colon = raw.indexOf(':') + 1;
    const prefix = raw.slice(0, colon);
    return (this.#prefixes.get(prefix) ?? prefix) + raw.slice(colon);
  }
}

/** Line of an offset, asked for in rising order; forgets what is behind. */
class LineCounter {
  #offset = 0;
  #line = 1;
  #ends: number[] = [];
  #next = 0;

  feed(text: string): void {
    if (this.#next > 0) {
      this.#ends = this.#ends.slice(this.#next);
      this.#next = 0;
    }
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
      this.#ends.push(this.#offset + at);
    }
    this.#offset += text.length;
  }

  at(offset: number): number {
    while (this.#next < this.#ends.length && this.#ends[this.#next]! < offset) {
      this.#next++;
      this.#line++;
    }
    return this.#line;
  }
}

/** Collects the text of one element, bounded. */
export class TextOf {
  readonly #limit: number;
  #text = '';
  #active = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  begin(): void {
    this.#text = '';
    this.#active = true;
  }

  add(text: string): void {
    if (this.#active && this.#text.length < this.#limit) this.#text += text;
  }

  end(): string {
    this.#active = false;
    const text = this.#text.slice(0, this.#limit).trim();
    this.#text = '';
    return text;
  }
}
