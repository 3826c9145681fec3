/** Fetches again what a folder has lost, under its old names. */
import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog, Finding, Folder } from '../store/mod.ts';
import { pathIn } from '../store/mod.ts';
import type { Found } from './context.ts';

export interface Repair {
  /** What is to be fetched. */
  readonly found: readonly Found[];
  /** Files that no known address can bring back. */
  readonly orphans: readonly string[];
  /** Where changed files were put: the change may have been the user's own. */
  readonly setAside: readonly string[];
  /** Files among them were links of duplicates to the copy that is kept. */
  readonly linked: boolean;
}

/** Takes what is missing or changed out of the catalog. Call it under the folder's lock. */
export function planRepair(findings: readonly Finding[], folder: Folder, catalog: Catalog): Repair {
  const found: Found[] = [];
  const orphans: string[] = [];
  const setAside: string[] = [];
  let linked = false;
  for (const { file, state, sha256 } of findings) {
    if (sha256 === undefined || (state !== 'missing' && state !== 'changed')) continue;
    // A second file is brought back by its own address; the image itself may be whole.
    const image = catalog.imageByFile(file);
    const copy = image === undefined ? catalog.copyAt(file) : undefined;
    const given = copy?.sha256 === undefined ? undefined : catalog.imageBySha(copy.sha256);
    if (given?.kept !== undefined) linked = true;
    const rows = (copy ? [copy] : catalog.addressesOf(sha256)).filter(({ url }) =>
      /^https?:/.test(url),
    );
    if (rows.length === 0) {
      orphans.push(file);
      continue;
    }
    if (state === 'changed') {
      const changed = join(folder.own, 'changed');
      mkdirSync(changed, { recursive: true });
      renameSync(pathIn(folder.root, file), join(changed, file));
      setAside.push(join(changed, file));
    }
    if (copy === undefined) catalog.forgetFile(sha256);
    for (const { url, page, space, alt } of rows) {
      const about = {
        ...(page !== undefined && { page }),
        ...(space !== undefined && { space }),
        ...(alt !== undefined && { alt }),
      };
      const ref = {
        group: found.length + 1,
        ...about,
        candidates: [{ url, from: 'catalog' }],
      } as const;
      found.push({ ref, named: space === undefined, mayBePage: false });
    }
  }
  catalog.flush();
  return { found, orphans, setAside, linked };
}
