/** One SQLite file: opened with care, written in batches. */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { TrawlError } from '../errors.ts';
import { fileError } from './file-error.ts';
import { APPLICATION_ID, MIGRATIONS } from './schema.ts';

export interface DatabaseOptions {
  /** Writes that go into one transaction at most. Default 5000. */
  readonly batch?: number;
  /** A write is committed after so long at the latest, in ms. Default 200. */
  readonly flushMs?: number;
  /** Only read, and make nothing. Default false. */
  readonly readOnly?: boolean;
}

/**
 * Larger catalogs are read through only when the last run did not end well: the check reads every
 * page, which took 0.4 s for each 100 MB where it was measured.
 */
const ALWAYS_CHECK_BYTES = 64e6;

/** How long another process may keep us waiting for a lock of SQLite, in ms. */
const BUSY_MS = 10_000;

export class Database implements Disposable {
  readonly #file: string;
  readonly #db: DatabaseSync;
  readonly #batch: number;
  readonly #flushMs: number;
  #pending = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failure: TrawlError | undefined;

  private constructor(file: string, db: DatabaseSync, options: DatabaseOptions) {
    this.#file = file;
    this.#db = db;
    this.#batch = options.batch ?? 5000;
    this.#flushMs = options.flushMs ?? 200;
  }

  /** Throws TrawlError `catalog` for a file that is damaged, foreign or newer, and never touches such a file. */
  static open(file: string, options: DatabaseOptions = {}): Database {
    if (!existsSync(file)) {
      if (options.readOnly) throw new TrawlError('catalog', `There is no catalog at ${file}`);
      create(file);
    }
    let db: DatabaseSync | undefined;
    const readOnly = options.readOnly ?? false;
    try {
      // SQLite would take an empty file for a new database, and so replace a truncated catalog in silence.
      if (statSync(file).size === 0) throw new Error('file is not a database: it is empty');
      const hasLog = existsSync(`${file}-wal`);
      db = new DatabaseSync(readOnly ? readable(file) : file, { readOnly, timeout: BUSY_MS });
      check(db, file);
      if (!readOnly) configure(db);
      migrate(db, file, readOnly);
      if (!readOnly && !hasLog) beginLog(db);
      return new Database(file, db, options);
    } catch (error) {
      db?.close();
      throw databaseError(error, file);
    }
  }

  prepare(sql: string): StatementSync {
    return this.#run(() => this.#db.prepare(sql));
  }

  /** Does a write within the open transaction. */
  write<T>(work: () => T): T {
    if (this.#failure) throw this.#failure;
    return this.#run(() => {
      if (this.#pending === 0) {
        this.#db.exec('BEGIN IMMEDIATE');
        this.#timer ??= setTimeout(() => this.#flushLater(), this.#flushMs);
        // What is pending when the program ends is written by `close`.
        this.#timer.unref?.();
      }
      this.#pending++;
      try {
        const result = work();
        if (this.#pending >= this.#batch) this.flush();
        return result;
      } catch (error) {
        // With the disk full, SQLite itself rolls back; there is nothing left to commit.
        if (!this.#db.isTransaction) this.#pending = 0;
        throw error;
      }
    });
  }

  read<T>(work: () => T): T {
    return this.#run(work);
  }

  /** After this, what was written survives the end of the process, however it comes. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending === 0) return;
    this.#pending = 0;
    this.#run(() => {
      try {
        this.#db.exec('COMMIT');
      } catch (error) {
        // With the disk full the transaction may be open still; the next one could not begin.
        if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
        throw error;
      }
    });
  }

  close(): void {
    if (!this.#db.isOpen) return;
    try {
      this.flush();
    } finally {
      this.#db.close();
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** A failure in a timer has nobody to tell: the next write does. */
  #flushLater(): void {
    try {
      this.flush();
    } catch (error) {
      this.#failure = error as TrawlError;
    }
  }

  #run<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw databaseError(error, this.#file);
    }
  }
}

/**
 * Even to read, SQLite makes a file beside one that is in WAL mode. Where nothing can be made (a
 * read-only medium) nobody writes either, which `immutable` tells it, unless a log is left to be read.
 */
function readable(file: string): string | URL {
  try {
    accessSync(dirname(file), constants.W_OK);
    return file;
  } catch {
    if (existsSync(`${file}-wal`)) return file;
    const url = pathToFileURL(file);
    url.searchParams.set('immutable', '1');
    return url;
  }
}

/** Made under another name, so that no kill leaves a file that is not yet a catalog. */
function create(file: string): void {
  let folder: string | undefined;
  try {
    // SQLite would replay the log of a catalog that somebody has deleted into the new one.
    for (const rest of ['-wal', '-shm']) rmSync(file + rest, { force: true });
    folder = mkdtempSync(join(dirname(file), 'new-'));
    const made = join(folder, 'catalog.sqlite');
    const db = new DatabaseSync(made);
    try {
      // Nobody sees the file before it has its name: it is written to the disk once, as a whole.
      db.exec(`
        PRAGMA synchronous = OFF;
        PRAGMA journal_mode = MEMORY;
        PRAGMA application_id = ${APPLICATION_ID};
      `);
      migrate(db, made, false);
      db.exec('PRAGMA journal_mode = WAL');
    } finally {
      db.close();
    }
    syncFile(made);
    renameSync(made, file);
  } catch (error) {
    throw databaseError(error, file);
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function syncFile(file: string): void {
  const handle = openSync(file, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function configure(db: DatabaseSync): void {
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA cache_size = -4000;
    PRAGMA wal_autocheckpoint = 8000;
    PRAGMA journal_size_limit = 67108864;
  `);
}

/**
 * The first write to a new log waits for the disk, lest what an older one left there pass for a part of
 * it. Where there was no log there is nothing to fear, and the first request need not wait.
 */
function beginLog(db: DatabaseSync): void {
  db.exec(`
    PRAGMA synchronous = OFF;
    PRAGMA user_version = ${MIGRATIONS.length};
    PRAGMA synchronous = NORMAL;
  `);
}

function check(db: DatabaseSync, file: string): void {
  const id = Number(pragma(db, 'application_id'));
  if (id !== APPLICATION_ID) {
    throw new TrawlError('catalog', `${file} is an SQLite file, but not a catalog of imgtrawl`);
  }
  if (statSync(file).size > ALWAYS_CHECK_BYTES && endedWell(db)) return;
  const found = pragma(db, 'quick_check(1)');
  if (found !== 'ok') throw new Error(`database disk image is malformed: ${found}`);
}

function endedWell(db: DatabaseSync): boolean {
  const last = db.prepare('SELECT ended FROM run ORDER BY id DESC LIMIT 1').get();
  return last !== undefined && last['ended'] !== null;
}

function migrate(db: DatabaseSync, file: string, readOnly: boolean): void {
  const version = Number(pragma(db, 'user_version'));
  if (version > MIGRATIONS.length) {
    const text = `${file} was written by a newer imgtrawl (version ${version}, this one knows ${MIGRATIONS.length})`;
    throw new TrawlError('catalog', text);
  }
  if (version === MIGRATIONS.length) return;
  if (readOnly)
    throw new TrawlError('catalog', `${file} is of an older version; a run will update it`);
  for (const [index, step] of MIGRATIONS.entries()) {
    if (index < version) continue;
    db.exec(`BEGIN IMMEDIATE; ${step}; PRAGMA user_version = ${index + 1}; COMMIT`);
  }
}

function pragma(db: DatabaseSync, name: string): unknown {
  return Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}

/** What SQLite says, by its text: its numbers do not come through on every runtime. */
export function databaseError(error: unknown, file: string): TrawlError {
  if (error instanceof TrawlError) return error;
  const { message = String(error), code } = error as NodeJS.ErrnoException;
  const cause = { cause: error };
  if (/database or disk is full/i.test(message)) {
    return new TrawlError('disk-full', `No space is left for ${file}`, cause);
  }
  if (/not a database|malformed|corrupt/i.test(message)) {
    const text = `The catalog ${file} is damaged (${message}); imgtrawl verify --repair rebuilds it from the files`;
    return new TrawlError('catalog', text, cause);
  }
  if (/readonly database|unable to open|access permission/i.test(message)) {
    return new TrawlError('output-not-writable', `${file} cannot be written: ${message}`, cause);
  }
  if (/locked|locking protocol|disk I\/O error|large file support|is busy/i.test(message)) {
    const text = `${file} cannot be locked or written (${message}); on a network share without locking, use a local folder`;
    return new TrawlError('catalog', text, cause);
  }
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) return fileError(error, file);
  return new TrawlError('internal', `${file} failed: ${message}`, cause);
}
