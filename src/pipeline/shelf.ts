/**
 * The output folder as a run sees it: what it holds of an address, putting an image in, taking one
 * out that gave way to a better copy, and the record of everything in the catalog.
 */
import { lstatSync, type Stats } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Options } from '../config/schema.ts';
import type { KnownImage } from '../dedupe/mod.ts';
import type { TrawlError } from '../errors.ts';
import type { ExtractOptions } from '../extract/mod.ts';
import { redactUrl } from '../fetch/mod.ts';
import type { Fetched, ImageFormat, ImageRecord, Inspection, Verdict } from '../model.ts';
import {
  Catalog,
  type Folder,
  type FolderLock,
  fileName,
  fileNames,
  hashFile,
  type ImageRow,
  lockFolder,
  makeFolder,
  nameParts,
  removeFile,
  saveBody,
  sizeOf,
  sweep,
} from '../store/mod.ts';
import type { Found } from './context.ts';
import { Documents } from './documents.ts';
import type { Summary } from './events.ts';
import { pick } from './stage-options.ts';

export interface ShelfOptions {
  readonly names: 'url' | 'sha256';
  readonly sources: readonly string[];
  /** Wait for another run that holds the folder. */
  readonly wait: boolean;
  readonly signal: AbortSignal;
  /** The folder was taken over by another run. */
  readonly onLost: (error: TrawlError) => void;
  readonly onWritten?: (written: Written) => void;
}

/** A file that has got its name. */
export interface Written {
  readonly file: string;
  readonly bytes: number;
  /** When it had, in ms of `performance.now()`. */
  readonly at: number;
  /** How long that took. */
  readonly ms: number;
}

/** What the folder holds of an address, whole and as the catalog says. */
export interface Held {
  /** As of the run that fetched it. */
  readonly record: Omit<ImageRecord, 'status' | 'attempts' | 'ms'> &
    Pick<ImageRow, 'sha256' | 'width' | 'height'>;
  /** It was too small then, so there is no file. */
  readonly isFiltered: boolean;
  readonly validators: { readonly etag?: string; readonly lastModified?: string };
  /** When the server was last asked, in ms since 1970. */
  readonly fetchedAt: number;
}

/** A file may be this much younger than its record: the record is written after it. */
const TOUCHED_MS = 2000;

/** Facts of an image that is put in or dropped. */
export interface Facts {
  readonly sha256: string;
  readonly bytes: number;
  readonly inspection: Inspection;
}

/** How an image is put in beside what is there. */
export interface Putting {
  /** The file that holds the same bytes gives way. */
  readonly move: boolean;
  /** sha256 of what the address gave before, when nothing else needs it. */
  readonly outdated: string | undefined;
}

export class Shelf implements AsyncDisposable {
  readonly #options: ShelfOptions;
  readonly #folder: Folder;
  readonly #lock: FolderLock;
  readonly #catalog: Catalog;
  readonly #run: number;
  /** Some address failed in a run before this one. */
  #anyFailed: boolean | undefined;
  /** Images that are on their way to their names and into the catalog, by sha256. */
  readonly #saving = new Map<string, Promise<unknown>>();

  private constructor(options: ShelfOptions, folder: Folder, lock: FolderLock, catalog: Catalog) {
    this.#options = options;
    this.#lock = lock;
    this.#folder = folder;
    this.#catalog = catalog;
    this.#run = catalog.beginRun({ command: 'get', sources: options.sources.map(redactUrl) });
  }

  /** Throws TrawlError for a folder that cannot be used. */
  static async open(out: string, options: ShelfOptions): Promise<Shelf> {
    const folder = makeFolder(out);
    const { wait, signal, onLost } = options;
    const waitMs = wait ? Number.POSITIVE_INFINITY : 0;
    const lock = await lockFolder(folder, { waitMs, signal, onLost });
    if (lock.tookOver) sweep(folder);
    try {
      return new Shelf(options, folder, lock, Catalog.open(folder.catalog));
    } catch (error) {
      lock[Symbol.dispose]();
      throw error;
    }
  }

  get partialDir(): string {
    return this.#folder.partial;
  }

  /** No run has put an image in yet. */
  get isEmpty(): boolean {
    return !this.#catalog.hasImages();
  }

  /** Everything that deduplication has to know of earlier runs. */
  *knownImages(): Generator<KnownImage> {
    for (const row of this.#catalog.images()) {
      const { file, kept, run: _run, kind: _kind, distance: _distance, ...facts } = row;
      if (kept === undefined && file === undefined) continue;
      yield { ...facts, name: file ?? '', ...(kept !== undefined && { duplicateOf: kept }) };
    }
  }

  thumbnail(sha256: string): Uint8Array | undefined {
    return this.#catalog.thumbnail(sha256);
  }

  /** Names belong to addresses in the order in which the sources name them, so call it in that order. */
  reserveName(url: string): void {
    if (this.#options.names === 'url') this.#catalog.names.reserve(url);
  }

  /** The name that the image would have, if nothing stands in its way. */
  nameFor(url: string, format: ImageFormat, sha256: string): string {
    const [first] = this.#names(url, format, sha256);
    return first as string;
  }

  /** What is here of an address: held whole, or lost though the catalog knows it, or neither. */
  async holding(url: string): Promise<{ readonly held?: Held; readonly lost?: string }> {
    const row = this.#catalog.address(url);
    const image = row?.sha256 === undefined ? undefined : this.#catalog.imageBySha(row.sha256);
    if (row === undefined || image === undefined) return {};
    const kept = image.kept === undefined ? image : this.#catalog.imageBySha(image.kept);
    const { sha256, format, width, height, bytes, pdq, quality } = image;
    const facts = {
      url,
      ...(row.page !== undefined && { page: row.page }),
      ...{ sha256, format, width, height, bytes },
      ...(pdq !== undefined && { pdq }),
      ...(quality !== undefined && { quality }),
    };
    const validators = pick(row, ['etag', 'lastModified']);
    if (row.status === 'filtered') {
      return { held: { record: facts, validators, fetchedAt: row.fetched, isFiltered: true } };
    }
    if (kept?.file === undefined) return {};
    const file = row.file ?? kept.file;
    if (!(await this.#isWhole(file, row.file === undefined ? kept : image, row.fetched))) {
      if (row.file !== undefined) return {};
      this.#catalog.forgetFile(kept.sha256);
      return { lost: kept.sha256 };
    }
    const own = row.file ?? image.file;
    const held: Held = {
      record: {
        ...facts,
        ...(own !== undefined && { file: own }),
        ...(own === undefined && { duplicateOf: kept.file, distance: image.distance ?? 0 }),
      },
      validators,
      fetchedAt: row.fetched,
      isFiltered: false,
    };
    return { held };
  }

  /** A file of the right size that was touched since it was recorded is read and hashed. */
  async #isWhole(name: string, image: ImageRow, recorded: number): Promise<boolean> {
    const path = join(this.#folder.root, name);
    // Of all that a re-run does with an image this was the dearest by far through the thread pool.
    const info = statOf(path);
    if (!info?.isFile() || info.size !== image.bytes) return false;
    return info.mtimeMs <= recorded + TOUCHED_MS || (await hashFile(path)) === image.sha256;
  }

  /** File of the image with these bytes, where it has one; waits while it is on its way there. */
  async fileOf(sha256: string): Promise<string | undefined> {
    await this.#saving.get(sha256)?.catch(() => {});
    return this.#catalog.imageBySha(sha256)?.file;
  }

  /**
   * Puts an image in and returns its name. Where the same bytes lie there under another name, that
   * file goes (`move`), or both stay. The file of `outdated` bytes gives its name to it, or goes.
   */
  async put(url: string, fetched: Fetched, facts: Facts, how: Putting): Promise<string> {
    const { sha256 } = facts;
    // The same bytes under two names, both on their way: the second has to see what became of the first.
    const earlier = this.#saving.get(sha256);
    const saving = this.#save(earlier, url, fetched, facts, how);
    this.#saving.set(sha256, saving);
    try {
      return await saving;
    } finally {
      if (this.#saving.get(sha256) === saving) this.#saving.delete(sha256);
    }
  }

  async #save(
    earlier: Promise<unknown> | undefined,
    url: string,
    { body }: Fetched,
    facts: Facts,
    { move, outdated }: Putting,
  ): Promise<string> {
    await earlier?.catch(() => {});
    const { sha256, inspection } = facts;
    const names = this.#names(url, inspection.format, sha256);
    const started = performance.now();
    const saved = await saveBody(this.#folder, body, sha256, names, { replaces: outdated });
    const { name, replaced } = saved;
    const at = performance.now();
    this.#options.onWritten?.({ file: name, bytes: facts.bytes, at, ms: at - started });
    if (outdated !== undefined) {
      if (replaced) this.#catalog.forgetFile(outdated);
      else await this.remove(outdated);
    }
    const before = this.#catalog.imageBySha(sha256)?.file;
    if (before === undefined || before === name || move) this.#recordImage(facts, { file: name });
    if (move && before !== undefined && before !== name) await removeFile(this.#folder, before);
    return name;
  }

  /** Records an image that is not kept. */
  drop(facts: Facts, verdict: Extract<Verdict, { keep: false }>): void {
    // The same bytes as the kept image: there is nothing of their own to tell.
    if (facts.sha256 === verdict.of) return;
    // Saved a moment ago and about to give way: without its file in the row nobody would remove that.
    if (this.#catalog.imageBySha(facts.sha256)?.file !== undefined) return;
    const { of: kept, kind, distance } = verdict;
    this.#recordImage(facts, { kept, kind, distance });
  }

  /** A second file for a duplicate: a hard link where the file system has them, else a copy. */
  async linkDuplicate(
    url: string,
    format: ImageFormat,
    sha256: string,
    of: string,
  ): Promise<string> {
    const target = await this.fileOf(of);
    if (target === undefined) throw new Error(`the kept image ${of} has no file`);
    for (const name of this.#names(url, format, sha256)) {
      const [from, to] = [join(this.#folder.root, target), join(this.#folder.root, name)];
      try {
        await link(from, to).catch((error) => {
          if (error.code === 'EEXIST') throw error;
          return copyFile(from, to, 1 /* COPYFILE_EXCL */);
        });
        return name;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
    return target;
  }

  /**
   * Takes out an image that gave way to `by`, and with it the tie of all that were dropped for it.
   * Returns the addresses that it had come from.
   */
  async giveWay(sha256: string, by: string, distance: number): Promise<ImageRecord[]> {
    await this.#saving.get(sha256)?.catch(() => {});
    const image = this.#catalog.imageBySha(sha256);
    if (image?.file === undefined) return [];
    const dropped = { kept: by, kind: 'near', distance } as const;
    for (const other of this.#catalog.droppedFor(sha256)) {
      this.#catalog.markDuplicate(other.sha256, {
        ...dropped,
        distance: other.distance ?? distance,
      });
    }
    this.#catalog.markDuplicate(sha256, dropped);
    await removeFile(this.#folder, image.file);
    return this.#demote(sha256, (await this.fileOf(by)) ?? by, distance);
  }

  /** Where the image went that lay in `file` a moment ago; undefined while it still does. */
  async overtakenBy(sha256: string, file: string): Promise<string | undefined> {
    const image = this.#catalog.imageBySha(sha256);
    if (image?.file === file) return undefined;
    return image?.file ?? (await this.fileOf(image?.kept ?? sha256)) ?? image?.kept;
  }

  /** The same bytes lie under a better name now: the other addresses that gave them are duplicates. */
  async renamed(sha256: string, url: string): Promise<ImageRecord[]> {
    const file = (await this.fileOf(sha256)) ?? sha256;
    return this.#demote(sha256, file, 0).filter((record) => record.url !== url);
  }

  #demote(sha256: string, duplicateOf: string, distance: number): ImageRecord[] {
    const rows = this.#catalog.addressesOf(sha256).filter(({ status }) => status !== 'duplicate');
    return rows.map((row): ImageRecord => {
      const { url, page, attempts, ms } = row;
      this.#catalog.recordAddress({ ...row, status: 'duplicate' });
      return {
        url,
        ...(page !== undefined && { page }),
        status: 'duplicate',
        sha256,
        duplicateOf,
        distance,
        attempts,
        ms,
      };
    });
  }

  /**
   * Puts bytes and row on the disk, but under no name yet. With names of the content only: whoever
   * comes back to it after a kill finds out by the name whose they are.
   */
  async stage(name: string, fetched: Fetched, facts: Facts): Promise<void> {
    const root = join(this.#folder.own, 'staged');
    await mkdir(root, { recursive: true });
    const saving = saveBody({ ...this.#folder, root }, fetched.body, facts.sha256, [name], {
      sync: true,
    });
    await saving;
    this.#recordImage(facts, { file: name });
    this.#catalog.flush();
  }

  /** The staged image gets its name. What had that name had the same bytes, or was damaged. */
  async unveil(name: string): Promise<void> {
    await rename(join(this.#folder.own, 'staged', name), join(this.#folder.root, name));
  }

  /** The staged image is another folder's. */
  async unstage(name: string, sha256: string): Promise<void> {
    await rm(join(this.#folder.own, 'staged', name), { force: true });
    if ((await sizeOf(this.#folder, name)) === undefined) this.#catalog.forgetFile(sha256);
  }

  /** Names of the images that were staged when a run before was killed. */
  async staged(): Promise<string[]> {
    return await readdir(join(this.#folder.own, 'staged')).catch(() => []);
  }

  /** Resolves when everything so far would survive a power cut. */
  async settle(): Promise<void> {
    this.#catalog.flush();
    for (const path of [`${this.#folder.catalog}-wal`, this.#folder.catalog, this.#folder.root]) {
      // Some systems cannot open a folder, and the log may be gone.
      const file = await open(path, 'r').catch(() => undefined);
      await file?.sync().catch(() => {});
      await file?.close();
    }
  }

  /** What came of an address. `fetchedAt` where nothing was asked. */
  record(
    record: ImageRecord,
    { found, fetched, fetchedAt }: { found: Found; fetched?: Fetched; fetchedAt?: number },
  ): void {
    const { url, page, status, sha256, file, error, attempts, ms } = record;
    const { alt, space } = found.ref;
    const before = this.#catalog.address(url);
    // A failure does not undo what an earlier run got; an answer without a body brings no facts.
    const keeps = status === 'saved' || status === 'duplicate' ? undefined : before;
    const ownFile = sha256 === undefined || this.#catalog.imageBySha(sha256)?.file === file;
    this.#catalog.recordAddress({
      ...(keeps && pick(keeps, ['sha256', 'file', 'etag', 'lastModified', 'contentType'])),
      url,
      ...(page !== undefined && { page }),
      ...(alt !== undefined && { alt }),
      ...(space !== undefined && !found.named && { space }),
      status,
      ...(sha256 !== undefined && { sha256 }),
      ...(file !== undefined && !ownFile && { file }),
      ...(error && { error: error.code, message: error.message }),
      attempts,
      ms,
      ...(fetched?.sentAt !== undefined && { sent: fetched.sentAt }),
      ...(fetched?.wireMs !== undefined && { wireMs: Math.round(fetched.wireMs) }),
      ...(fetched && { http: fetched.status }),
      ...(fetched?.etag !== undefined && { etag: fetched.etag }),
      ...(fetched?.lastModified !== undefined && { lastModified: fetched.lastModified }),
      ...(fetched?.contentType !== undefined && { contentType: fetched.contentType }),
      run: this.#run,
      fetched: fetchedAt ?? Date.now(),
    });
  }

  /** The address failed when it was last asked for. */
  failedBefore(url: string): boolean {
    // After most nights nothing has.
    this.#anyFailed ??= this.#catalog.hasFailures();
    return this.#anyFailed && this.#catalog.address(url)?.status === 'failed';
  }

  /** What earlier runs read of pages and sheets. */
  documents(options: Options, extract: ExtractOptions): Documents {
    return new Documents(this.#catalog, this.#run, options, extract);
  }

  /** Files whose every address is one that this run did not come by. */
  unnamed(): string[] {
    const files = new Set<string>();
    for (const { sha256 } of this.#catalog.unnamedSince(this.#run)) {
      const image = sha256 === undefined ? undefined : this.#catalog.imageBySha(sha256);
      const kept = image?.kept === undefined ? image : this.#catalog.imageBySha(image.kept);
      if (kept?.file === undefined || files.has(kept.file)) continue;
      const members = [kept, ...this.#catalog.droppedFor(kept.sha256)];
      const rows = members.flatMap((member) => this.#catalog.addressesOf(member.sha256));
      if (rows.every((row) => row.run < this.#run)) files.add(kept.file);
    }
    return [...files].sort();
  }

  /** Removes a file that `unnamed` gave, and what the catalog knows of its addresses. */
  async prune(file: string): Promise<void> {
    const image = this.#catalog.imageByFile(file);
    if (image === undefined) return;
    await removeFile(this.#folder, file);
    this.#catalog.forgetFile(image.sha256);
    for (const { sha256 } of [image, ...this.#catalog.droppedFor(image.sha256)]) {
      for (const { url } of this.#catalog.addressesOf(sha256)) this.#catalog.removeAddress(url);
    }
  }

  /** Keeps a broken file apart from the images, under its hash. */
  async keepDamaged(fetched: Fetched): Promise<void> {
    const root = join(this.#folder.own, 'damaged');
    await mkdir(root, { recursive: true });
    const { stem, extension = 'bin' } = nameParts(fetched.url);
    const name = `${stem}-${fetched.sha256.slice(0, 8)}.${extension}`;
    await saveBody({ ...this.#folder, root }, fetched.body, fetched.sha256, [name]);
  }

  /** @param outcome `done` or an error code */
  end(outcome: string, summary: Summary): void {
    const { seconds: _, verdict: _verdict, ...counts } = summary;
    this.#catalog.endRun(this.#run, outcome, counts);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#saving.values());
    try {
      this.#catalog.close();
    } finally {
      this.#lock[Symbol.dispose]();
    }
  }

  /** The bytes, where they have a file and no other address than `url` gave them. */
  soleFile(sha256: string, url: string): string | undefined {
    const image = this.#catalog.imageBySha(sha256);
    const others = () =>
      [sha256, ...this.#catalog.droppedFor(sha256).map((one) => one.sha256)]
        .flatMap((one) => this.#catalog.addressesOf(one))
        .some((row) => row.url !== url);
    return image?.file === undefined || others() ? undefined : sha256;
  }

  /** The file of these bytes goes. */
  async remove(sha256: string): Promise<void> {
    const file = this.#catalog.imageBySha(sha256)?.file;
    if (file === undefined) return;
    await removeFile(this.#folder, file);
    this.#catalog.forgetFile(sha256);
  }

  /** Records an image that is too small: the next run need not fetch it to know that. */
  leaveOut(facts: Facts): void {
    if (this.#catalog.imageBySha(facts.sha256) === undefined) this.#recordImage(facts, {});
  }

  *#names(url: string, format: ImageFormat, sha256: string): Generator<string> {
    if (this.#options.names === 'sha256') {
      yield fileName(sha256, undefined, format);
      return;
    }
    yield* fileNames(url, this.#catalog.names.reserve(url), format, sha256);
  }

  #recordImage({ sha256, bytes, inspection }: Facts, where: Partial<ImageRow>): void {
    const { thumbnail, profile: _profile, ...facts } = inspection;
    this.#catalog.recordImage(
      { ...facts, ...where, sha256, bytes, run: this.#run } as ImageRow,
      thumbnail,
    );
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
