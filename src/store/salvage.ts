/** Reads out of a damaged catalog what can still be read. */
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Catalog } from './catalog.ts';
import {
  type AddressRow,
  type Cell,
  type Cells,
  fromCells,
  IMAGE_COLUMNS,
  type ImageRow,
  STORED_COLUMNS,
} from './rows.ts';
import { APPLICATION_ID } from './schema.ts';

/** Rows from before belong to no run that the new catalog knows. */
const RUN = 0;

/**
 * Copies names, addresses and dropped images over. Nothing read here is needed: an address that is lost
 * is fetched again, and found to be there. Returns the number of addresses.
 */
export function salvage(file: string, into: Catalog): number {
  let old: DatabaseSync | undefined;
  let addresses = 0;
  try {
    if (!existsSync(file)) return 0;
    old = new DatabaseSync(file, { readOnly: true });
    const id = old.prepare('PRAGMA application_id').get()?.['application_id'];
    if (id !== APPLICATION_ID) return 0;
    for (const { stem, url } of readable(old, 'name', 'folded', ['stem', 'url'])) {
      attempt(() => into.names.restore(String(stem), String(url)));
    }
    for (const cells of readable(old, 'image', 'rowid', IMAGE_COLUMNS)) {
      const image = fromCells<ImageRow>(cells);
      const dropped = image.kept !== undefined && into.imageBySha(image.sha256) === undefined;
      if (dropped) attempt(() => into.recordImage({ ...image, run: RUN }));
    }
    for (const cells of readable(old, 'address', 'rowid', STORED_COLUMNS)) {
      const row = { ...fromCells<AddressRow>(cells), run: RUN };
      if (attempt(() => into.recordAddress(row))) addresses++;
    }
  } catch {
    // So damaged that not even this can be read.
  } finally {
    old?.close();
  }
  return addresses;
}

/** From the first row up to the damage, then from the last one back to it. */
function* readable(
  db: DatabaseSync,
  table: string,
  key: string,
  columns: readonly string[],
): Generator<Cells> {
  let last: Cell | undefined;
  for (const direction of ['ASC', 'DESC']) {
    try {
      const sql = `SELECT ${key} AS position, ${columns} FROM ${table} ORDER BY ${key} ${direction}`;
      for (const { position, ...cells } of db.prepare(sql).iterate() as Iterable<Cells>) {
        const at = position as Cell;
        if (direction === 'ASC') last = at;
        else if (last !== undefined && last !== null && at !== null && at <= last) return;
        yield cells;
      }
      return;
    } catch {
      // The damage; now from the other end.
    }
  }
}

function attempt(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
