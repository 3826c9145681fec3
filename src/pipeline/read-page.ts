/** Fetches one page, style sheets included, and says what it names. */
import { rm } from 'node:fs/promises';
import { TrawlError } from '../errors.ts';
import { extractPage, type PageImages } from '../extract/mod.ts';
import type { Fetched, ImageRef } from '../model.ts';
import { bodyBytes, readManifest } from '../sources/mod.ts';
import { discardBody } from './body.ts';
import type { FindContext, Found, Page } from './context.ts';
import { itemImages } from './items.ts';
import { sheetImages } from './sheets.ts';
import { sourceOptions } from './source-options.ts';

export interface PageVisitor {
  /** A page that a manifest names. */
  readonly addPage: (page: Page, manifest: string) => void;
  /** Called with what a page holds, for its links. False when it was read under another address. */
  readonly visited: (page: Page, images: PageImages, fetched: Fetched) => boolean;
}

/** Throws TrawlError when the page cannot be had or understood. */
export async function readPage(
  page: Page,
  context: FindContext,
  visitor: PageVisitor,
): Promise<Iterable<Found> | AsyncIterable<Found>> {
  const { options, extract, pool } = context;
  const fetched =
    page.fetched ??
    (await pool.submit({
      url: page.url,
      purpose: 'page',
      named: page.named,
      ...(page.referrer !== undefined && { referrer: page.referrer }),
      ...(page.space !== undefined && { space: page.space }),
    }));
  const { finalUrl, contentType, space } = fetched;
  const type = contentType === undefined ? {} : { contentType };
  const hints = { name: page.url, url: finalUrl, ...type };
  const shared = page.shared ?? false;
  const reading = await readManifest(bodyBytes(fetched.body), hints, sourceOptions(options));
  switch (reading.kind) {
    case 'image': {
      if (shared && !context.mine(page.url)) break;
      const ref: ImageRef = { group: 1, candidates: [{ url: page.url, from: 'source' }] };
      return [{ ref, named: page.named, mayBePage: false, fetched }];
    }
    case 'items': {
      const manifest = { name: page.url, named: false, page: finalUrl, space, shared };
      return itemImages(reading.batches, manifest, context, (one) =>
        visitor.addPage(one, page.url),
      );
    }
    case 'page': {
      if (shared && !context.mine(page.url)) break;
      const html = await whole(reading.bytes, page.url, options.maxPageBytes);
      if (fetched.body.in === 'file') await rm(fetched.body.path, { force: true });
      const images = extractPage({ html, url: finalUrl, ...type }, extract);
      if (!visitor.visited(page, images, fetched)) return [];
      const refs = [...images.images, ...(await sheetImages(images, finalUrl, context, space))];
      return refs.map((ref) => ({ ref: { ...ref, space }, named: false, mayBePage: false }));
    }
  }
  await discardBody(fetched);
  return [];
}

/** All bytes; throws TrawlError `too-large` beyond `limit`. */
export async function whole(
  stream: AsyncIterable<Uint8Array>,
  name: string,
  limit: number,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of stream) {
    length += part.length;
    if (length > limit) {
      throw new TrawlError('too-large', `${name} is larger than --max-page-bytes ${limit}`);
    }
    parts.push(part);
  }
  return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts, length);
}
