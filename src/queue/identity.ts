/** The name of a worker's folder, for as long as the folder exists: claims are its, not the process's. */
import { randomBytes, randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileError } from '../store/file-error.ts';
import { type Folder, makeFolder } from '../store/mod.ts';

/** 72 bits: two of a million folders share one once in 10⁹ times. */
const BYTES = 9;
const IDENTITY = /^[A-Za-z0-9_-]{12}$/;

/** Throws TrawlError. */
export function folderIdentity(out: string): string {
  const folder = makeFolder(out);
  const file = join(folder.own, 'worker');
  try {
    return identityIn(file) ?? newIdentity(folder, file);
  } catch (error) {
    throw fileError(error, file);
  }
}

function identityIn(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8').trim();
    return IDENTITY.test(text) ? text : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whole on the disk before it has its name: half of one would be that of other folders, too. */
function newIdentity({ partial }: Folder, file: string): string {
  const identity = randomBytes(BYTES).toString('base64url');
  const part = join(partial, `${randomUUID()}.new`);
  const handle = openSync(part, 'wx');
  try {
    writeFileSync(handle, identity);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  try {
    // Another that waits for the same folder may be as far as we are: the first name holds.
    linkSync(part, file);
  } catch {
    // No file system for links, or half a name.
    if (identityIn(file) === undefined) renameSync(part, file);
  }
  rmSync(part, { force: true });
  return identityIn(file) ?? identity;
}
