/** What sources yield, and what steers how they are read. No code lives here. */

import type { Candidate, Place } from '../model.ts';

/** The manifest formats that have a reader. */
export type ManifestFormat =
  | 'list'
  | 'json'
  | 'jsonl'
  | 'csv'
  | 'tsv'
  | 'sitemap'
  | 'sitemap-index'
  | 'rss'
  | 'atom'
  | 'json-feed'
  | 'iiif'
  | 'har'
  | 'markdown';

/** Everything that a stream of bytes can be recognised as. */
export type SourceFormat = ManifestFormat | 'html' | 'image';

/** An address that the user or a manifest lists. It may be an image or a page: what arrives decides. */
export interface AddressItem {
  readonly kind: 'address';
  /** Absolute and normalised, without fragment; http, https or `data:image/…`. */
  readonly url: string;
  readonly from: Place;
  /** Line of the manifest, from 1. */
  readonly line?: number;
  readonly alt?: string;
  readonly title?: string;
  /** Pixels, as far as the manifest tells. */
  readonly width?: number;
}

/** One picture that a manifest names as such, with every address it may be had under, best first. */
export interface ImageItem {
  readonly kind: 'image';
  readonly candidates: readonly [Candidate, ...Candidate[]];
  /** The page on which the manifest says the picture is shown. */
  readonly page?: string;
  readonly alt?: string;
  readonly title?: string;
  readonly line?: number;
}

/** A page to be fetched and searched. */
export interface PageItem {
  readonly kind: 'page';
  readonly url: string;
  /** `sitemap.loc`, `rss.link`, `atom.link`, `json-feed.url`. */
  readonly from: Place;
  readonly line?: number;
}

/** A fragment of HTML to be searched by extract/ (feed content, HTML inside Markdown). */
export interface HtmlItem {
  readonly kind: 'html';
  readonly html: string;
  /** Address against which the fragment's relative addresses resolve; absent when nobody knows it. */
  readonly base?: string;
  /** The page that the fragment is an excerpt of. */
  readonly page?: string;
  readonly line?: number;
}

/** Another manifest that this one names (a sitemap index, a IIIF collection). */
export interface NestedItem {
  readonly kind: 'source';
  readonly url: string;
  readonly line?: number;
}

/** A row that could not be understood; it was skipped and reading went on. */
export interface ProblemItem {
  readonly kind: 'problem';
  /** Line on which the row begins, from 1. */
  readonly line: number;
  readonly message: string;
}

export type SourceItem = AddressItem | ImageItem | PageItem | HtmlItem | NestedItem | ProblemItem;

/**
 * Items travel in batches, one for each chunk of input: an async generator that yields line by
 * line costs a promise a line, which alone takes longer than reading the line.
 */
export type SourceBatches = AsyncIterable<readonly SourceItem[]>;

export interface SourceOptions {
  /** What relative addresses resolve against in sources without an address of their own (files, stdin). */
  readonly baseUrl?: string;
  /** Key that holds the address in JSON records. Default: the usual names, see `names.ts`. */
  readonly urlKey?: string;
  /** Name, or number from 1, of the CSV column that holds the address. Default: the usual names. */
  readonly urlColumn?: string;
  /**
   * Also yields the pages that feed entries link to, and those whose images a sitemap names itself.
   * Default false: without crawling, what the manifest shows is what is wanted.
   */
  readonly linkedPages?: boolean;
  /** Reads everything as this format instead of recognising it. */
  readonly inputFormat?: SourceFormat;
  /** Bytes; the limit for what must be held whole (a local page, a Markdown file). Default 20 MB. */
  readonly maxPageBytes?: number;
}

/** What is known of a stream before it is read. */
export interface SourceHints {
  /** For messages, and its extension as the last resort in recognising the format. */
  readonly name: string;
  /** Value of the Content-Type header. */
  readonly contentType?: string;
  /** Address after redirects. */
  readonly url?: string;
  /**
   * Someone may be typing: reading starts as soon as the first line is an address, before there is
   * enough to look at. Default false.
   */
  readonly eager?: boolean;
}

export const DEFAULT_MAX_PAGE_BYTES = 20_000_000;
