/** What the user may say about extraction. */

/** Kinds of places for `--from`; see places.ts for which place is of which kind. */
export type PlaceKind = 'content' | 'links' | 'meta' | 'css' | 'icons';

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
