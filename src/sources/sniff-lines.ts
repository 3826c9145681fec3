/** Tells the formats apart that are made of lines: plain lists, CSV, Markdown. */

import type { SourceFormat } from './item.ts';
import { isUrlName } from './names.ts';
import type { Beginning } from './sniff.ts';

/** Lines looked at; a hundred tell as much as a thousand. */
const SAMPLE = 100;

export function sniffLines(
  { text, whole }: Beginning,
  hint: SourceFormat | undefined,
): SourceFormat | undefined {
  if (text === '') return hint ?? 'list';
  const all = text.split(/\r?\n/);
  if (!whole && all.length > 1) all.pop();
  const lines = all.filter((line) => line.trim() !== '').slice(0, SAMPLE);
  if (hint === 'html' && /<[a-z!/]/i.test(text)) return 'html';
  if (hint === 'csv' || hint === 'tsv' || hint === 'markdown') return hint;

  const rows = lines.filter((line) => !/^\s*#/.test(line));
  const addresses = rows.filter(isAddress).length;
  const header = rows[0] === undefined ? undefined : headerFormat(rows[0]);
  if (header !== undefined) return header;
  if (isMarkdown(text)) return 'markdown';
  if (rows.length === 0 || addresses * 2 >= rows.length) return 'list';
  const delimited = delimitedFormat(rows);
  if (delimited !== undefined) return delimited;
  if (/<(?:img|a|p|div|html|body|head|picture)\b/i.test(text)) return 'html';
  // Lists of relative addresses, which need --base-url.
  const paths = rows.filter((row) => /^\s*[^\s,<>"]*[/.][^\s,<>"]*\s*$/.test(row)).length;
  return paths * 2 >= rows.length || addresses > 0 ? 'list' : undefined;
}

/** The whole line is one address. */
function isAddress(line: string): boolean {
  return /^\s*(?:https?:\/\/|data:image\/)[^\s"<>]+(?:\s+#.*)?\s*$/i.test(line);
}

/** A first row of column names, one of which is a usual one for addresses. */
function headerFormat(row: string): SourceFormat | undefined {
  if (/:\/\//.test(row)) return undefined;
  const tabs = row.split('\t');
  if (tabs.length > 1) return tabs.some(isUrlName) ? 'tsv' : undefined;
  const cells = row.split(/[,;|]/).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
  return cells.some(isUrlName) ? 'csv' : undefined;
}

/** Rows without a known header, one cell of which is an address. */
function delimitedFormat(rows: readonly string[]): SourceFormat | undefined {
  const withCell = (cell: RegExp) => rows.filter((row) => cell.test(row)).length * 2 >= rows.length;
  if (withCell(/(?:^|\t)"?https?:\/\/[^\t]*\t|\t"?https?:\/\//i)) return 'tsv';
  if (withCell(/(?:^|[,;|])\s*"?https?:\/\/[^,;|]*[,;|"]|[,;|]\s*"?https?:\/\//i)) return 'csv';
  return undefined;
}

/** Repetitions are bounded: this is searched for at every bracket. */
function isMarkdown(text: string): boolean {
  return /!?\[[^\]\n]{0,300}\]\(\s?<?[^)\s]|^ {0,3}\[[^\]\n]{1,300}\]:[ \t]{1,9}\S|!\[[^\]\n]{0,300}\]\[/m.test(
    text,
  );
}
