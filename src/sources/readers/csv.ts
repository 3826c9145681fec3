/** CSV and TSV: which column holds the address, then a row an item. */

import { TrawlError } from '../../errors.ts';
import { refusal, resolveAddress } from '../address.ts';
import { type CsvRecord, CsvRecords } from '../csv-records.ts';
import type { AddressItem, SourceBatches, SourceItem } from '../item.ts';
import { plain, roleOf, urlRank } from '../names.ts';
import type { Reader, ReaderContext } from '../reader.ts';

export const readCsv: Reader = (text, context) => readRows(text, context, undefined);
export const readTsv: Reader = (text, context) => readRows(text, context, '\t');

/** Characters of the first line; more is no header. */
const MAX_HEADER = 64 * 1024;

async function* readRows(
  text: AsyncIterable<string>,
  context: ReaderContext,
  delimiter: string | undefined,
): SourceBatches {
  const table = new Table(context);
  let records = delimiter === undefined ? undefined : new CsvRecords(delimiter);
  let head = '';
  for await (const chunk of text) {
    let input = chunk;
    if (records === undefined) {
      // The delimiter shows in the first line that is not blank, once all of it is there.
      head += chunk;
      if (!chunk.includes('\n') && head.length < MAX_HEADER) continue;
      const start = head.slice(0, MAX_HEADER);
      const line = /^\s*(\S[^\n]*)\n/.exec(start)?.[1];
      if (line === undefined && head.length < MAX_HEADER) continue;
      records = new CsvRecords(delimiterOf(line ?? start));
      input = head;
    }
    const items = table.items(records.push(input));
    if (items.length > 0) yield items;
  }
  if (records === undefined) {
    records = new CsvRecords(delimiterOf(head));
    yield table.items(records.push(head));
  }
  yield table.items(records.end());
  yield table.end();
}

/** The one of comma, semicolon, tab and bar that the line has most of, quoted text aside. */
function delimiterOf(line: string): string {
  const bare = line.replace(/"[^"]*"/g, '').replace(/https?:\/\/[^\s,;|"]*/gi, '');
  const counts = [',', ';', '\t', '|'].map((char) => [char, bare.split(char).length] as const);
  return counts.reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}

interface Columns {
  readonly url: number;
  readonly name: string;
  readonly alt: number;
  readonly title: number;
  readonly width: number;
}

class Table {
  readonly #context: ReaderContext;
  #columns: Columns | undefined;
  /** A first row that names no known column: the second shows which one holds addresses. */
  #header: readonly string[] | undefined;

  constructor(context: ReaderContext) {
    this.#context = context;
  }

  items(records: readonly CsvRecord[]): SourceItem[] {
    const items: SourceItem[] = [];
    for (const record of records) {
      if (record.kind === 'problem') items.push(record);
      else if (this.#columns !== undefined || this.#settle(record.fields)) {
        items.push(this.#item(this.#columns!, record.fields, record.line));
      }
    }
    return items;
  }

  end(): SourceItem[] {
    if (this.#columns === undefined && this.#header !== undefined) throw this.#noColumn();
    return [];
  }

  /** Finds the columns by the first rows; true when the row itself is data. */
  #settle(fields: readonly string[]): boolean {
    const { urlColumn } = this.#context.options;
    const cell = fields.findIndex((field) => /^\s*(?:https?:\/\/|data:image\/)/i.test(field));
    if (this.#header !== undefined) {
      if (cell === -1) throw this.#noColumn();
      this.#columns = columnsOf(this.#header, cell);
      return true;
    }
    if (urlColumn !== undefined) {
      const at = columnIndex(fields, urlColumn);
      if (at === undefined) throw this.#noColumn(fields);
      const data = /^\d+$/.test(urlColumn) && /:\/\//.test(fields[at] ?? '');
      this.#columns = columnsOf(data ? [] : fields, at);
      return data;
    }
    if (cell !== -1) {
      this.#columns = columnsOf([], cell);
      return true;
    }
    const known = fields
      .map((name, at) => ({ at, rank: urlRank(name) }))
      .filter(({ rank }) => rank !== -1)
      .sort((a, b) => a.rank - b.rank)[0];
    if (known === undefined) this.#header = fields;
    else this.#columns = columnsOf(fields, known.at);
    return false;
  }

  #item(columns: Columns, fields: readonly string[], line: number): SourceItem {
    const raw = fields[columns.url]?.trim() ?? '';
    if (raw === '') return { kind: 'problem', line, message: `no address in ${columns.name}` };
    const { base } = this.#context;
    const url = resolveAddress(raw, base);
    if (url === undefined) return { kind: 'problem', line, message: refusal(raw, base) };
    const alt = fields[columns.alt]?.trim();
    const title = fields[columns.title]?.trim();
    const width = Math.round(Number(fields[columns.width]));
    const item: { -readonly [K in keyof AddressItem]: AddressItem[K] } = {
      kind: 'address',
      url,
      from: 'csv',
      line,
    };
    if (alt) item.alt = alt;
    if (title) item.title = title;
    if (width > 0 && width < 1e6) item.width = width;
    return item;
  }

  #noColumn(header = this.#header ?? []): TrawlError {
    const { name, options } = this.#context;
    const names = header.slice(0, 30).map((column) => column.trim().slice(0, 40));
    const wanted = options.urlColumn === undefined ? 'with addresses' : `"${options.urlColumn}"`;
    return new TrawlError(
      'source-unreadable',
      `${name} has no column ${wanted}; its columns are ${names.join(', ')} (--url-column names one)`,
    );
  }
}

/** By name as written, by name without case and separators, by number from 1. */
function columnIndex(header: readonly string[], wanted: string): number | undefined {
  const exact = header.findIndex((name) => name.trim() === wanted);
  if (exact !== -1) return exact;
  const near = header.findIndex((name) => plain(name) === plain(wanted));
  if (near !== -1) return near;
  const number = /^\d+$/.test(wanted) ? Number(wanted) : 0;
  return number >= 1 && number <= header.length ? number - 1 : undefined;
}

function columnsOf(header: readonly string[], url: number): Columns {
  const of = (role: string) => header.findIndex((name, at) => at !== url && roleOf(name) === role);
  const name = header[url]?.trim() || `column ${url + 1}`;
  return { url, name, alt: of('alt'), title: of('title'), width: of('width') };
}
