/** Rows of the catalog put together again as the lines that `get --json` printed. */
import type { ImageRecord } from '../model.ts';
import type { Catalog } from './catalog.ts';
import type { AddressRow, ImageRow } from './rows.ts';

/**
 * What is so now: an image that was saved and gave way to a better copy later is a duplicate.
 * @param image of the address's bytes, @param kept the one that was kept instead of it. Pure.
 */
export function recordOf(address: AddressRow, image?: ImageRow, kept?: ImageRow): ImageRecord {
  const { url, page, status, error, message, attempts, ms } = address;
  const about = { url, ...(page !== undefined && { page }) };
  const end = {
    ...(error !== undefined && { error: { code: error, message: message ?? '' } }),
    attempts,
    ms,
  };
  // Of a failure only that is told; the image of an earlier night is still there for the next one.
  if (status === 'failed' || image === undefined) return { ...about, status, ...end };

  const { sha256, format, width, height, bytes, pdq, quality } = image;
  const facts = {
    sha256,
    format,
    width,
    height,
    bytes,
    ...(pdq !== undefined && { pdq }),
    ...(quality !== undefined && { quality }),
  };
  if (status === 'filtered') return { ...about, status, ...facts, ...end };
  const own = address.file ?? (status === 'duplicate' ? undefined : image.file);
  // The file of a dropped copy is a link to the kept one, also when a later run found it unchanged.
  if (own !== undefined && status !== 'duplicate' && image.kept === undefined) {
    return { ...about, status, file: own, ...facts, ...end };
  }
  const of = kept ?? image;
  return {
    ...about,
    status: 'duplicate',
    ...(own !== undefined && { file: own }),
    ...facts,
    duplicateOf: of.file ?? of.sha256,
    distance: kept === undefined ? 0 : (image.distance ?? 0),
    ...end,
  };
}

/** One for each address, in the order in which they first came. */
export function* recordsOf(catalog: Catalog): Generator<ImageRecord> {
  for (const address of catalog.addresses()) {
    const image = address.sha256 === undefined ? undefined : catalog.imageBySha(address.sha256);
    const kept = image?.kept === undefined ? undefined : catalog.imageBySha(image.kept);
    yield recordOf(address, image, kept);
  }
}
