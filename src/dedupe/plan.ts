import { join, relative, resolve, sep } from 'node:path';
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

/**
 * The steps, in the order of the groups; nothing is looked at or changed. A duplicate that lies where
 * duplicates are to be moved has been moved before and stays.
 */
export function planSteps(groups: readonly FileGroup[], remedy: Remedy): PlannedStep[] {
  const { kind } = remedy;
  const steps = groups.flatMap(({ group, keep, duplicates }) =>
    duplicates.map((file) => ({ group, kind, file, keep })),
  );
  if (remedy.kind !== 'move') return steps;
  const { into } = remedy;
  const inside = join(resolve(into), sep);
  const moved = steps.filter(({ file }) => !resolve(file.path).startsWith(inside));
  const base = commonFolder(moved.map(({ file }) => resolve(file.path)));
  return moved.map((step) => ({
    ...step,
    to: join(into, relative(base, resolve(step.file.path))),
  }));
}

/** The deepest folder that holds all of the absolute paths. */
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
