import { join, relative, sep } from 'node:path';
import { TrawlError } from '../errors.ts';
import type { DuplicateFile, FileGroup, PictureFile } from './files.ts';

/** What is done with each duplicate; the kept file is never touched. */
export type Remedy =
  | { readonly kind: 'delete' | 'hardlink' | 'symlink' }
  /** Below `into` the files keep their place relative to the folder that they all have in common. */
  | { readonly kind: 'move'; readonly into: string };

export interface PlannedStep {
  readonly group: number;
  readonly kind: Remedy['kind'];
  readonly file: DuplicateFile;
  readonly keep: PictureFile;
  /** Where it is moved. */
  readonly to?: string;
}

/** Reads the value of `--apply`: `delete`, `hardlink`, `symlink` or `move=DIR`. */
export function parseRemedy(text: string): Remedy {
  if (text === 'delete' || text === 'hardlink' || text === 'symlink') return { kind: text };
  if (text.startsWith('move=') && text.length > 5) return { kind: 'move', into: text.slice(5) };
  throw new TrawlError(
    'usage',
    `--apply must be delete, hardlink, symlink or move=DIR, not "${text}"`,
  );
}

/** The steps, in the order of the groups. Pure: nothing is looked at or changed. */
export function planSteps(groups: readonly FileGroup[], remedy: Remedy): PlannedStep[] {
  const duplicates = groups.flatMap((group) => group.duplicates.map((file) => file.path));
  const base = remedy.kind === 'move' ? commonFolder(duplicates) : '';
  return groups.flatMap(({ group, keep, duplicates: files }) =>
    files.map((file) => ({
      group,
      kind: remedy.kind,
      file,
      keep,
      ...(remedy.kind === 'move' && { to: join(remedy.into, relative(base, file.path)) }),
    })),
  );
}

/** The deepest folder that holds all of the paths. */
export function commonFolder(paths: readonly string[]): string {
  const [first, ...others] = paths.map((path) => path.split(sep).slice(0, -1));
  if (first === undefined) return '';
  let depth = first.length;
  for (const other of others) {
    let same = 0;
    while (same < depth && first[same] === other[same]) same++;
    depth = same;
  }
  return first.slice(0, depth).join(sep) || sep;
}
