/** The output folder: the images, and `.imgtrawl/` with all that is ours. */
import { lstatSync, mkdirSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { TrawlError } from '../errors.ts';
import { fileError } from './file-error.ts';

export interface Folder {
  /** Absolute, symbolic links resolved. */
  readonly root: string;
  /** `<root>/.imgtrawl` */
  readonly own: string;
  /** `<root>/.imgtrawl/partial`, for what is not whole yet. */
  readonly partial: string;
  /** `<root>/.imgtrawl/catalog.sqlite` */
  readonly catalog: string;
}

/** Makes what is missing. Throws TrawlError `output-not-writable`, `output-not-a-folder` or `disk-full`. */
export function makeFolder(path: string): Folder {
  let root = path;
  try {
    makeFolders(path);
    root = realpathSync(path);
    if (!statSync(root).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    const folder = folderAt(root);
    for (const own of [folder.own, folder.partial]) {
      refuseLink(own);
      makeFolders(own);
    }
    return folder;
  } catch (error) {
    throw fileError(error, root);
  }
}

/** The parts of a folder that exists; touches nothing. */
export function folderAt(root: string): Folder {
  const own = join(root, '.imgtrawl');
  return { root, own, partial: join(own, 'partial'), catalog: join(own, 'catalog.sqlite') };
}

/**
 * Removes what a run that was killed had in hand: bodies on their way to a name, a catalog that was
 * being made. Partial downloads stay, as they are continued. Call it under the folder's lock.
 */
export function sweep({ own, partial }: Folder): void {
  try {
    for (const name of readdirSync(partial))
      if (name.endsWith('.new')) rmSync(join(partial, name), { force: true });
    for (const name of readdirSync(own))
      if (/^new-[A-Za-z0-9]{6}$/.test(name)) rmSync(join(own, name), { recursive: true });
  } catch (error) {
    throw fileError(error, own);
  }
}

/** Path of one of our names in the folder. Throws when the name leads elsewhere, which none of ours does. */
export function pathIn(root: string, name: string): string {
  const wrong = name === '' || name === '.' || name === '..' || /[/\\\0]/.test(name);
  if (wrong) throw new TrawlError('internal', `${JSON.stringify(name)} is no name for a file`);
  return root + sep + name;
}

/**
 * Like `recursive: true`, which goes round for ever where a folder cannot be made although its parent
 * is there and the system says that something is missing (Linux: `/proc/x`).
 */
function makeFolders(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && dirname(path) !== path) {
      makeFolders(dirname(path));
      mkdirSync(path);
    } else if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
      throw error;
    }
  }
}

/** Whoever made the folder may have laid a link that leads our writing out of it. */
function refuseLink(path: string): void {
  const info = lstatSync(path, { throwIfNoEntry: false });
  if (info?.isSymbolicLink()) {
    throw new TrawlError('output-not-writable', `${path} is a symbolic link; remove it`);
  }
}
