/** What the finding half of a job works with. */
import type { Options } from '../config/schema.ts';
import type { ExtractOptions } from '../extract/mod.ts';
import type { FetchPool } from '../fetch/mod.ts';
import type { Fetched, ImageRef } from '../model.ts';
import type { Documents } from './documents.ts';
import type { EventStream } from './events.ts';

export interface FindContext {
  readonly options: Options;
  readonly extract: ExtractOptions;
  readonly pool: FetchPool;
  readonly events: EventStream;
  readonly signal: AbortSignal;
  /** --include and --exclude, for addresses that no page names. */
  readonly wanted: (url: string) => boolean;
  /** --shard: which of the addresses that the user's sources list are this machine's. */
  readonly mine: (address: string) => boolean;
  /** Pages and sheets of earlier runs; absent where there is no folder. */
  readonly documents?: Documents;
  /** The address failed when it was last asked for. */
  readonly failedBefore?: (url: string) => boolean;
  /** An earlier run got an image from the address. */
  readonly imageBefore?: (url: string) => boolean;
}

/** A picture on its way to be fetched. */
export interface Found {
  readonly ref: ImageRef;
  /** The user named the address: it may be anywhere, and robots.txt is not asked. */
  readonly named: boolean;
  /** It may turn out to be a page, which `Finder.addPage` then takes. */
  readonly mayBePage: boolean;
  /** Why the page that names it does not want it taken. */
  readonly barred?: string;
  /** The body, where it had to be fetched to tell what the source is. */
  readonly fetched?: Fetched;
}

/** A page, list or manifest that is to be fetched (or was, by somebody who took it for an image). */
export interface Page {
  readonly url: string;
  readonly named: boolean;
  /** Links followed from a source to here. */
  readonly depth: number;
  readonly referrer?: string;
  readonly space?: Fetched['space'];
  /** With --shard every machine reads it, and takes its share of what it lists. */
  readonly shared?: boolean;
  /** Nobody said that it is there: no failure when it is not. */
  readonly optional?: boolean;
  readonly fetched?: Fetched;
}
