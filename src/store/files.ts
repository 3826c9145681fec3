/** Whole files only: written apart, then given their name, and never over another file. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, writeFile } from 'node:fs';
import { copyFile, link, lstat, open, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Body } from '../model.ts';
import { fileError } from './file-error.ts';
import { type Folder, pathIn } from './folder.ts';

export interface SaveOptions {
  /**
   * SHA-256 of what may be written over under the first name: the earlier version of this image. A
   * file that the user has changed has another one, and stays.
   */
  readonly replaces?: string | undefined;
  /** Wait until the disk has it (fsync), against power cuts. Default false. */
  readonly sync?: boolean;
}

export interface SavedFile {
  /** The one of the names that was free, or that held these very bytes already. */
  readonly name: string;
  /** The file was there, with these bytes: a run before saved it and was killed. */
  readonly existed: boolean;
  /** The file that `replaces` told of is no more. */
  readonly replaced: boolean;
}

/**
 * Puts a body into the folder under the first of `names` that is free or holds the same bytes.
 * A partial file is moved, not copied. Throws TrawlError.
 */
export async function saveBody(
  folder: Folder,
  body: Body,
  sha256: string,
  names: Iterable<string>,
  options: SaveOptions = {},
): Promise<SavedFile> {
  const part = body.in === 'file' ? body.path : join(folder.partial, `${randomUUID()}.new`);
  try {
    await writePart(part, body, options.sync ?? false);
    let first = true;
    for (const name of names) {
      const path = pathIn(folder.root, name);
      const free = await giveName(part, path);
      const holds = free ? undefined : await hashFile(path);
      if (holds === sha256) return { name, existed: true, replaced: false };
      const replaced = first && holds !== undefined && holds === options.replaces;
      first = false;
      if (replaced) await rename(part, path);
      if (!free && !replaced) continue;
      if (options.sync) await syncFolder(folder.root);
      return { name, existed: false, replaced };
    }
  } catch (error) {
    throw fileError(error, folder.root);
  } finally {
    // Named or not, what is left of the part is of no more use.
    await unlink(part).catch(() => {});
  }
  throw fileError(new Error('all names for it are taken'), folder.root);
}

/**
 * Gives a file of the folder a second name: a hard link where the file system has them, else a copy.
 * What has that name gives way at once, with no moment between, if `replaces` says so of its SHA-256.
 * False when the name is taken. Throws TrawlError.
 */
export async function linkFile(
  folder: Folder,
  from: string,
  name: string,
  replaces: (sha256: string) => boolean,
): Promise<boolean> {
  const [source, path] = [pathIn(folder.root, from), pathIn(folder.root, name)];
  const part = join(folder.partial, `${randomUUID()}.new`);
  try {
    if (await isSame(source, path)) return true;
    const linked = await link(source, part).then(
      () => true,
      () => false,
    );
    const holds = await hashFile(path);
    // Where there are no links, a copy is as good as another.
    if (!linked && holds !== undefined && holds === (await hashFile(source))) return true;
    if (!linked) await copyFile(source, part);
    if (await giveName(part, path)) return true;
    if (holds === undefined || !replaces(holds)) return false;
    await rename(part, path);
    return true;
  } catch (error) {
    throw fileError(error, folder.root);
  } finally {
    // A rename onto a link to the same file does nothing.
    await unlink(part).catch(() => {});
  }
}

/** Removes a file of the folder; true when there was one. Throws TrawlError. */
export async function removeFile(folder: Folder, name: string): Promise<boolean> {
  const path = pathIn(folder.root, name);
  try {
    await unlink(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw fileError(error, path);
  }
}

/** Size of a regular file of the folder, in bytes; undefined when there is none. Follows no link. */
export async function sizeOf(folder: Folder, name: string): Promise<number | undefined> {
  const info = await lstat(pathIn(folder.root, name)).catch(() => undefined);
  return info?.isFile() ? info.size : undefined;
}

/** SHA-256 of a regular file, lower-case hex; undefined when it is none or cannot be read. */
export async function hashFile(path: string): Promise<string | undefined> {
  const info = await lstat(path).catch(() => undefined);
  if (!info?.isFile()) return undefined;
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  } catch {
    return undefined;
  }
  return hash.digest('hex');
}

/** Two names of one file. */
async function isSame(one: string, other: string): Promise<boolean> {
  const look = (path: string) => lstat(path, { bigint: true }).catch(() => undefined);
  const [a, b] = await Promise.all([look(one), look(other)]);
  return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev;
}

async function writePart(part: string, body: Body, sync: boolean): Promise<void> {
  if (body.in === 'memory') await writeNew(part, body.bytes, { flag: 'wx', mode: 0o666 });
  if (!sync) return;
  const file = await open(part, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** With the calls of `node:fs/promises`, whose files are objects with a life of their own, twice the CPU. */
const writeNew = promisify(writeFile);

/** False when the name is taken. */
async function giveName(part: string, path: string): Promise<boolean> {
  try {
    // Unlike rename, link never takes the place of a file that another program just made.
    await link(part, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (!NO_LINKS.has(code ?? '')) throw error;
  }
  if (await lstat(path).catch(() => undefined)) return false;
  await rename(part, path);
  return true;
}

/** What file systems without hard links answer (FAT, some network shares), and Linux for EMLINK. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EXDEV', 'EMLINK']);

/** The name, too, is on the disk only when the folder is. Some systems cannot open a folder. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
}
