/** From what manifests list to pictures and pages. */
import { redactText, redactUrl } from '../fetch/mod.ts';
import type { ImageRef } from '../model.ts';
import type { SourceBatches, SourceItem } from '../sources/mod.ts';
import type { FindContext, Found, Page } from './context.ts';
import { loadExtract } from './load-extract.ts';

/** The manifest that the items come from. */
export interface Manifest {
  /** For messages. */
  readonly name: string;
  /** It lies on this machine, so its addresses are the user's own. */
  readonly named: boolean;
  /** Its address, when it was fetched. */
  readonly page?: string;
  readonly space?: NonNullable<ImageRef['space']>;
  /** With --shard every machine reads it, and takes its share. */
  readonly shared: boolean;
}

/** Yields pictures; hands pages and nested manifests to `addPage` on the way. */
export async function* itemImages(
  batches: SourceBatches,
  manifest: Manifest,
  context: FindContext,
  addPage: (page: Page) => void | Promise<void>,
): AsyncGenerator<Found> {
  const { name, named, page, space } = manifest;
  const naming = { ...(page !== undefined && { page }), ...(space !== undefined && { space }) };
  let group = 0;
  for await (const batch of batches) {
    for (const item of batch) {
      if (manifest.shared && !context.mine(addressOf(item, name))) continue;
      switch (item.kind) {
        case 'page':
        case 'source':
          await addPage({ url: item.url, named, depth: 0, ...(space !== undefined && { space }) });
          break;
        case 'problem':
          context.events.emit({
            type: 'problem',
            source: redactUrl(name),
            line: item.line,
            message: redactText(item.message),
          });
          break;
        case 'html': {
          const { extractPage } = await loadExtract();
          const url = item.base ?? page ?? 'file:///';
          for (const ref of extractPage({ html: item.html, url }, context.extract).images) {
            yield { ref: { ...ref, group: ++group, ...naming }, named, mayBePage: false };
          }
          break;
        }
        default:
          yield itemImage(item, ++group, named, naming);
      }
    }
  }
}

/** What decides whose item it is. A problem is told by one machine: the one whose the manifest would be. */
function addressOf(item: SourceItem, name: string): string {
  switch (item.kind) {
    case 'image':
      return item.candidates[0].url;
    case 'html':
      return item.page ?? item.base ?? name;
    case 'problem':
      return name;
    default:
      return item.url;
  }
}

function itemImage(
  item: Extract<SourceItem, { kind: 'address' | 'image' }>,
  group: number,
  named: boolean,
  naming: Pick<ImageRef, 'page' | 'space'>,
): Found {
  const alt = item.alt ?? item.title;
  const about = { group, ...naming, ...(alt !== undefined && { alt }) };
  if (item.kind === 'image') {
    const page = item.page === undefined ? {} : { page: item.page };
    return { ref: { ...about, ...page, candidates: item.candidates }, named, mayBePage: false };
  }
  const { url, from, width } = item;
  const candidate = width === undefined ? { url, from } : { url, from, width };
  // JSON, CSV and their like list images; one address a line may also be a list of pages.
  return { ref: { ...about, candidates: [candidate] }, named, mayBePage: from === 'list' };
}
