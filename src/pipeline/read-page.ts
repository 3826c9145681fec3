/** Fetches one page, style sheets included, and says what it names. */
import type { PageImages } from '../extract/mod.ts';
import type { Fetched, ImageRef } from '../model.ts';
import { bodyBytes, readManifest, readWhole } from '../sources/mod.ts';
import { discardBody } from './body.ts';
import type { FindContext, Found, Page } from './context.ts';
import { forbidding } from './forbidding.ts';
import { itemImages } from './items.ts';
import { loadExtract } from './load-extract.ts';
import { sheetImages } from './sheets.ts';
import { sourceOptions } from './source-options.ts';

/** What a page says of its images; that it is not to be indexed itself says nothing of them. */
const PAGE = ['noimageindex', 'noai', 'noimageai'] as const;

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
      const html = await readWhole(reading.bytes, options.maxPageBytes, page.url);
      await discardBody(fetched);
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
  const { robots } = context.options;
  const reason = robots ? forbidding(PAGE, images.robots, fetched.robotsTag) : undefined;
  return refs.map((ref) => ({
    ref: { ...ref, space },
    named: false,
    mayBePage: false,
    ...(reason !== undefined && { barred: reason }),
  }));
}
