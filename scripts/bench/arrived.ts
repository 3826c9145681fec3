/** What lies in a folder after a download, compared with what the server had, whatever the names. */
import { createHash } from 'node:crypto';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Arrived {
  /** Photos of which a file holds every byte. */
  readonly whole: number;
  /** Files that are no photo of the server: cut, or of something else. */
  readonly corrupt: readonly string[];
  /** Photos of which there is no file. */
  readonly missing: number;
  /** Whole files by SHA-256. */
  readonly files: ReadonlyMap<string, string>;
}

/** Hidden files and folders are nobody's final names. */
export async function arrived(folder: string, sums: readonly string[]): Promise<Arrived> {
  const wanted = new Set(sums);
  const files = new Map<string, string>();
  const corrupt: string[] = [];
  const entries = glob('**', { cwd: folder, withFileTypes: true, exclude: isHidden });
  for await (const entry of entries) {
    if (!entry.isFile() || isHidden(entry)) continue;
    const path = join(entry.parentPath, entry.name);
    const sum = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    if (wanted.has(sum)) files.set(sum, path);
    else corrupt.push(path);
  }
  return { whole: files.size, corrupt, missing: wanted.size - files.size, files };
}

function isHidden({ name }: { readonly name: string }): boolean {
  return name.startsWith('.');
}
