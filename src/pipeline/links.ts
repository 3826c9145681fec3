/**
 * Names of duplicates. Each is a hard link to the copy that is kept for it, where the file system has
 * them, else a copy of that file; when a better copy comes, the names go over to it.
 */
import { join } from 'node:path';
import {
  type AddressRow,
  type Catalog,
  type Folder,
  hashFile,
  type ImageRow,
  linkFile,
  removeFile,
  sizeOf,
} from '../store/mod.ts';

/** Names for a kept image under an address of another copy, best first. */
export type NamesFor = (url: string, kept: ImageRow) => Iterable<string>;

export class Links {
  readonly #catalog: Catalog;
  readonly #folder: Folder;
  readonly #namesFor: NamesFor;
  /** One after the other: whoever gives or takes a name sees what the one before did. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(catalog: Catalog, folder: Folder, namesFor: NamesFor) {
    this.#catalog = catalog;
    this.#folder = folder;
    this.#namesFor = namesFor;
  }

  /**
   * The name that the address has now; undefined when that is the kept image's own.
   * @param sha256 of what the address gave, @param old the name that it had, which the catalog may not know
   */
  async give(url: string, sha256: string, old: string | undefined): Promise<string | undefined> {
    return await this.#inTurn(() => this.#give(url, sha256, old));
  }

  /**
   * The names of these addresses go over to what is kept now for their bytes, and `old`, the file of
   * the copy that gave way, goes. The catalog has to say already that it did.
   */
  async handOver(rows: readonly AddressRow[], old: string): Promise<void> {
    await this.#inTurn(async () => {
      // What a killed run leaves, the next one has to know by its hash.
      if (rows.length > 0) this.#catalog.flush();
      for (const { url, sha256 } of rows) if (sha256 !== undefined) await this.#give(url, sha256);
      if (!this.#isUsed(old)) await removeFile(this.#folder, old);
    });
  }

  /** The address gives up a name of its own, but not what the user has put there. */
  async free(name: string, url: string): Promise<void> {
    if (this.#isUsed(name, url)) return;
    const holds = await hashFile(join(this.#folder.root, name));
    if (holds !== undefined && this.#isSeen(holds)) await removeFile(this.#folder, name);
  }

  async #give(url: string, sha256: string, old?: string): Promise<string | undefined> {
    const kept = this.#catalog.keptFor(sha256);
    const known = this.#catalog.address(url)?.file;
    // Deleted by hand, it may come back; until then a link is all that there is of it.
    if (kept?.file === undefined || (await sizeOf(this.#folder, kept.file)) === undefined) {
      return old ?? known;
    }
    const name = await this.#name(url, kept, kept.file);
    for (const before of [old, known]) {
      if (before !== undefined && before !== name) await this.free(before, url);
    }
    const row = this.#catalog.address(url);
    if (row?.sha256 === sha256 && row.file !== name) {
      const { file: _, ...rest } = row;
      this.#catalog.recordAddress({ ...rest, ...(name !== undefined && { file: name }) });
    }
    return name;
  }

  async #name(url: string, kept: ImageRow, file: string): Promise<string | undefined> {
    for (const name of this.#namesFor(url, kept)) {
      if (name === file) return undefined;
      if (this.#isUsed(name, url)) continue;
      if (await linkFile(this.#folder, file, name, (holds) => this.#isSeen(holds))) return name;
    }
    return undefined;
  }

  /** Bytes that no run has seen are the user's own. */
  #isSeen(sha256: string): boolean {
    return this.#catalog.imageBySha(sha256) !== undefined;
  }

  /** By an image, or by another address than that. */
  #isUsed(name: string, url?: string): boolean {
    if (this.#catalog.imageByFile(name) !== undefined) return true;
    const copy = this.#catalog.copyAt(name);
    return copy !== undefined && copy.url !== url;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {});
    return turn;
  }
}
