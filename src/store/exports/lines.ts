/** The catalog as text: JSON lines and CSV. */
import type { ImageRecord } from '../../model.ts';

/** One JSON object a line, with the keys of `get --json`. */
export function* jsonLines(records: Iterable<ImageRecord>): Generator<string> {
  for (const record of records) yield `${JSON.stringify(record)}\n`;
}

/** Columns of the flat formats; the two parts of `error` have one each. */
export const COLUMNS = [
  'url',
  'page',
  'status',
  'file',
  'sha256',
  'format',
  'width',
  'height',
  'bytes',
  'pdq',
  'quality',
  'duplicateOf',
  'distance',
  'errorCode',
  'errorMessage',
  'attempts',
  'ms',
] as const;

export type Column = (typeof COLUMNS)[number];
export type FlatRecord = { readonly [column in Column]?: string | number | undefined };

export function flatten({ error, ...rest }: ImageRecord): FlatRecord {
  return { ...rest, ...(error && { errorCode: error.code, errorMessage: error.message }) };
}

/** RFC 4180, with a header. */
export function* csvLines(records: Iterable<ImageRecord>): Generator<string> {
  yield `${COLUMNS.join(',')}\r\n`;
  for (const record of records) {
    const flat = flatten(record);
    yield `${COLUMNS.map((column) => csvCell(flat[column])).join(',')}\r\n`;
  }
}

/**
 * Spreadsheets run a text that begins with one of = + - @ as a formula, and file names come from
 * strangers: such a text gets an apostrophe in front (OWASP, "CSV Injection").
 */
function csvCell(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
