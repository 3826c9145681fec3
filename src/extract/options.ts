/** What the user may say about extraction, and what the program makes of it. */

import { type AddressFilter, addressFilter } from './filter.ts';
import { kindOf, type PlaceKind } from './places.ts';

export interface ExtractOptions {
  /** Kinds of places to read. Default: all but `icons`. */
  readonly from?: Iterable<PlaceKind | 'all'>;
  /** Globs or `/regex/flags`; an address must match one of them. Default: every address. */
  readonly include?: readonly string[];
  /** Globs or `/regex/flags`; an address that matches one of them is left out. Default: none. */
  readonly exclude?: readonly string[];
  /** CSS selector; only what is inside a matching element (or is one) is read. Default: the page. */
  readonly selector?: string;
  /** MIME types, most wanted first, that decide between candidates of equal size. Default: none. */
  readonly preferType?: readonly string[];
  /** Report `data:` images too. Default: false. */
  readonly dataUrls?: boolean;
  /** Put the address of the original before that of a resized copy. Default: false. */
  readonly upgrade?: boolean;
}

/** Options, checked and compiled. */
export interface Settings {
  readonly wants: (place: string) => boolean;
  readonly accepts: AddressFilter;
  readonly selector: string | undefined;
  readonly preferType: readonly string[];
  readonly dataUrls: boolean;
  readonly upgrade: boolean;
}

const DEFAULT_KINDS: readonly PlaceKind[] = ['content', 'links', 'meta', 'css'];

const compiled = new WeakMap<ExtractOptions, Settings>();

/** Compiled once for each options object, since a crawl gives the same one for every page. */
export function settingsOf(options: ExtractOptions): Settings {
  let settings = compiled.get(options);
  if (settings === undefined) {
    settings = compile(options);
    compiled.set(options, settings);
  }
  return settings;
}

function compile(options: ExtractOptions): Settings {
  const kinds = new Set<PlaceKind | 'all'>(options.from ?? DEFAULT_KINDS);
  return {
    wants: kinds.has('all') ? () => true : remembered((place) => kinds.has(kindOf(place))),
    accepts: addressFilter(options.include ?? [], options.exclude ?? []),
    selector: options.selector,
    preferType: (options.preferType ?? []).map((type) => type.toLowerCase()),
    dataUrls: options.dataUrls ?? false,
    upgrade: options.upgrade ?? false,
  };
}

/** Places are few but for `lazy.*` and the like, which a page can make up; asked for every address. */
function remembered(wants: (place: string) => boolean): (place: string) => boolean {
  const known = new Map<string, boolean>();
  return (place) => {
    let answer = known.get(place);
    if (answer === undefined) {
      answer = wants(place);
      if (known.size < 1000) known.set(place, answer);
    }
    return answer;
  };
}
