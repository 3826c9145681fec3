import { stat } from 'node:fs/promises';
import { TrawlError, toTrawlError } from '../errors.ts';
import { Deduper, type DeduperOptions } from './deduper.ts';
import type { FileCache, FileFacts, FileStamp } from './file-cache.ts';
import type { CandidateImage } from './image.ts';
import { onePathEach } from './paths.ts';
import { compareNames } from './rank.ts';

/** A file that shows a picture. `name` is its path. */
export interface PictureFile extends FileStamp {
  readonly image: CandidateImage;
}

export interface DuplicateFile extends PictureFile {
  /** PDQ bits from the kept file; 0 for the same bytes. */
  readonly distance: number;
}

export interface FileGroup {
  /** From 1, by the path of the kept file. */
  readonly group: number;
  /** `exact` when all files hold the same bytes. */
  readonly kind: 'exact' | 'near';
  readonly keep: PictureFile;
  /** By path; never empty. */
  readonly duplicates: readonly DuplicateFile[];
}

export interface UnreadFile {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export interface FileReport {
  readonly groups: readonly FileGroup[];
  /** Files that show no picture that can be read, by path. */
  readonly unread: readonly UnreadFile[];
  /** Pictures seen. */
  readonly pictures: number;
}

export interface GroupFilesOptions extends Pick<DeduperOptions, 'mode' | 'nearThreshold'> {
  /** Reads one file; rejects with a TrawlError when it shows no picture. */
  readonly inspect: (path: string) => Promise<CandidateImage>;
  readonly cache: FileCache;
  /** Files read at once. Default 4: enough to keep the workers of a small machine busy. */
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
  /** After each file; `cached` when it was not read. */
  readonly onFile?: (path: string, cached: boolean) => void;
}

/** Finds the copies among files. The answer does not depend on the order of `paths`. */
export async function groupFiles(
  paths: Iterable<string> | AsyncIterable<string>,
  options: GroupFilesOptions,
): Promise<FileReport> {
  const { cache } = options;
  const deduper = new Deduper({
    ...(options.mode !== undefined && { mode: options.mode }),
    ...(options.nearThreshold !== undefined && { nearThreshold: options.nearThreshold }),
    thumbnailOf: (sha256) => cache.thumbnailOf(sha256),
  });
  const files: PictureFile[] = [];
  const unread: UnreadFile[] = [];
  // Several takers of one iterator: each gets the next path.
  const waiting = (await onePathEach(paths)).values();
  const run = async () => {
    for (const path of waiting) {
      options.signal?.throwIfAborted();
      const outcome = await look(path, options);
      if (outcome.facts.ok && outcome.stamp) {
        deduper.add(outcome.facts.image);
        files.push({ ...outcome.stamp, image: briefly(outcome.facts.image) });
      } else if (!outcome.facts.ok) {
        const { code, message } = outcome.facts;
        unread.push({ path, code, message });
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: options.concurrency ?? 4 }, run));
  } finally {
    cache.flush();
  }
  unread.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { groups: groupsOf(files, deduper), unread, pictures: files.length };
}

/** Without what only the comparison needs: there may be very many files. */
function briefly(image: CandidateImage): CandidateImage {
  const { sha256, name, format, width, height, bytes, orientation, frames } = image;
  return {
    ...{ sha256, name, format, width, height, bytes },
    ...(orientation !== undefined && { orientation }),
    ...(frames !== undefined && { frames }),
  };
}

/** What a file shows, from the cache when it has not changed since. */
async function look(
  path: string,
  { cache, inspect, onFile }: GroupFilesOptions,
): Promise<{ facts: FileFacts; stamp?: FileStamp }> {
  let stamp: FileStamp;
  try {
    stamp = await stampOf(path);
  } catch (error) {
    return { facts: failure(error, path) };
  }
  const known = cache.get(stamp);
  onFile?.(path, known !== undefined);
  if (known?.ok) return { facts: { ok: true, image: { ...known.image, name: path } }, stamp };
  if (known !== undefined) return { facts: known, stamp };
  let facts: FileFacts;
  try {
    facts = { ok: true, image: { ...(await inspect(path)), name: path } };
  } catch (error) {
    facts = failure(error, path);
  }
  // A file that changed while it was read would be remembered wrongly. Faults of ours may pass.
  const after = await stampOf(path).catch(() => undefined);
  const settled = after?.size === stamp.size && after.mtimeNs === stamp.mtimeNs;
  if (settled && (facts.ok || LASTING.has(facts.code))) cache.put(stamp, facts);
  return { facts, stamp };
}

/** Faults that lie in the bytes: reading them again would not help. */
const LASTING: ReadonlySet<string> = new Set([
  'not-an-image',
  'empty-body',
  'truncated',
  'damaged',
]);

/** Throws for what is no regular file: reading a named pipe would wait for ever, a device never end. */
export async function stampOf(path: string): Promise<FileStamp> {
  const stats = await stat(path, { bigint: true });
  if (!stats.isFile()) throw new TrawlError('source-unreadable', `${path} is no regular file`);
  const { size, mtimeNs } = stats;
  return { path, size: Number(size), mtimeNs };
}

function failure(error: unknown, path: string): FileFacts {
  const { code, message } = toTrawlError(error, 'source-unreadable');
  return { ok: false, code, message: message.includes(path) ? message : `${path}: ${message}` };
}

function groupsOf(files: readonly PictureFile[], deduper: Deduper): FileGroup[] {
  const once = new Set<string>();
  const byKept = new Map<string, DuplicateFile[]>();
  for (const { image } of files) {
    const kept = deduper.keptFor(image.sha256);
    if (kept === undefined) continue;
    if (once.has(kept.sha256)) byKept.set(kept.sha256, []);
    else once.add(kept.sha256);
  }
  for (const file of files) {
    const kept = deduper.keptFor(file.image.sha256);
    if (kept) byKept.get(kept.sha256)?.push({ ...file, distance: kept.distance });
  }
  const groups: Omit<FileGroup, 'group'>[] = [];
  for (const [sha256, members] of byKept) {
    members.sort((a, b) => compareNames(a.path, b.path));
    const keep = members.find((file) => file.image.sha256 === sha256);
    if (keep === undefined) continue;
    const duplicates = members.filter((file) => file !== keep);
    duplicates.sort((a, b) => (a.path < b.path ? -1 : 1));
    const exact = duplicates.every((file) => file.image.sha256 === sha256);
    groups.push({ kind: exact ? 'exact' : 'near', keep, duplicates });
  }
  groups.sort((a, b) => (a.keep.path < b.keep.path ? -1 : 1));
  return groups.map((group, i) => ({ group: i + 1, ...group }));
}
