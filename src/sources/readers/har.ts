/** HAR, a browser's record of a visit: every response that was an image. */

import { refusal, resolveAddress } from '../address.ts';
import type { SourceBatches, SourceItem } from '../item.ts';
import type { ReaderContext } from '../reader.ts';
import { jsonEvents } from './json.ts';
import { asObject, asString } from './json-shape.ts';

/** Characters of one entry: it holds the response's body in base64. */
const MAX_ENTRY = 64 * 1024 ** 2;
/** Pages of a recording that are remembered, for the images to name theirs. */
const MAX_PAGES = 100_000;

export async function* readHar(
  text: AsyncIterable<string>,
  { name, base }: ReaderContext,
): SourceBatches {
  // Pages come before entries; their titles are addresses in what Chrome writes.
  const pages = new Map<string, string>();
  for await (const events of jsonEvents(text, name, MAX_ENTRY)) {
    const items: SourceItem[] = [];
    for (const event of events) {
      if (event.kind === 'problem') items.push(event);
      if (event.kind !== 'element') continue;
      const path = event.path.join('.');
      if (path === 'log.pages' && pages.size < MAX_PAGES) rememberPage(event.value, pages);
      else if (path === 'log.entries') {
        const item = entryItem(event.value, event.line, base, pages);
        if (item !== undefined) items.push(item);
      }
    }
    if (items.length > 0) yield items;
  }
}

function rememberPage(value: unknown, pages: Map<string, string>): void {
  const page = asObject(value);
  const id = asString(page?.id);
  const title = asString(page?.title);
  const url = title === undefined ? undefined : resolveAddress(title, undefined);
  if (id !== undefined && url !== undefined) pages.set(id, url);
}

function entryItem(
  value: unknown,
  line: number,
  base: string | undefined,
  pages: ReadonlyMap<string, string>,
): SourceItem | undefined {
  const entry = asObject(value);
  const raw = asString(asObject(entry?.request)?.url);
  if (raw === undefined) return { kind: 'problem', line, message: 'an entry names no request' };
  const response = asObject(entry?.response);
  const type = asString(asObject(response?.content)?.mimeType);
  const isImage = /^image\//i.test(type ?? '') || entry?._resourceType === 'image';
  const { status } = response ?? {};
  // Status 0 is a cached or blocked response; redirects lead to an entry of their own.
  const failed = typeof status === 'number' && status >= 300 && status !== 304;
  if (!isImage || failed || /^(?:data|blob|chrome-extension|about):/i.test(raw)) return undefined;
  const url = resolveAddress(raw, base);
  if (url === undefined) return { kind: 'problem', line, message: refusal(raw, base) };
  const page = pages.get(asString(entry?.pageref) ?? '');
  const mime = type?.split(';', 1)[0]?.trim();
  return {
    kind: 'image',
    candidates: [{ url, from: 'har.response', ...(mime === undefined ? {} : { type: mime }) }],
    ...(page === undefined ? {} : { page }),
    line,
  };
}
