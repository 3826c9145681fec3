import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  copyFile,
  link,
  lstat,
  mkdir,
  realpath,
  rename,
  symlink,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, extname, join, relative } from 'node:path';
import { type PictureFile, stampOf } from './files.ts';
import type { PlannedStep } from './plan.ts';

export type StepOutcome = { readonly step: PlannedStep } & (
  | {
      readonly status: 'done';
      /** Where a moved file is now. */
      readonly to?: string;
    }
  /** It is so already. */
  | { readonly status: 'unneeded'; readonly why: string }
  /** It was left alone: something is not as it was when the files were compared. */
  | { readonly status: 'skipped'; readonly why: string }
  | { readonly status: 'failed'; readonly why: string }
);

/**
 * Carries out planned steps, one after the other. Right before each, both files are read again: the
 * duplicate must still be the file that was compared, and so must the one that is kept; else the
 * step is skipped. A duplicate is replaced atomically, and nothing is ever overwritten by a move.
 */
export async function* applySteps(
  steps: Iterable<PlannedStep>,
  signal?: AbortSignal,
): AsyncGenerator<StepOutcome> {
  for (const step of steps) {
    signal?.throwIfAborted();
    try {
      const why = (await isUnchanged(step.keep)) ?? (await isUnchanged(step.file));
      if (why !== undefined) {
        yield { step, status: 'skipped', why };
        continue;
      }
      const same = await areOneFile(step);
      if (same !== undefined) {
        yield { step, status: 'unneeded', why: same };
        continue;
      }
      const to = await carryOut(step);
      yield { step, status: 'done', ...(to !== undefined && { to }) };
    } catch (error) {
      yield { step, status: 'failed', why: `${step.file.path}: ${reason(error)}` };
    }
  }
}

/** Why the file is not the one that was compared; `undefined` when it is. */
async function isUnchanged(file: PictureFile): Promise<string | undefined> {
  const stamp = await stampOf(file.path).catch(() => undefined);
  if (stamp === undefined) return `${file.path} is gone`;
  if (stamp.size !== file.size || stamp.mtimeNs !== file.mtimeNs) {
    return `${file.path} was changed meanwhile`;
  }
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file.path)) hash.update(chunk as Uint8Array);
  return hash.digest('hex') === file.image.sha256 ? undefined : `${file.path} has other bytes now`;
}

/** Why nothing is to be done because both paths lead to one file; `undefined` when they do not. */
async function areOneFile({ file, keep, kind }: PlannedStep): Promise<string | undefined> {
  // By real path: the folder itself may be linked, and then removing one removes both.
  if ((await realpath(file.path)) === (await realpath(keep.path))) {
    return `${file.path} is ${keep.path} itself`;
  }
  const [one, other] = await Promise.all(
    [file, keep].map(({ path }) => lstat(path, { bigint: true })),
  );
  const linked = one?.dev === other?.dev && one?.ino === other?.ino;
  return linked && kind === 'hardlink' ? `${file.path} is a hard link already` : undefined;
}

async function carryOut({ kind, file, keep, to }: PlannedStep): Promise<string | undefined> {
  switch (kind) {
    case 'delete':
      await unlink(file.path);
      return undefined;
    case 'hardlink':
      // By real path: where the kept one is a link, that is what would be linked.
      await replaceBy(file.path, async (place) => link(await realpath(keep.path), place));
      return undefined;
    case 'symlink': {
      const target = relative(await realpath(dirname(file.path)), await realpath(keep.path));
      await replaceBy(file.path, (place) => symlink(target, place));
      return undefined;
    }
    case 'move':
      return await moveTo(file.path, to as string);
  }
}

/** Makes the new entry beside the old one and renames it over: there is a file at all times. */
async function replaceBy(path: string, make: (place: string) => Promise<void>): Promise<void> {
  const place = join(dirname(path), `.imgtrawl-${randomUUID()}`);
  await make(place);
  try {
    await rename(place, path);
  } catch (error) {
    await unlink(place).catch(() => undefined);
    throw error;
  }
}

/** How many names are tried: `a.jpg`, `a (2).jpg`, … */
const MAX_NAMES = 1000;

/** Answers where the file is now. `link` fails where something is, which `rename` does not. */
async function moveTo(path: string, wanted: string): Promise<string> {
  if ((await lstat(path)).isSymbolicLink()) {
    throw new Error('it is a symbolic link, which would lead elsewhere from another folder');
  }
  await mkdir(dirname(wanted), { recursive: true });
  const extension = extname(wanted);
  const stem = join(dirname(wanted), basename(wanted, extension));
  for (let n = 1; n <= MAX_NAMES; n++) {
    const place = n === 1 ? wanted : `${stem} (${n})${extension}`;
    try {
      await linkOrCopy(path, place);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw error;
    }
    await unlink(path);
    return place;
  }
  throw new Error(`${MAX_NAMES} files of that name are in ${dirname(wanted)} already`);
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Another disk, or one that knows no hard links (FAT).
    if (code !== 'EXDEV' && code !== 'EPERM' && code !== 'ENOTSUP') throw error;
    await copyWhole(from, to);
  }
}

async function copyWhole(from: string, to: string): Promise<void> {
  const { atime, mtime } = await lstat(from);
  const part = join(dirname(to), `.imgtrawl-${randomUUID()}`);
  try {
    await copyFile(from, part);
    await utimes(part, atime, mtime);
    // Takes the name without taking it from another file, then the copy takes its place.
    await writeFile(to, '', { flag: 'wx' });
    await rename(part, to);
  } catch (error) {
    await unlink(part).catch(() => undefined);
    throw error;
  }
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EXDEV') return 'the kept file is on another disk; use symlink or move instead';
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return `it may not be changed (${code})`;
  }
  if (code === 'ENOSPC') return 'there is no space left on the disk';
  return message;
}
