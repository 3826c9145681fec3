/**
 * Cuts CSV (RFC 4180, with the liberties people take) into records, whatever the chunks are.
 *
 * A quote that is never closed would swallow the rest of the file. Here it costs its own row: when
 * a field runs on for too long, its first line is reported and reading goes on at the next line.
 */

import { LineSplitter, LongLine, MAX_LINE } from './lines.ts';

export type CsvRecord =
  | { readonly kind: 'record'; readonly fields: readonly string[]; readonly line: number }
  | { readonly kind: 'problem'; readonly line: number; readonly message: string };

/** Lines that one quoted field may span. Captions have a few; hundreds are a lost quote. */
const MAX_FIELD_LINES = 500;

/** A record whose last field is still open. */
interface Pending {
  readonly lines: string[];
  readonly line: number;
  readonly fields: string[];
  field: string;
  length: number;
}

export class CsvRecords {
  readonly #delimiter: string;
  readonly #splitter = new LineSplitter();
  #line = 0;
  #pending: Pending | undefined;
  /** Up to this line a field was tried over several lines in vain; trying again would be quadratic. */
  #singleUpTo = 0;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  push(chunk: string): CsvRecord[] {
    const records: CsvRecord[] = [];
    for (const line of this.#splitter.push(chunk)) this.#take(line, ++this.#line, records);
    return records;
  }

  end(): CsvRecord[] {
    const records: CsvRecord[] = [];
    for (const line of this.#splitter.end()) this.#take(line, ++this.#line, records);
    if (this.#pending !== undefined) this.#giveUp(records);
    return records;
  }

  #take(line: string | LongLine, number: number, records: CsvRecord[]): void {
    if (line instanceof LongLine) {
      if (this.#pending !== undefined) this.#giveUp(records);
      const message = `the row is longer than ${MAX_LINE} characters`;
      records.push({ kind: 'problem', line: number, message });
      return;
    }
    const pending = this.#pending;
    if (pending === undefined) {
      if (line.trim() === '') return;
      this.#begin(line, number, records);
      return;
    }
    pending.lines.push(line);
    pending.length += line.length;
    const { fields } = pending;
    const open = readFields(line, this.#delimiter, fields, `${pending.field}\n`);
    if (open === undefined) {
      this.#pending = undefined;
      records.push({ kind: 'record', fields, line: pending.line });
      return;
    }
    pending.field = open;
    if (pending.lines.length > MAX_FIELD_LINES || pending.length > MAX_LINE) this.#giveUp(records);
  }

  #begin(line: string, number: number, records: CsvRecord[]): void {
    if (!line.includes('"')) {
      const fields = line.split(this.#delimiter);
      records.push({ kind: 'record', fields, line: number });
      return;
    }
    const fields: string[] = [];
    const open = readFields(line, this.#delimiter, fields, undefined);
    if (open === undefined) records.push({ kind: 'record', fields, line: number });
    else if (number <= this.#singleUpTo) records.push(notClosed(number));
    else {
      const { length } = line;
      this.#pending = { lines: [line], line: number, fields, field: open, length };
    }
  }

  /** The first line of what is pending is lost; the others are read on their own. */
  #giveUp(records: CsvRecord[]): void {
    const { lines, line } = this.#pending!;
    this.#pending = undefined;
    this.#singleUpTo = line + lines.length - 1;
    records.push(notClosed(line));
    for (let at = 1; at < lines.length; at++) this.#take(lines[at]!, line + at, records);
  }
}

function notClosed(line: number): CsvRecord {
  return { kind: 'problem', line, message: 'a quoted field is not closed' };
}

/**
 * Appends the fields of a line to `fields`. `open` is what an open quoted field holds so far;
 * returns the same when the line ends inside one, else `undefined`.
 */
function readFields(
  line: string,
  delimiter: string,
  fields: string[],
  open: string | undefined,
): string | undefined {
  let at = 0;
  let field = open;
  for (;;) {
    if (field === undefined) {
      const start = skipSpace(line, at, delimiter);
      if (line[start] !== '"') {
        // A quote inside an unquoted field is itself: `5" disk`.
        const end = line.indexOf(delimiter, at);
        fields.push(end === -1 ? line.slice(at) : line.slice(at, end));
        if (end === -1) return undefined;
        at = end + 1;
        continue;
      }
      field = '';
      at = start + 1;
    }
    const quote = line.indexOf('"', at);
    if (quote === -1) return field + line.slice(at);
    field += line.slice(at, quote);
    if (line[quote + 1] === '"') {
      field += '"';
      at = quote + 2;
      continue;
    }
    // What follows the closing quote by mistake still belongs to the field.
    const end = line.indexOf(delimiter, quote + 1);
    fields.push(
      field + (end === -1 ? line.slice(quote + 1) : line.slice(quote + 1, end)).trimEnd(),
    );
    if (end === -1) return undefined;
    field = undefined;
    at = end + 1;
  }
}

function skipSpace(line: string, from: number, delimiter: string): number {
  let at = from;
  while (line[at] === ' ' || (line[at] === '\t' && delimiter !== '\t')) at++;
  return at;
}
