/** What pages and style sheets of earlier runs named, so that those that did not change are not sent again. */
import { hash } from 'node:crypto';
import type { Options } from '../config/schema.ts';
import type { ExtractOptions } from '../extract/mod.ts';
import { redactUrl } from '../fetch/mod.ts';
import type { Fetched } from '../model.ts';
import type { Catalog } from '../store/mod.ts';
import { VERSION } from '../version.ts';

export interface Remembered<T> {
  readonly validators: { readonly etag?: string; readonly lastModified?: string };
  readonly found: T;
}

export class Documents {
  readonly #catalog: Catalog;
  readonly #run: number;
  /** Of how a document is read: another version of the program may find more in the same page. */
  readonly #reading: string;
  readonly #refresh: boolean;
  #digest: string | undefined;

  constructor(catalog: Catalog, run: number, options: Options, extract: ExtractOptions) {
    this.#catalog = catalog;
    this.#run = run;
    this.#refresh = options.refresh;
    this.#reading = JSON.stringify([VERSION, extract, options.baseUrl]);
  }

  get #signature(): string {
    this.#digest ??= hash('sha256', this.#reading, 'hex').slice(0, 16);
    return this.#digest;
  }

  /** Undefined when the document has to be read anew. */
  get<T>(url: string): Remembered<T> | undefined {
    const row = this.#refresh ? undefined : this.#catalog.page(redactUrl(url));
    if (row?.found === undefined || row.signature !== this.#signature) return undefined;
    const { etag, lastModified } = row;
    if (etag === undefined && lastModified === undefined) return undefined;
    return {
      validators: {
        ...(etag !== undefined && { etag }),
        ...(lastModified !== undefined && { lastModified }),
      },
      found: JSON.parse(row.found),
    };
  }

  remember(url: string, fetched: Fetched, found: object): void {
    const { etag, lastModified, sha256 } = fetched;
    this.#catalog.recordPage({
      url: redactUrl(url),
      ...(etag !== undefined && { etag }),
      ...(lastModified !== undefined && { lastModified }),
      sha256,
      signature: this.#signature,
      found: JSON.stringify(found),
      fetched: Date.now(),
      run: this.#run,
    });
  }
}
