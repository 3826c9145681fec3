/** Files on this machine that arguments name, for commands that never fetch. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { TrawlError } from '../errors.ts';
import { classifyArgument, expandGlob } from './classify.ts';

/**
 * Paths in the order given, a glob's sorted, as the user would write them. A file that is not there
 * is kept: reading it says why. Throws `usage` for addresses and for globs without a match.
 */
export async function localFiles(args: readonly string[], cwd: string): Promise<string[]> {
  const files: string[] = [];
  for (const arg of args) {
    if (/^https?:/i.test(arg)) {
      throw new TrawlError('usage', `${arg} is an address; this command reads local files`);
    }
    const source = await classifyArgument(arg, cwd).catch(() => undefined);
    const isFolder = source === undefined && (await isDirectory(resolve(cwd, arg)));
    if (source?.kind !== 'glob' && !isFolder) {
      files.push(arg);
      continue;
    }
    const paths = isFolder ? await filesBelow(resolve(cwd, arg)) : await expandGlob(arg, cwd);
    if (paths.length === 0) throw new TrawlError('usage', `no file matches ${arg}`);
    const inside = `${cwd}/`;
    files.push(
      ...paths.map((path) => (path.startsWith(inside) ? path.slice(inside.length) : path)),
    );
  }
  return files;
}

const isDirectory = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false;

/** Everything below a folder but what is hidden, which our own catalogs are too. Links are not followed. */
async function filesBelow(folder: string): Promise<string[]> {
  const { default: glob } = await import('fast-glob');
  const paths = await glob('**/*', { cwd: folder, absolute: true, followSymbolicLinks: false });
  return paths.sort();
}
