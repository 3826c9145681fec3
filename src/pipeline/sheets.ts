/** Images that the linked style sheets of a page name. */
import { map } from '../concurrency/mod.ts';
import { toTrawlError } from '../errors.ts';
import type { PageImages, SheetImages } from '../extract/mod.ts';
import type { AddressSpace, ImageRef } from '../model.ts';
import { bodyOf } from './body.ts';
import type { FindContext } from './context.ts';
import { loadExtract } from './load-extract.ts';

/** Sheets read for one page, imports included: a hostile page could name any number. */
const MAX_SHEETS = 64;

/** A sheet that cannot be had is a problem of the page, not its end. Groups go on from the page's. */
export async function sheetImages(
  page: PageImages,
  url: string,
  context: FindContext,
  space?: AddressSpace,
): Promise<ImageRef[]> {
  const { from } = context.extract;
  const kinds = from === undefined ? ['all'] : [...from];
  if (!context.options.css || !kinds.some((kind) => kind === 'css' || kind === 'all')) return [];
  const queued = new Set(page.sheets);
  const refs: ImageRef[] = [];
  const named = new Set(page.images.flatMap((image) => image.candidates.map((one) => one.url)));
  let level = [...queued];
  while (level.length > 0) {
    const imports: string[] = [];
    const outcomes = map(level.slice(0, MAX_SHEETS), {
      submit: (sheet) => fetchSheet(sheet, url, context, space),
      window: 8,
      signal: context.signal,
    });
    for await (const outcome of outcomes) {
      if (!outcome.ok) {
        const error = toTrawlError(outcome.error);
        if (error.kind === 'abort') throw error;
        context.events.emit({ type: 'problem', source: outcome.task, message: error.message });
        continue;
      }
      const sheet = outcome.value;
      imports.push(...sheet.imports);
      for (const picture of sheet.pictures) {
        if (named.has(picture.candidates[0].url)) continue;
        for (const candidate of picture.candidates) named.add(candidate.url);
        refs.push({ ...picture, group: page.images.length + refs.length + 1, page: url });
      }
    }
    level = imports.filter(
      (sheet) => queued.size < MAX_SHEETS && !queued.has(sheet) && queued.add(sheet),
    );
  }
  return refs;
}

async function fetchSheet(
  sheet: string,
  page: string,
  { pool, documents, extract }: FindContext,
  space?: AddressSpace,
): Promise<SheetImages> {
  const known = documents?.get<SheetImages>(sheet);
  const fetched = await pool.submit({
    url: sheet,
    purpose: 'sheet',
    named: false,
    referrer: page,
    ...(space !== undefined && { space }),
    ...(known && { validators: known.validators }),
  });
  if (known && fetched.status === 304) return known.found;
  const { finalUrl, contentType } = fetched;
  const { extractSheet } = await loadExtract();
  const found = extractSheet(await bodyOf(fetched), finalUrl, extract, contentType);
  documents?.remember(sheet, fetched, found);
  return found;
}
