import { unlink } from 'node:fs/promises';

/** Removes a file, if it is there. With `rm`, which looks first what it is, a second way to the disk each. */
export async function removeIfThere(path: string): Promise<void> {
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
