/** All that is known of a folder: runs, pages, addresses, images. One SQLite file. */
import { hash } from 'node:crypto';
import type { StatementSync } from 'node:sqlite';
import { Recent } from '../recent.ts';
import { Database, type DatabaseOptions } from './database.ts';
import { NameBook } from './name-book.ts';
import {
  ADDRESS_COLUMNS,
  type AddressRow,
  type Cells,
  fromCells,
  IMAGE_COLUMNS,
  type ImageRow,
  PAGE_COLUMNS,
  type PageRow,
  type RunRow,
  runFromCells,
  STORED_COLUMNS,
  toCells,
} from './rows.ts';

const STORED = STORED_COLUMNS.join(', ');
const ADDRESS = `SELECT ${STORED} FROM address WHERE digest = ? AND url = ?`;
const ANY_ADDRESS = 'SELECT 1 FROM address LIMIT 1';
const INSERT_ADDRESS = `INSERT INTO address (${ADDRESS_COLUMNS}) VALUES (${ADDRESS_COLUMNS.map(() => '?')})`;
// Named by number, as digest and url, which never change, come once and serve the search as well.
const UPDATED = ADDRESS_COLUMNS.map((column, place) => `${column} = ?${place + 1}`).filter(
  (set) => !/^(?:url|digest) /.test(set),
);
const [URL_AT, DIGEST_AT] = ['url', 'digest'].map(
  (column) => (ADDRESS_COLUMNS as readonly string[]).indexOf(column) + 1,
);
const UPDATE_ADDRESS = `UPDATE address SET ${UPDATED} WHERE digest = ?${DIGEST_AT} AND url = ?${URL_AT}`;

export interface Counts {
  readonly addresses: number;
  readonly failed: number;
  /** Distinct bytes, dropped copies included. */
  readonly images: number;
  /** On the disk. */
  readonly files: number;
  /** Of the files. */
  readonly bytes: number;
  readonly pages: number;
  readonly runs: number;
}

/** Why an image is not on the disk. */
export interface Dropped {
  /** sha256 of the copy that is kept. */
  readonly kept: string;
  readonly kind: 'exact' | 'near';
  /** PDQ bits. */
  readonly distance: number;
}

/** Every method throws TrawlError. Writes are committed in batches; `flush` commits what is pending. */
export class Catalog implements Disposable {
  /** Names of files, each belonging to one address. */
  readonly names: NameBook;
  readonly #db: Database;
  readonly #statements = new Map<string, StatementSync>();
  /** By address: each is looked up several times while its image is under way. */
  readonly #digests = new Recent(digestOf);
  #hasAddresses: boolean | undefined;

  private constructor(db: Database) {
    this.#db = db;
    this.names = new NameBook(db);
  }

  static open(file: string, options?: DatabaseOptions): Catalog {
    return new Catalog(Database.open(file, options));
  }

  /** The number of the new run. */
  beginRun(run: Pick<RunRow, 'command' | 'sources'>, started = Date.now()): number {
    const sql = 'INSERT INTO run (started, command, sources) VALUES (?, ?, ?)';
    const id = this.#db.write(() => {
      const sources = JSON.stringify(run.sources);
      return Number(this.#sql(sql).run(started, run.command, sources).lastInsertRowid);
    });
    this.flush();
    return id;
  }

  /** @param outcome `done` or an error code */
  endRun(id: number, outcome: string, counts: RunRow['counts'] = {}, ended = Date.now()): void {
    const sql = 'UPDATE run SET ended = ?, outcome = ?, counts = ? WHERE id = ?';
    this.#db.write(() => this.#sql(sql).run(ended, outcome, JSON.stringify(counts), id));
    this.flush();
  }

  *runs(): Generator<RunRow> {
    for (const cells of this.#walk('SELECT * FROM run ORDER BY id')) yield runFromCells(cells);
  }

  address(url: string): AddressRow | undefined {
    // The first requests into a new folder need not wait for a digest each.
    this.#hasAddresses ??= this.#db.read(() => this.#sql(ANY_ADDRESS).get() !== undefined);
    if (!this.#hasAddresses) return undefined;
    const cells = this.#db.read(() => this.#sql(ADDRESS).get(this.#digests.get(url), url));
    return cells && fromCells<AddressRow>(cells);
  }

  /** The address has been dealt with in that run. */
  seenInRun(url: string, run: number): boolean {
    return this.address(url)?.run === run;
  }

  /** @param isNew that there is no row of it yet is known */
  recordAddress(row: AddressRow, isNew = false): void {
    this.#hasAddresses = true;
    const digest = this.#digests.get(row.url);
    const cells = toCells({ ...row, digest }, ADDRESS_COLUMNS);
    this.#db.write(() => {
      const changes = isNew ? 0 : this.#sql(UPDATE_ADDRESS).run(...cells).changes;
      if (Number(changes) === 0) this.#sql(INSERT_ADDRESS).run(...cells);
    });
  }

  /** In the order in which they first came. */
  *addresses(): Generator<AddressRow> {
    yield* this.#rows<AddressRow>(`SELECT ${STORED} FROM address ORDER BY rowid`);
  }

  /** The address that has this file for its own. */
  copyAt(file: string): AddressRow | undefined {
    return this.#one<AddressRow>(`SELECT ${STORED} FROM address WHERE file = ? LIMIT 1`, file);
  }

  /** Addresses with a file of their own: it holds what is kept for their bytes. */
  *copies(): Generator<AddressRow> {
    yield* this.#rows<AddressRow>(`SELECT ${STORED} FROM address WHERE file IS NOT NULL`);
  }

  /** Addresses that failed when last asked for. */
  *failures(): Generator<AddressRow> {
    yield* this.#rows<AddressRow>(
      `SELECT ${STORED} FROM address WHERE status = 'failed' ORDER BY run, rowid`,
    );
  }

  /** Addresses that gave these bytes. */
  addressesOf(sha256: string): AddressRow[] {
    const sql = `SELECT ${STORED} FROM address
      WHERE substr(sha256, 1, 12) = substr(?1, 1, 12) AND sha256 = ?1 ORDER BY url`;
    return [...this.#rows<AddressRow>(sql, sha256)];
  }

  /** Addresses that no run since that one has come by. */
  *unnamedSince(run: number): Generator<AddressRow> {
    yield* this.#rows<AddressRow>(`SELECT ${STORED} FROM address WHERE run < ${Number(run)}`);
  }

  removeAddress(url: string): void {
    this.#db.write(() =>
      this.#sql('DELETE FROM address WHERE digest = ? AND url = ?').run(
        this.#digests.get(url),
        url,
      ),
    );
  }

  imageBySha(sha256: string): ImageRow | undefined {
    return this.#one<ImageRow>('SELECT * FROM image WHERE sha256 = ?', sha256);
  }

  /** The image that is kept for these bytes: their own, or the one that they gave way to. */
  keptFor(sha256: string): ImageRow | undefined {
    const image = this.imageBySha(sha256);
    return image?.kept === undefined ? image : this.imageBySha(image.kept);
  }

  imageByFile(file: string): ImageRow | undefined {
    return this.#one<ImageRow>('SELECT * FROM image WHERE file = ?', file);
  }

  recordImage(row: ImageRow, thumbnail?: Uint8Array): void {
    this.#put('image', IMAGE_COLUMNS, row);
    if (thumbnail === undefined) return;
    const sql = 'INSERT OR REPLACE INTO thumbnail VALUES (?, ?)';
    this.#db.write(() => this.#sql(sql).run(row.sha256, thumbnail));
  }

  /** Laid out as inspect/thumbnail.ts says. */
  thumbnail(sha256: string): Uint8Array | undefined {
    const sql = 'SELECT pixels FROM thumbnail WHERE sha256 = ?';
    return this.#one<{ pixels: Uint8Array }>(sql, sha256)?.pixels;
  }

  /** The image gives way to another copy: it has no file any more. */
  markDuplicate(sha256: string, { kept, kind, distance }: Dropped): void {
    this.#db.write(() => {
      this.#sql(
        'UPDATE image SET file = NULL, kept = ?, kind = ?, distance = ? WHERE sha256 = ?',
      ).run(kept, kind, distance, sha256);
    });
  }

  /** Images that were dropped for that one. */
  droppedFor(sha256: string): ImageRow[] {
    return [...this.#rows<ImageRow>('SELECT * FROM image WHERE kept = ?', sha256)];
  }

  /** The file of that image is gone. */
  forgetFile(sha256: string): void {
    this.#db.write(() => this.#sql('UPDATE image SET file = NULL WHERE sha256 = ?').run(sha256));
  }

  hasFailures(): boolean {
    const sql = `SELECT 1 FROM address WHERE status = 'failed' LIMIT 1`;
    return this.#db.read(() => this.#sql(sql).get()) !== undefined;
  }

  hasImages(): boolean {
    return this.#db.read(() => this.#sql('SELECT 1 FROM image LIMIT 1').get()) !== undefined;
  }

  /** All distinct images, dropped ones included, in the order in which they came. */
  *images(): Generator<ImageRow> {
    yield* this.#rows<ImageRow>('SELECT * FROM image ORDER BY rowid');
  }

  page(url: string): PageRow | undefined {
    return this.#one<PageRow>('SELECT * FROM page WHERE url = ?', url);
  }

  recordPage(row: PageRow): void {
    this.#put('page', PAGE_COLUMNS, row);
  }

  counts(): Counts {
    return this.#db.read(() => {
      const row = this.#sql(`SELECT
        (SELECT count(*) FROM address) AS addresses,
        (SELECT count(*) FROM address WHERE status = 'failed') AS failed,
        (SELECT count(*) FROM image) AS images,
        (SELECT count(file) FROM image) AS files,
        (SELECT coalesce(sum(bytes), 0) FROM image WHERE file IS NOT NULL) AS bytes,
        (SELECT count(*) FROM page) AS pages,
        (SELECT count(*) FROM run) AS runs`).get();
      return { ...row } as unknown as Counts;
    });
  }

  flush(): void {
    this.#db.flush();
  }

  close(): void {
    this.#db.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #put(table: string, columns: readonly string[], row: object): void {
    // Not REPLACE, which deletes first: an image would get a new place in the order.
    const key = columns[0];
    const update = columns.slice(1).map((column) => `${column} = excluded.${column}`);
    const sql = `INSERT INTO ${table} (${columns}) VALUES (${columns.map(() => '?')})
      ON CONFLICT (${key}) DO UPDATE SET ${update}`;
    this.#db.write(() => this.#sql(sql).run(...toCells(row, columns)));
  }

  #one<Row>(sql: string, key: string): Row | undefined {
    const cells = this.#db.read(() => this.#sql(sql).get(key));
    return cells && fromCells<Row>(cells);
  }

  *#rows<Row>(sql: string, ...keys: string[]): Generator<Row> {
    for (const cells of this.#walk(sql, ...keys)) yield fromCells<Row>(cells);
  }

  *#walk(sql: string, ...keys: string[]): Generator<Cells> {
    // A statement of its own: walks may be open at the same time.
    const rows = this.#db.read(() => this.#db.prepare(sql).iterate(...keys));
    for (;;) {
      const next = this.#db.read(() => rows.next());
      if (next.done) return;
      yield next.value as Cells;
    }
  }

  #sql(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/** 64 bits: two of ten million addresses share them once in 400,000 catalogs, and are still told apart. */
function digestOf(url: string): bigint {
  return hash('sha256', url, 'buffer').readBigInt64BE();
}
