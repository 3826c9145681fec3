/** Files of images that the sources no longer name. */
import { type Catalog, type Folder, removeFile } from '../store/mod.ts';

export class Leftovers {
  readonly #catalog: Catalog;
  readonly #folder: Folder;
  readonly #run: number;

  constructor(catalog: Catalog, folder: Folder, run: number) {
    this.#catalog = catalog;
    this.#folder = folder;
    this.#run = run;
  }

  /** Files whose every address is one that this run did not come by. */
  files(): string[] {
    const files = new Set<string>();
    for (const { sha256, file } of this.#catalog.unnamedSince(this.#run)) {
      if (file !== undefined && this.#catalog.imageByFile(file) === undefined) files.add(file);
      const kept = sha256 === undefined ? undefined : this.#catalog.keptFor(sha256);
      if (kept?.file === undefined || files.has(kept.file)) continue;
      const members = [kept, ...this.#catalog.droppedFor(kept.sha256)];
      const rows = members.flatMap((member) => this.#catalog.addressesOf(member.sha256));
      if (rows.every((row) => row.run < this.#run)) files.add(kept.file);
    }
    return [...files].sort();
  }

  /** Removes one of `files`, and what the catalog knows of its addresses. */
  async remove(file: string): Promise<void> {
    await removeFile(this.#folder, file);
    const copy = this.#catalog.copyAt(file);
    const image = this.#catalog.imageByFile(file);
    if (image === undefined) {
      if (copy !== undefined) this.#catalog.removeAddress(copy.url);
      return;
    }
    this.#catalog.forgetFile(image.sha256);
    for (const { sha256 } of [image, ...this.#catalog.droppedFor(image.sha256)]) {
      for (const { url, file: own } of this.#catalog.addressesOf(sha256)) {
        if (own !== undefined) await removeFile(this.#folder, own);
        this.#catalog.removeAddress(url);
      }
    }
  }
}
