/** The catalog as a Parquet file, for DuckDB, pandas, Spark and their like. */
import { renameSync, rmSync } from 'node:fs';
import type { BasicType } from 'hyparquet-writer';
import type { ImageRecord } from '../../model.ts';
import { fileError } from '../file-error.ts';
import { COLUMNS, type Column, type FlatRecord, flatten } from './lines.ts';

/** Rows kept in memory until they are written as one row group. */
const GROUP_ROWS = 20_000;

/** Whatever is not named here is text. */
const TYPES: { readonly [column in Column]?: BasicType } = {
  width: 'INT32',
  height: 'INT32',
  bytes: 'INT64',
  quality: 'INT32',
  distance: 'INT32',
  attempts: 'INT32',
  ms: 'INT64',
};

/** Written apart and then renamed. Returns the number of rows. Throws TrawlError. */
export async function writeParquet(records: Iterable<ImageRecord>, file: string): Promise<number> {
  const { ParquetWriter, fileWriter, schemaFromColumnData } = await import('hyparquet-writer');
  const part = `${file}.part`;
  let rows = 0;
  try {
    const schema = schemaFromColumnData({ columnData: columnsOf([]) });
    const writer = new ParquetWriter({ writer: fileWriter(part), schema, createdBy: 'imgtrawl' });
    for (const group of groups(records)) {
      await writer.write({ columnData: columnsOf(group), rowGroupSize: GROUP_ROWS });
      rows += group.length;
    }
    await writer.finish();
    renameSync(part, file);
    return rows;
  } catch (error) {
    rmSync(part, { force: true });
    throw fileError(error, file);
  }
}

function columnsOf(rows: readonly FlatRecord[]) {
  return COLUMNS.map((name) => {
    const type = TYPES[name] ?? 'STRING';
    const cell = (row: FlatRecord) => {
      const value = row[name];
      return type === 'INT64' && value !== undefined ? BigInt(Math.round(Number(value))) : value;
    };
    return { name, type, nullable: true, data: rows.map(cell) };
  });
}

function* groups(records: Iterable<ImageRecord>): Generator<FlatRecord[]> {
  let group: FlatRecord[] = [];
  for (const record of records) {
    group.push(flatten(record));
    if (group.length < GROUP_ROWS) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
