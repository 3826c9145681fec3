/** JSON lines: one string or record a line. */

import type { SourceBatches, SourceItem } from '../item.ts';
import { recordItems } from '../json-records.ts';
import { LineSplitter, LongLine } from '../lines.ts';
import type { ReaderContext } from '../reader.ts';
import { noAddress } from './json.ts';

/** Characters; records may carry whole articles beside the address. */
const MAX_RECORD = 16 * 1024 ** 2;

export async function* readJsonLines(
  text: AsyncIterable<string>,
  { base, options: { urlKey } }: ReaderContext,
): SourceBatches {
  const splitter = new LineSplitter(MAX_RECORD);
  let number = 0;
  const toItems = (lines: readonly (string | LongLine)[]): SourceItem[] =>
    lines.flatMap((raw) => {
      const line = ++number;
      if (raw instanceof LongLine) {
        return [{ kind: 'problem', line, message: `longer than ${MAX_RECORD} characters` }];
      }
      if (raw.trim() === '') return [];
      const parsed = parse(raw);
      if ('message' in parsed) return [{ kind: 'problem', line, message: parsed.message }];
      const items = recordItems(parsed.value, undefined, { base, urlKey, line });
      return items.length > 0 ? items : [noAddress(line, urlKey)];
    });
  for await (const chunk of text) {
    const items = toItems(splitter.push(chunk));
    if (items.length > 0) yield items;
  }
  const last = toItems(splitter.end());
  if (last.length > 0) yield last;
}

function parse(raw: string): { readonly value: unknown } | { readonly message: string } {
  // Deep nesting needs no guard here: JSON.parse does not recurse, and recordItems ends at a depth.
  try {
    return { value: JSON.parse(raw) };
  } catch (error) {
    return { message: `malformed JSON: ${(error as Error).message}` };
  }
}
