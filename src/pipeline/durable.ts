/** What would survive a power cut. */
import { type FileHandle, open } from 'node:fs/promises';
import { fileError } from '../store/file-error.ts';
import type { Catalog, Folder } from '../store/mod.ts';

/**
 * Makes the rows of a catalog durable. Whoever asks while that is going on shares the next turn, so that
 * under load one fsync serves many.
 */
export class DurableRows {
  readonly #catalog: Catalog;
  readonly #log: string;
  #last: Promise<unknown> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(catalog: Catalog, folder: Folder) {
    this.#catalog = catalog;
    // SQLite itself syncs its log only when it moves what stands there into the catalog.
    this.#log = `${folder.catalog}-wal`;
  }

  /** Resolves when what was written before the call is on the disk. Throws TrawlError. */
  settle(): Promise<void> {
    if (this.#next === undefined) {
      this.#next = this.#last.then(() => {
        this.#next = undefined;
        this.#catalog.flush();
        return syncFile(this.#log);
      });
      this.#last = this.#next.catch(() => {});
    }
    return this.#next;
  }
}

/** A file that is not there is no fault: a log may just have been taken in. Throws TrawlError. */
async function syncFile(path: string): Promise<void> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    await file.sync();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fileError(error, path);
  } finally {
    await file?.close();
  }
}

/** The names in a folder. Some systems cannot open one. */
export async function syncNames(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
}
