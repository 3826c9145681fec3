/** What is known of an image when it is put into the folder, and how the catalog has it. */
import type { Inspection } from '../model.ts';
import type { Catalog, ImageRow } from '../store/mod.ts';

/** Facts of an image that is put in or dropped. */
export interface Facts {
  readonly sha256: string;
  readonly bytes: number;
  readonly inspection: Inspection;
}

/** @param where what else the row says: its file, or the image that it gave way to */
export function recordFacts(
  catalog: Catalog,
  run: number,
  { sha256, bytes, inspection }: Facts,
  where: Partial<ImageRow>,
): void {
  const { thumbnail, profile: _profile, ...facts } = inspection;
  catalog.recordImage({ ...facts, ...where, sha256, bytes, run } as ImageRow, thumbnail);
}
