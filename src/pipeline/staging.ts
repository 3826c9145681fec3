/**
 * Images whose bytes lie on the disk, but under no name yet: another machine may be about to claim
 * the same. With names of the content only: whoever comes back after a kill finds out by the name
 * whose they are.
 *
 * A row that names a file comes after the staged bytes and goes before them: whenever this ends, every
 * row has its bytes, and bytes without a row were never claimed or are another's.
 */
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fetched } from '../model.ts';
import { type Catalog, type Folder, saveBody, sizeOf } from '../store/mod.ts';
import type { DurableRows } from './durable.ts';
import { type Facts, recordFacts } from './facts.ts';

export class Staging {
  readonly #catalog: Catalog;
  readonly #folder: Folder;
  readonly #run: number;
  readonly #rows: DurableRows;
  readonly #root: string;

  constructor(catalog: Catalog, folder: Folder, run: number, rows: DurableRows) {
    this.#catalog = catalog;
    this.#folder = folder;
    this.#run = run;
    this.#rows = rows;
    this.#root = join(folder.own, 'staged');
  }

  pathOf(name: string): string {
    return join(this.#root, name);
  }

  /** Puts bytes and row on the disk, so that not even a power cut takes them from whoever claims them. */
  async add(name: string, { body }: Fetched, facts: Facts): Promise<void> {
    await mkdir(this.#root, { recursive: true });
    const folder = { ...this.#folder, root: this.#root };
    await saveBody(folder, body, facts.sha256, [name], { sync: true });
    recordFacts(this.#catalog, this.#run, facts, { file: name });
    await this.#rows.settle();
  }

  /** The staged image gets its name. What had that name had the same bytes, or was damaged. */
  async unveil(name: string): Promise<void> {
    await rename(this.pathOf(name), join(this.#folder.root, name));
  }

  /** The staged image is another folder's. */
  async remove(name: string, sha256: string): Promise<void> {
    if ((await sizeOf(this.#folder, name)) === undefined) {
      this.#catalog.forgetFile(sha256);
      await this.#rows.settle();
    }
    await rm(this.pathOf(name), { force: true });
  }

  /** Names of the images that were staged when a run before was killed. */
  async names(): Promise<string[]> {
    return await readdir(this.#root).catch(() => []);
  }
}
