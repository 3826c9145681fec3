/** A new catalog from the files, when the old one can no longer be read. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { map } from '../concurrency/mod.ts';
import type { Inspection } from '../model.ts';
import { Catalog } from './catalog.ts';
import { fileError } from './file-error.ts';
import type { Folder } from './folder.ts';
import { pathIn } from './folder.ts';
import { salvage } from './salvage.ts';
import { filesIn } from './verify.ts';

export interface Looked {
  readonly sha256: string;
  readonly bytes: number;
  readonly inspection: Inspection;
}

export interface RebuildOptions {
  /** Reads an image file; rejects for what is none, which is then left alone. */
  readonly look: (path: string) => Promise<Looked>;
  /** Files looked at at the same time. Default 8. */
  readonly window?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Rebuilt {
  /** Files that are in the new catalog. */
  readonly images: number;
  /** Files that are no images. */
  readonly others: number;
  /** Addresses that could be read out of the old catalog. */
  readonly addresses: number;
  /** Where the old catalog lies now. */
  readonly setAside: string | undefined;
}

/**
 * Call it under the folder's lock. The new catalog takes the place of the old one when it is complete,
 * so a kill in between leaves the old one. Throws TrawlError.
 */
export async function rebuildCatalog(folder: Folder, options: RebuildOptions): Promise<Rebuilt> {
  const made = `${folder.catalog}.rebuilt`;
  removeDatabase(made);
  const counts = { images: 0, others: 0, addresses: 0 };
  {
    using catalog = Catalog.open(made);
    const run = catalog.beginRun({ command: 'verify --repair', sources: [] });
    await readFiles(catalog, run, folder, options, counts);
    counts.addresses = salvage(folder.catalog, catalog);
    catalog.endRun(run, 'done', counts);
  }
  try {
    const setAside = setOldAside(folder);
    renameSync(made, folder.catalog);
    return { ...counts, setAside };
  } catch (error) {
    throw fileError(error, folder.catalog);
  }
}

async function readFiles(
  catalog: Catalog,
  run: number,
  folder: Folder,
  { look, window = 8, signal }: RebuildOptions,
  counts: { images: number; others: number },
): Promise<void> {
  const submit = (file: string) => look(pathIn(folder.root, file));
  for await (const outcome of map(filesIn(folder), { submit, window, signal })) {
    if (!outcome.ok) {
      counts.others++;
      continue;
    }
    const { sha256, bytes, inspection } = outcome.value;
    counts.images++;
    // A second file with the same bytes belongs to an address, which only the old catalog knew.
    if (catalog.imageBySha(sha256) !== undefined) continue;
    const { thumbnail, profile: _, ...facts } = inspection;
    catalog.recordImage({ ...facts, sha256, bytes, file: outcome.task, run }, thumbnail);
  }
}

/** SQLite's log goes along: what it holds may be the part that can still be read. */
function setOldAside(folder: Folder): string | undefined {
  if (!existsSync(folder.catalog)) return undefined;
  const time = new Date().toISOString().replace(/[:.]/g, '-');
  const aside = `${folder.catalog}.damaged-${time}`;
  for (const rest of ['-wal', '-shm', '']) {
    if (existsSync(folder.catalog + rest)) renameSync(folder.catalog + rest, aside + rest);
  }
  return aside;
}

function removeDatabase(file: string): void {
  for (const rest of ['', '-wal', '-shm', '-journal']) rmSync(file + rest, { force: true });
}
