/**
 * Images whose bytes lie on the disk, but under no name yet: another machine may be about to claim
 * the same. With names of the content only: whoever comes back after a kill finds out by the name
 * whose they are.
 */
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fetched } from '../model.ts';
import { type Catalog, type Folder, saveBody, sizeOf } from '../store/mod.ts';
import { type Facts, recordFacts } from './facts.ts';

export class Staging {
  readonly #catalog: Catalog;
  readonly #folder: Folder;
  readonly #run: number;
  readonly #root: string;

  constructor(catalog: Catalog, folder: Folder, run: number) {
    this.#catalog = catalog;
    this.#folder = folder;
    this.#run = run;
    this.#root = join(folder.own, 'staged');
  }

  pathOf(name: string): string {
    return join(this.#root, name);
  }

  /** Puts bytes and row on the disk. */
  async add(name: string, { body }: Fetched, facts: Facts): Promise<void> {
    await mkdir(this.#root, { recursive: true });
    const folder = { ...this.#folder, root: this.#root };
    await saveBody(folder, body, facts.sha256, [name], { sync: true });
    recordFacts(this.#catalog, this.#run, facts, { file: name });
    this.#catalog.flush();
  }

  /** The staged image gets its name. What had that name had the same bytes, or was damaged. */
  async unveil(name: string): Promise<void> {
    await rename(this.pathOf(name), join(this.#folder.root, name));
  }

  /** The staged image is another folder's. */
  async remove(name: string, sha256: string): Promise<void> {
    await rm(this.pathOf(name), { force: true });
    if ((await sizeOf(this.#folder, name)) === undefined) this.#catalog.forgetFile(sha256);
  }

  /** Names of the images that were staged when a run before was killed. */
  async names(): Promise<string[]> {
    return await readdir(this.#root).catch(() => []);
  }
}
