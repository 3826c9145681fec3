/** Which addresses were named before, in bounded memory: an SQLite table that spills to the disk. */
import { hash } from 'node:crypto';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

/** Addresses kept in plain memory before the table is opened; most pages never reach it. */
const IN_MEMORY = 2000;

export class Seen implements Disposable {
  readonly #recent = new Set<string>();
  #database: DatabaseSync | undefined;
  #insert: StatementSync | undefined;

  /** True when `url` is new. */
  add(url: string): boolean {
    if (this.#insert === undefined) {
      if (this.#recent.has(url)) return false;
      this.#recent.add(url);
      if (this.#recent.size > IN_MEMORY) this.#spill();
      return true;
    }
    return this.#insert.run(digest(url)).changes === 1;
  }

  [Symbol.dispose](): void {
    this.#database?.close();
    this.#database = undefined;
  }

  #spill(): void {
    // An empty name is a private database in a temporary file that SQLite removes itself.
    this.#database = new DatabaseSync('');
    this.#database.exec(`
      PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -32000;
      CREATE TABLE seen (digest BLOB PRIMARY KEY) WITHOUT ROWID;
      BEGIN`);
    this.#insert = this.#database.prepare('INSERT OR IGNORE INTO seen VALUES (?)');
    for (const url of this.#recent) this.#insert.run(digest(url));
    this.#recent.clear();
  }
}

/** 96 bits: at 10⁹ addresses the chance of one clash is about 10⁻¹¹. */
const digest = (url: string): Uint8Array => hash('sha1', url, 'buffer').subarray(0, 12);
