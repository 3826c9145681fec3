/** JSON Feed 1 and 1.1: image, banner, attachments, and the HTML of each item. */

import type { Place } from '../../model.ts';
import { resolveAddress } from '../address.ts';
import type { SourceBatches, SourceItem } from '../item.ts';
import type { Members } from '../json-elements.ts';
import type { ReaderContext } from '../reader.ts';
import { FeedEntry, isImage } from './feed-entry.ts';
import { jsonEvents } from './json.ts';
import { asArray, asObject, asString } from './json-shape.ts';

export async function* readJsonFeed(
  text: AsyncIterable<string>,
  { name, base, options }: ReaderContext,
): SourceBatches {
  const linkFrom = options.linkedPages ? 'json-feed.url' : undefined;
  for await (const events of jsonEvents(text, name)) {
    const items: SourceItem[] = [];
    for (const event of events) {
      if (event.kind === 'problem') items.push(event);
      else if (event.kind === 'element' && event.path.join('.') === 'items') {
        items.push(...entryItems(event.value, event.line, base ?? homeOf(event.members), linkFrom));
      }
    }
    if (items.length > 0) yield items;
  }
}

function homeOf({ home_page_url: home, feed_url: feed }: Members): string | undefined {
  const own = [home, feed].find((value) => typeof value === 'string');
  return own === undefined ? undefined : resolveAddress(own, undefined);
}

function* entryItems(
  value: unknown,
  line: number,
  base: string | undefined,
  linkFrom: Place | undefined,
): Iterable<SourceItem> {
  const item = asObject(value);
  if (item === undefined) {
    yield { kind: 'problem', line, message: 'an item of the feed is no object' };
    return;
  }
  const entry = new FeedEntry(line, undefined);
  entry.link = asString(item.url) ?? asString(item.external_url);
  for (const [key, from] of [
    ['image', 'json-feed.image'],
    ['banner_image', 'json-feed.banner_image'],
  ] as const) {
    const raw = asString(item[key]);
    if (raw !== undefined) entry.picture({ raw, from, line });
  }
  for (const attached of asArray(item.attachments)) {
    const attachment = asObject(attached);
    const raw = asString(attachment?.url);
    const type = asString(attachment?.mime_type);
    if (raw !== undefined && isImage(type, undefined, raw)) {
      const title = asString(attachment?.title);
      entry.picture({ raw, from: 'json-feed.attachment', line, type, title });
    }
  }
  const html = asString(item.content_html);
  if (html !== undefined) entry.content(html, line);
  yield* entry.items(base, linkFrom);
}
