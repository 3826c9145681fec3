import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { CandidateImage } from './image.ts';

/** A file as the directory tells of it. */
export interface FileStamp {
  /** Absolute. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Time of the last change, nanoseconds since 1970. */
  readonly mtimeNs: bigint;
}

/** What is known of a file: what it shows, or why that cannot be told. */
export type FileFacts =
  | { readonly ok: true; readonly image: CandidateImage }
  | { readonly ok: false; readonly code: string; readonly message: string };

type Row = [
  path: string,
  size: number,
  mtimeNs: bigint,
  sha256: string | null,
  facts: string,
  thumbnail: Uint8Array | null,
];

/** Rows of another version are forgotten: 1 held wrong hashes of narrow JPEGs, 2 of long pictures, 3 of long drawings. */
const VERSION = 4;
/** Rows that one transaction writes; each costs a flush to the disk. */
const BATCH = 256;
/** How long another process may keep the file to itself, in ms. It writes for a few at a time. */
const PATIENCE = 10_000;

const SCHEMA = `
  CREATE TABLE files (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    sha256 TEXT, facts TEXT NOT NULL, thumbnail BLOB
  ) STRICT;
  CREATE INDEX files_by_sha256 ON files (sha256);`;

/**
 * Remembers what files show, by path, size and time of change, so that a second run over a folder
 * reads its directories and nothing else.
 */
export class FileCache implements Disposable {
  readonly #db: DatabaseSync;
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  readonly #thumbnail: StatementSync;
  /** Rows that are not written yet, by path: a transaction that waited for files would lock others out. */
  readonly #waiting = new Map<string, Row>();

  /** `path` of an SQLite file, made when missing; `:memory:` forgets at the end. */
  constructor(path: string) {
    this.#db = new DatabaseSync(path);
    this.#db.exec(
      `PRAGMA busy_timeout = ${PATIENCE}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL`,
    );
    if (this.#version() !== VERSION) this.#make();
    this.#get = this.#db.prepare(
      'SELECT facts, thumbnail FROM files WHERE path = ? AND size = ? AND mtime_ns = ?',
    );
    this.#put = this.#db.prepare('INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)');
    this.#thumbnail = this.#db.prepare(
      'SELECT thumbnail FROM files WHERE sha256 = ? AND thumbnail IS NOT NULL LIMIT 1',
    );
  }

  get({ path, size, mtimeNs }: FileStamp): FileFacts | undefined {
    const row = this.#get.get(path, size, mtimeNs) as
      | { facts: string; thumbnail: Uint8Array | null }
      | undefined;
    if (row === undefined) return undefined;
    const facts = JSON.parse(row.facts) as FileFacts;
    if (!facts.ok || row.thumbnail === null) return facts;
    return { ok: true, image: { ...facts.image, thumbnail: row.thumbnail } };
  }

  put({ path, size, mtimeNs }: FileStamp, facts: FileFacts): void {
    if (facts.ok) {
      const { thumbnail = null, ...image } = facts.image;
      const text = JSON.stringify({ ok: true, image });
      this.#waiting.set(path, [path, size, mtimeNs, image.sha256, text, thumbnail]);
    } else {
      this.#waiting.set(path, [path, size, mtimeNs, null, JSON.stringify(facts), null]);
    }
    if (this.#waiting.size >= BATCH) this.flush();
  }

  thumbnailOf(sha256: string): Uint8Array | undefined {
    const row = this.#thumbnail.get(sha256) as { thumbnail: Uint8Array } | undefined;
    return row?.thumbnail;
  }

  /** Writes what waits; before that, `get` and `thumbnailOf` do not know of it. */
  flush(): void {
    if (this.#waiting.size === 0) return;
    this.#transaction(() => {
      for (const row of this.#waiting.values()) this.#put.run(...row);
    });
    this.#waiting.clear();
  }

  #version(): number {
    const row = this.#db.prepare('PRAGMA user_version').get() as { user_version: number };
    return row.user_version;
  }

  #make(): void {
    this.#transaction(() => {
      // Another process may have made it meanwhile.
      if (this.#version() === VERSION) return;
      this.#db.exec(`DROP TABLE IF EXISTS files; ${SCHEMA} PRAGMA user_version = ${VERSION}`);
    });
  }

  /** Takes its turn at once: a transaction that reads first could not wait for it later. */
  #transaction(work: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#db.exec('COMMIT');
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.flush();
    this.#db.close();
  }
}
