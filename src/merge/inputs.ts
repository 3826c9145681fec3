/** The folders that are merged: held against other runs, and read. */
import { readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { TrawlError } from '../errors.ts';
import { Catalog, type Folder, folderAt, lockFolder } from '../store/mod.ts';

export interface Input {
  readonly folder: Folder;
  readonly catalog: Catalog;
  /** Images that a killed worker had claimed, but not yet given their name. */
  readonly staged: ReadonlySet<string>;
}

export interface LockWait {
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/** Opens and locks all of them, for the stack to close. Throws TrawlError that names the folder. */
export async function openInputs(
  paths: readonly string[],
  out: Folder,
  wait: LockWait,
  stack: DisposableStack,
): Promise<Input[]> {
  const roots = [...new Set(paths.map(rootOf))].sort();
  if (roots.includes(out.root)) {
    throw new TrawlError('usage', `${out.root} cannot be both merged and the result (-o)`);
  }
  const inputs: Input[] = [];
  for (const root of roots) {
    const folder = folderAt(root);
    // In the order of their names: two merges never wait for each other.
    const onLost = () => {};
    stack.use(await lockFolder(folder, { ...wait, onLost }));
    const catalog = stack.use(Catalog.open(folder.catalog, { readOnly: true }));
    inputs.push({ folder, catalog, staged: new Set(stagedIn(folder)) });
  }
  return inputs;
}

function rootOf(path: string): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    throw new TrawlError('source-unreadable', `${path} is not there`, { cause });
  }
}

function stagedIn(folder: Folder): string[] {
  try {
    return readdirSync(join(folder.own, 'staged'));
  } catch {
    return [];
  }
}
