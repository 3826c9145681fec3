/** Fetches one page, style sheets included, and says what it names. */
import { rm } from 'node:fs/promises';
import { TrawlError } from '../errors.ts';
import type { PageImages } from '../extract/mod.ts';
import { parseRobotsDirectives } from '../fetch/robots-tag.ts';
import type { Fetched, ImageRef } from '../model.ts';
import { bodyBytes, readManifest } from '../sources/mod.ts';
import { discardBody } from './body.ts';
import type { FindContext, Found, Page } from './context.ts';
import { itemImages } from './items.ts';
import { loadExtract } from './load-extract.ts';
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
  const { options, extract, pool, documents } = context;
  const known = documents?.get<PageImages>(page.url);
  const fetched =
    page.fetched ??
    (await pool.submit({
      url: page.url,
      // What a user names may be an image or a long manifest as well.
      purpose: page.named ? 'manifest' : 'page',
      named: page.named,
      ...(known && { validators: known.validators }),
      ...(page.referrer !== undefined && { referrer: page.referrer }),
      ...(page.space !== undefined && { space: page.space }),
    }));
  const { finalUrl, contentType, space } = fetched;
  if (known && fetched.status === 304)
    return pageImages(page, known.found, fetched, context, visitor);
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
      const { extractPage } = await loadExtract();
      const images = extractPage({ html, url: finalUrl, ...type }, extract);
      documents?.remember(page.url, fetched, images);
      return pageImages(page, images, fetched, context, visitor);
    }
  }
  await discardBody(fetched);
  return [];
}

async function pageImages(
  page: Page,
  images: PageImages,
  fetched: Fetched,
  context: FindContext,
  visitor: PageVisitor,
): Promise<Found[]> {
  if (!visitor.visited(page, images, fetched)) return [];
  const { finalUrl, space } = fetched;
  const refs = [...images.images, ...(await sheetImages(images, finalUrl, context, space))];
  const reason = context.options.robots ? barred(images.robots, fetched.robotsTag) : undefined;
  return refs.map((ref) => ({
    ref: { ...ref, space },
    named: false,
    mayBePage: false,
    ...(reason !== undefined && { barred: reason }),
  }));
}

/** The directive of a page, in its head or its headers, by which its images are not to be taken. */
function barred(...values: (string | undefined)[]): string | undefined {
  for (const value of values) {
    const { noimageindex, noai, noimageai } = parseRobotsDirectives(value ?? '', 'imgtrawl');
    const found = Object.entries({ noimageindex, noai, noimageai }).find(([, set]) => set);
    if (found) return found[0];
  }
  return undefined;
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
