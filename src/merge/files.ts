/** Puts the kept files into the merged folder. */
import { copyFile, link, lstat, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '../store/file-error.ts';
import { type Folder, fileName, pathIn, sizeOf } from '../store/mod.ts';
import type { Input } from './inputs.ts';

interface Wanted {
  readonly sha256: string;
  readonly format: Parameters<typeof fileName>[2];
  readonly bytes: number;
}

/**
 * A hard link where the file system has them, else a copy, of the first input that has the file.
 * Undefined when it is missing in all of them, or of another size than the catalog says. Throws TrawlError.
 */
export async function bringFile(
  out: Folder,
  inputs: readonly Input[],
  { sha256, format, bytes }: Wanted,
): Promise<string | undefined> {
  const name = fileName(sha256, undefined, format);
  if ((await sizeOf(out, name)) === bytes) return name;
  for (const input of inputs) {
    for (const path of pathsIn(input, sha256)) {
      const info = await lstat(path).catch(() => undefined);
      // Not even a link of that name is followed: it may lead to any file of the machine.
      if (!info?.isFile() || info.size !== bytes) continue;
      await put(path, out, name);
      return name;
    }
  }
  return undefined;
}

/** Where the file may be, by what the catalog says. */
function pathsIn({ folder, catalog, staged }: Input, sha256: string): string[] {
  const file = catalog.imageBySha(sha256)?.file;
  if (file === undefined) return [];
  const named = pathIn(folder.root, file);
  return staged.has(file) ? [named, join(folder.own, 'staged', file)] : [named];
}

/** Whole or not at all; what had that name had another size, so it was no such image. */
async function put(from: string, out: Folder, name: string): Promise<void> {
  const part = join(out.partial, `${name}.merge`);
  try {
    await rm(part, { force: true });
    await link(from, part).catch(() => copyFile(from, part));
    await rename(part, pathIn(out.root, name));
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    throw fileError(error, out.root);
  }
}
