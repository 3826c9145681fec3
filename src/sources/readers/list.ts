/** Plain lists: one address a line, `#` comments, blank lines. */

import { refusal, resolveAddress } from '../address.ts';
import type { SourceBatches, SourceItem } from '../item.ts';
import { LineSplitter, LongLine, MAX_LINE } from '../lines.ts';
import type { ReaderContext } from '../reader.ts';

export async function* readList(
  text: AsyncIterable<string>,
  { base }: ReaderContext,
): SourceBatches {
  const splitter = new LineSplitter();
  let number = 0;
  const toItems = (lines: readonly (string | LongLine)[]): SourceItem[] => {
    const items: SourceItem[] = [];
    for (const line of lines) {
      number++;
      const item = lineItem(line, number, base);
      if (item !== undefined) items.push(item);
    }
    return items;
  };
  for await (const chunk of text) {
    const items = toItems(splitter.push(chunk));
    if (items.length > 0) yield items;
  }
  const last = toItems(splitter.end());
  if (last.length > 0) yield last;
}

function lineItem(
  raw: string | LongLine,
  line: number,
  base: string | undefined,
): SourceItem | undefined {
  if (raw instanceof LongLine) {
    const message = `the line is longer than ${MAX_LINE} characters: ${raw.start}…`;
    return { kind: 'problem', line, message };
  }
  const text = withoutComment(raw);
  if (text === '') return undefined;
  const url = resolveAddress(text, base);
  if (url === undefined) return { kind: 'problem', line, message: refusal(text, base) };
  return { kind: 'address', url, from: 'list', line };
}

/** A `#` begins a comment at the start of a line or after white space; elsewhere it is a fragment. */
function withoutComment(raw: string): string {
  const hash = raw.indexOf('#');
  if (hash === -1) return raw.trim();
  const before = raw.slice(0, hash);
  if (before.trim() === '' || /\s$/.test(before)) return before.trim();
  const later = raw.search(/\s#/);
  return (later === -1 ? raw : raw.slice(0, later)).trim();
}
