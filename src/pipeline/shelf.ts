/**
 * The output folder as a run sees it: putting an image in, taking one out that gave way to a better
 * copy, and the record of everything in the catalog.
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Options } from '../config/schema.ts';
import type { KnownImage } from '../dedupe/mod.ts';
import type { TrawlError } from '../errors.ts';
import type { ExtractOptions } from '../extract/mod.ts';
import { redactUrl } from '../fetch/mod.ts';
import type { Fetched, ImageFormat, ImageRecord } from '../model.ts';
import {
  Catalog,
  type Folder,
  type FolderLock,
  fileName,
  fileNames,
  lockFolder,
  makeFolder,
  nameParts,
  removeFile,
  saveBody,
  sweep,
} from '../store/mod.ts';
import { addressRow, type Origin } from './address-row.ts';
import type { Claim } from './claims.ts';
import { Documents } from './documents.ts';
import { Duplicates } from './duplicates.ts';
import { DurableRows, syncNames } from './durable.ts';
import type { Summary } from './events.ts';
import { type Facts, recordFacts } from './facts.ts';
import { Holdings } from './holdings.ts';
import { Leftovers } from './leftovers.ts';
import { Links } from './links.ts';
import { Staging } from './staging.ts';

export interface ShelfOptions {
  readonly names: 'url' | 'sha256';
  /** Duplicates get names of their own. Default false. */
  readonly links?: boolean;
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

/** How an image is put in beside what is there. */
export interface Putting {
  /** The file that holds the same bytes gives way. */
  readonly move: boolean;
  /** sha256 of what the address gave before, when nothing else needs it. */
  readonly outdated: string | undefined;
}

export class Shelf implements AsyncDisposable {
  readonly holdings: Holdings;
  readonly duplicates: Duplicates;
  readonly staging: Staging;
  readonly leftovers: Leftovers;
  readonly #options: ShelfOptions;
  readonly #folder: Folder;
  readonly #lock: FolderLock;
  readonly #catalog: Catalog;
  readonly #run: number;
  readonly #rows: DurableRows;
  readonly #links: Links;
  /** Images that are on their way to their names and into the catalog, by sha256. */
  readonly #saving = new Map<string, Promise<unknown>>();

  private constructor(options: ShelfOptions, folder: Folder, lock: FolderLock, catalog: Catalog) {
    this.#options = options;
    this.#lock = lock;
    this.#folder = folder;
    this.#catalog = catalog;
    this.#run = catalog.beginRun({ command: 'get', sources: options.sources.map(redactUrl) });
    this.#rows = new DurableRows(catalog, folder);
    this.holdings = new Holdings(catalog, folder, (sha256) => this.#arrival(sha256));
    this.staging = new Staging(catalog, folder, this.#run, this.#rows);
    this.#links = new Links(catalog, folder, (url, { format, sha256 }) =>
      this.#names(url, format, sha256),
    );
    this.duplicates = new Duplicates({
      ...{ catalog, run: this.#run, links: this.#links, linked: options.links ?? false },
      arrival: (sha256) => this.#arrival(sha256),
      fileOf: (sha256) => this.fileOf(sha256),
    });
    this.leftovers = new Leftovers(catalog, folder, this.#run);
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

  /**
   * File of the image with these bytes, where it has one; waits while it is on its way there, and
   * rejects when it does not get there: who counts on it has failed as well.
   */
  async fileOf(sha256: string): Promise<string | undefined> {
    await this.#saving.get(sha256);
    return this.#catalog.imageBySha(sha256)?.file;
  }

  /**
   * True when the image with these bytes had a file that is gone: deleted by hand, or by a run that was
   * killed before its catalog said so. From then on the catalog tells of none.
   */
  noticeLoss(sha256: string): boolean {
    const file = this.#catalog.imageBySha(sha256)?.file;
    if (file === undefined || existsSync(join(this.#folder.root, file))) return false;
    this.#catalog.forgetFile(sha256);
    return true;
  }

  /**
   * Puts an image in and returns its name. Where the same bytes lie there under another name, that
   * file goes (`move`), or both stay. The file of `outdated` bytes gives its name to it, or goes.
   */
  async put(url: string, fetched: Fetched, facts: Facts, how: Putting): Promise<string> {
    const { sha256 } = facts;
    // The same bytes under two names, both on their way: the second has to see what became of the first.
    const earlier = this.#saving.get(sha256);
    return await this.#track(sha256, this.#save(earlier, url, fetched, facts, how));
  }

  /** Resolves when the image with these bytes is not, or not any more, on its way to its name. */
  async #arrival(sha256: string): Promise<void> {
    await this.#saving.get(sha256)?.catch(() => {});
  }

  async #track<T>(sha256: string, saving: Promise<T>): Promise<T> {
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
    const link = this.#catalog.address(url)?.file;
    if (link !== undefined) await this.#links.free(link, url);
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
    const image = this.#catalog.imageBySha(sha256);
    const before = image?.file;
    if (before === undefined || before === name || move)
      recordFacts(this.#catalog, this.#run, facts, { file: name });
    // It has moved, or is back after its file was lost.
    if (image !== undefined && before !== name && (move || before === undefined))
      await this.#links.handOver(this.duplicates.namesOf(sha256, url), before ?? name);
    return name;
  }

  /**
   * Puts an image in if `claim` says that it is this folder's. The bytes are on the disk before they are
   * claimed, and get their name after it: whenever this ends, a claim has its bytes, and the same bytes
   * never have names in two folders.
   */
  async putClaimed(
    name: string,
    fetched: Fetched,
    facts: Facts,
    claim: (path: string) => Promise<Claim>,
  ): Promise<Claim> {
    const put = async (): Promise<Claim> => {
      await this.staging.add(name, fetched, facts);
      const held = await claim(this.staging.pathOf(name));
      if (held.mine) await this.staging.unveil(name);
      else await this.staging.remove(name, facts.sha256);
      return held;
    };
    return await this.#track(facts.sha256, put());
  }

  /** Resolves when everything so far would survive a power cut. */
  async settle(): Promise<void> {
    await this.#rows.settle();
    await syncNames(this.#folder.root);
  }

  /** What came of an address. */
  record(record: ImageRecord, origin: Origin): void {
    const { url, sha256, file } = record;
    const before = this.#catalog.address(url);
    const own = sha256 === undefined || this.#catalog.imageBySha(sha256)?.file === file;
    const row = addressRow(record, origin, { before, own, run: this.#run });
    this.#catalog.recordAddress(row, before === undefined);
  }

  /** What earlier runs read of pages and sheets. */
  documents(options: Options, extract: ExtractOptions): Documents {
    return new Documents(this.#catalog, this.#run, options, extract);
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
    if (this.#catalog.imageBySha(facts.sha256) === undefined)
      recordFacts(this.#catalog, this.#run, facts, {});
  }

  *#names(url: string, format: ImageFormat, sha256: string): Generator<string> {
    if (this.#options.names === 'sha256') {
      yield fileName(sha256, undefined, format);
      return;
    }
    yield* fileNames(url, this.#catalog.names.reserve(url), format, sha256);
  }
}
