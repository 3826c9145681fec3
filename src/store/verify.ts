/** Compares a folder with its catalog, file by file. */
import { opendir } from 'node:fs/promises';
import { map } from '../concurrency/mod.ts';
import type { Catalog } from './catalog.ts';
import { fileError } from './file-error.ts';
import { hashFile, sizeOf } from './files.ts';
import { type Folder, pathIn } from './folder.ts';

export interface Finding {
  /** Relative to the folder. */
  readonly file: string;
  /** `unknown`: the catalog knows nothing of it. */
  readonly state: 'ok' | 'missing' | 'changed' | 'unknown';
  /** As the catalog says; absent for unknown files. */
  readonly sha256?: string;
  /** As the file is; present for changed files that could be read. */
  readonly found?: string;
}

export interface VerifyOptions {
  /** SHA-256 of a file; undefined when it cannot be read. Default: on this thread. */
  readonly hash?: (path: string) => Promise<string | undefined>;
  /** Files hashed at the same time. Default 8. */
  readonly window?: number;
  readonly signal?: AbortSignal | undefined;
}

/** First all files that the catalog knows, in its order, then those that it does not know. */
export async function* verifyFolder(
  folder: Folder,
  catalog: Catalog,
  options: VerifyOptions = {},
): AsyncGenerator<Finding> {
  const { hash = hashFile, window = 8, signal } = options;
  const submit = async (known: Known): Promise<Finding> => {
    const size = await sizeOf(folder, known.file);
    if (size === undefined) return { file: known.file, state: 'missing', sha256: known.sha256 };
    const found = await hash(pathIn(folder.root, known.file));
    if (found === known.sha256) return { ...known, state: 'ok' };
    return { ...known, state: 'changed', ...(found !== undefined && { found }) };
  };
  for await (const outcome of map(knownFiles(catalog), { submit, window, signal })) {
    if (!outcome.ok) throw outcome.error;
    yield outcome.value;
  }
  for await (const file of filesIn(folder)) {
    signal?.throwIfAborted();
    if (!isKnown(catalog, file)) yield { file, state: 'unknown' };
  }
}

interface Known {
  readonly file: string;
  readonly sha256: string;
}

function* knownFiles(catalog: Catalog): Generator<Known> {
  for (const { file, sha256 } of catalog.images()) if (file !== undefined) yield { file, sha256 };
  for (const { file, sha256 } of catalog.copies()) {
    // A copy may have become the image's own file since.
    const twice = file === undefined || catalog.imageByFile(file) !== undefined;
    if (twice || sha256 === undefined) continue;
    yield { file, sha256: catalog.keptFor(sha256)?.sha256 ?? sha256 };
  }
}

function isKnown(catalog: Catalog, file: string): boolean {
  return catalog.imageByFile(file) !== undefined || catalog.copyAt(file) !== undefined;
}

/** Names of what lies in the folder itself and is not ours, in no order. */
export async function* filesIn(folder: Folder): AsyncGenerator<string> {
  try {
    for await (const entry of await opendir(folder.root)) {
      if (!entry.isDirectory()) yield entry.name;
    }
  } catch (error) {
    throw fileError(error, folder.root);
  }
}
