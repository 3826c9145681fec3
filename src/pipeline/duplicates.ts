/**
 * Pictures that are not kept because of others: what the catalog says of them, and the names that their
 * addresses have of their own.
 */
import type { ImageRecord, Verdict } from '../model.ts';
import type { AddressRow, Catalog } from '../store/mod.ts';
import { type Facts, recordFacts } from './facts.ts';
import type { Links } from './links.ts';

export interface DuplicatesDeps {
  readonly catalog: Catalog;
  /** Number of the run in the catalog. */
  readonly run: number;
  readonly links: Links;
  /** Every duplicate gets a name of its own; else those keep theirs that have one. */
  readonly linked: boolean;
  /** Resolves when the image with these bytes is not on its way to its name. */
  readonly arrival: (sha256: string) => Promise<void>;
  /** File of the image with these bytes, when it is there. */
  readonly fileOf: (sha256: string) => Promise<string | undefined>;
}

export class Duplicates {
  readonly #deps: DuplicatesDeps;
  readonly #catalog: Catalog;

  constructor(deps: DuplicatesDeps) {
    this.#deps = deps;
    this.#catalog = deps.catalog;
  }

  /** Records an image that is not kept. */
  drop(facts: Facts, verdict: Extract<Verdict, { keep: false }>): void {
    // The same bytes as the kept image: there is nothing of their own to tell.
    const { kind, distance } = verdict;
    const kept = this.#catalog.keptFor(verdict.of)?.sha256 ?? verdict.of;
    if (facts.sha256 === kept) return;
    // Saved a moment ago and about to give way: without its file in the row nobody would remove that.
    if (this.#catalog.imageBySha(facts.sha256)?.file !== undefined) return;
    for (const other of this.#catalog.droppedFor(facts.sha256))
      this.#catalog.markDuplicate(other.sha256, { kind: 'near', distance, ...other, kept });
    recordFacts(this.#catalog, this.#deps.run, facts, { kept, kind, distance });
  }

  /**
   * A name for a duplicate's address, where it is to have one of its own.
   * @param old the name that the same run gave it before
   */
  async linkDuplicate(url: string, sha256: string, old?: string): Promise<string | undefined> {
    if (!this.#deps.linked && this.#catalog.address(url)?.file === undefined) return undefined;
    return await this.#deps.links.give(url, sha256, old);
  }

  /** Names that an earlier run did not give, because it was killed or was told to skip duplicates. */
  async linkUnchanged(url: string, sha256: string): Promise<string | undefined> {
    return this.#deps.linked ? await this.linkDuplicate(url, sha256) : undefined;
  }

  /** What is kept for these bytes, with the distance to it in PDQ bits. */
  keptFor(sha256: string): { readonly file?: string; readonly distance: number } {
    const file = this.#catalog.keptFor(sha256)?.file;
    const distance = this.#catalog.imageBySha(sha256)?.distance ?? 0;
    return { ...(file !== undefined && { file }), distance };
  }

  /**
   * Takes out an image that gave way to `by`, which `url` gave, and with it the tie of all that were
   * dropped for it; their names go over to what is kept. Returns the addresses that it had come from.
   */
  async giveWay(
    { sha256, distance }: { readonly sha256: string; readonly distance: number },
    by: string,
    url: string,
  ): Promise<ImageRecord[]> {
    await this.#deps.arrival(sha256);
    const image = this.#catalog.imageBySha(sha256);
    if (image?.file === undefined) return [];
    // What took its place may have given way itself meanwhile.
    const kept = this.#catalog.keptFor(by)?.sha256 ?? by;
    const dropped = { kept, kind: 'near', distance } as const;
    const linked = this.namesOf(sha256, url);
    for (const other of this.#catalog.droppedFor(sha256)) {
      this.#catalog.markDuplicate(other.sha256, {
        ...dropped,
        distance: other.distance ?? distance,
      });
    }
    this.#catalog.markDuplicate(sha256, dropped);
    await this.#deps.links.handOver(linked, image.file);
    return this.#demote(sha256, (await this.#deps.fileOf(kept)) ?? kept, distance, url);
  }

  /** The same bytes lie under a better name now: the other addresses that gave them are duplicates. */
  async renamed(sha256: string, url: string): Promise<ImageRecord[]> {
    return this.#demote(sha256, (await this.#deps.fileOf(sha256)) ?? sha256, 0, url);
  }

  /** Addresses but that one whose names are to go over to another copy when that takes its place. */
  namesOf(sha256: string, but: string): AddressRow[] {
    return [sha256, ...this.#catalog.droppedFor(sha256).map((one) => one.sha256)]
      .flatMap((one) => this.#catalog.addressesOf(one))
      .filter(({ url, status }) => url !== but && status !== 'filtered')
      .filter(({ file }) => this.#deps.linked || file !== undefined);
  }

  #demote(sha256: string, duplicateOf: string, distance: number, by: string): ImageRecord[] {
    const rows = this.#catalog
      .addressesOf(sha256)
      .filter(({ url, status }) => url !== by && status !== 'duplicate');
    return rows.map((row): ImageRecord => {
      const { url, page, file, attempts, ms } = row;
      this.#catalog.recordAddress({ ...row, status: 'duplicate' });
      return {
        url,
        ...(page !== undefined && { page }),
        status: 'duplicate',
        ...(file !== undefined && { file }),
        sha256,
        duplicateOf,
        distance,
        attempts,
        ms,
      };
    });
  }
}
