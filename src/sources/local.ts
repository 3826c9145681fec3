/** Files on this machine that arguments name, for commands that never fetch. */
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
    if (source?.kind !== 'glob') {
      files.push(arg);
      continue;
    }
    const paths = await expandGlob(source.pattern, cwd);
    if (paths.length === 0) throw new TrawlError('usage', `no file matches ${source.pattern}`);
    const inside = `${cwd}/`;
    files.push(
      ...paths.map((path) => (path.startsWith(inside) ? path.slice(inside.length) : path)),
    );
  }
  return files;
}
