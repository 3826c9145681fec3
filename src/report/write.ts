/** Makes the report of a folder and puts it where it belongs. */
import { randomUUID } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TrawlError } from '../errors.ts';
import { fileError } from '../store/file-error.ts';
import { Catalog, folderAt } from '../store/mod.ts';
import { collect } from './collect.ts';
import { reportHtml } from './page.ts';

/**
 * @param dir a folder that runs have filled
 * @param out file to write. Default: `report.html` in the folder's `.imgtrawl`
 * @returns the file's path. Throws TrawlError.
 */
export async function writeReport(dir: string, out?: string): Promise<string> {
  const { root, own, catalog: file } = folderAt(resolve(dir));
  if (!existsSync(file)) {
    throw new TrawlError('usage', `${dir} holds no catalog: no run of imgtrawl has filled it`);
  }
  const path = out === undefined ? join(own, 'report.html') : resolve(out);
  using catalog = Catalog.open(file, { readOnly: true });
  const base = baseOf(path, root);
  const text = reportHtml(collect(catalog, { title: basename(root), base }));
  await replace(path, text);
  return path;
}

function baseOf(path: string, root: string): string {
  try {
    return baseFrom(dirname(path), root);
  } catch (error) {
    throw fileError(error, path);
  }
}

/** Address of `root` as seen from a page in `folder`, with a slash at its end. */
export function baseFrom(folder: string, root: string): string {
  // A link on the way would make `..` lead elsewhere.
  const path = relative(realpathSync(folder), realpathSync(root));
  const onOtherDrive = resolve(folder, path) !== join(folder, path);
  if (onOtherDrive) return `${pathToFileURL(root).href}/`;
  // A leading `./` keeps a colon in a name from being read as a scheme.
  const steps = path.split(sep).filter(Boolean).map(encodeURIComponent);
  return `./${steps.map((step) => `${step}/`).join('')}`;
}

/** Whole or not at all; a link that lies there is replaced, not followed. */
export async function replace(path: string, text: string): Promise<void> {
  const part = join(dirname(path), `.${randomUUID()}.new`);
  try {
    await writeFile(part, text, { flag: 'wx' });
    await rename(part, path);
  } catch (error) {
    throw fileError(error, path);
  } finally {
    await rm(part, { force: true }).catch(() => {});
  }
}
