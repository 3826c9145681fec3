import type { Bytes, SourceHints, SourceItem, SourceOptions } from '../../src/sources/mod.ts';
import { readManifest } from '../../src/sources/mod.ts';

/** The bytes in chunks of `size`. */
export async function* stream(content: string | Uint8Array, size = 1 << 16): Bytes {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** All items of a manifest; fails when it is recognised as something else than a manifest. */
export async function itemsOf(
  content: string | Uint8Array | Bytes,
  hints: Partial<SourceHints> = {},
  options: SourceOptions = {},
): Promise<SourceItem[]> {
  const bytes =
    typeof content === 'string' || content instanceof Uint8Array ? stream(content) : content;
  const reading = await readManifest(bytes, { name: 'test', ...hints }, options);
  if (reading.kind !== 'items') throw new Error(`expected items, got ${reading.kind}`);
  const items: SourceItem[] = [];
  for await (const batch of reading.batches) items.push(...batch);
  return items;
}

/** What a manifest names, in short: addresses, and problems as `line: message`. */
export async function urlsOf(...args: Parameters<typeof itemsOf>): Promise<string[]> {
  return (await itemsOf(...args)).map((item) => {
    switch (item.kind) {
      case 'image':
        return item.candidates.map(({ url }) => url).join(' | ');
      case 'html':
        return item.html;
      case 'problem':
        return `${item.line}: ${item.message}`;
      default:
        return item.url;
    }
  });
}
