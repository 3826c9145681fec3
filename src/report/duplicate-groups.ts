/** Pictures that came in several copies, from the catalog. */
import type { Catalog, ImageRow } from '../store/mod.ts';
import type { Copy, DuplicateGroup } from './data.ts';
import { srcOf } from './src-of.ts';
import { thumbnailUrl } from './thumbnail-png.ts';

const MOST_GROUPS = 2000;
/** Likenesses of copies that were not kept: some 6 KB of the report each. */
const MOST_LIKENESSES = 1000;
/** A copy may have come from any number of addresses. */
const MOST_URLS = 20;

/**
 * Those with the most copies first.
 * @param shared SHA-256 of kept images that further addresses gave, too
 */
export function duplicateGroups(
  catalog: Catalog,
  shared: ReadonlySet<string>,
  base: string,
): { groups: DuplicateGroup[]; left: number } {
  const dropped = new Map<string, ImageRow[]>();
  for (const sha256 of shared) dropped.set(sha256, []);
  for (const image of catalog.images()) {
    if (image.kept === undefined) continue;
    const others = dropped.get(image.kept);
    if (others) others.push(image);
    else dropped.set(image.kept, [image]);
  }
  const sorted = [...dropped].sort(([, a], [, b]) => b.length - a.length);
  let likenesses = 0;
  const likeness = (image: ImageRow): Pick<Copy, 'src' | 'likeness'> => {
    if (likenesses >= MOST_LIKENESSES) return {};
    const pixels = catalog.thumbnail(image.sha256);
    const src = pixels && thumbnailUrl(pixels, factsOf(image));
    if (src === undefined) return {};
    likenesses++;
    return { src, likeness: true };
  };
  const groups = sorted.slice(0, MOST_GROUPS).flatMap(([sha256, others]) => {
    const kept = catalog.imageBySha(sha256);
    if (!kept) return [];
    const rows = catalog.addressesOf(sha256);
    const twins = rows.filter((row) => row.status === 'duplicate');
    const own = rows.filter((row) => row.status !== 'duplicate').map((row) => row.url);
    const copies = others.map((image) => {
      const addresses = catalog.addressesOf(image.sha256);
      const urls = addresses.slice(0, MOST_URLS).map((row) => row.url);
      const file = addresses.find((row) => row.file !== undefined)?.file;
      const { kind = 'near', distance = 0 } = image;
      // The file, where there is one, is a link to the kept copy and does not show this one.
      const name = file ?? urls[0] ?? image.sha256;
      return { name, urls, ...likeness(image), ...factsOf(image), kind, distance };
    });
    const exact = twins.slice(0, MOST_URLS).map(({ url, file }) => {
      const picture = file === undefined ? pictureOf(kept, base) : { src: srcOf(base, file) };
      const facts = factsOf(kept);
      return { name: file ?? url, urls: [url], ...picture, ...facts, kind: 'exact' as const };
    });
    const first = {
      name: kept.file ?? own[0] ?? kept.sha256,
      urls: own.slice(0, MOST_URLS),
      ...(kept.file === undefined ? likeness(kept) : pictureOf(kept, base)),
      ...factsOf(kept),
    };
    const all = [...exact.map((copy) => ({ ...copy, distance: 0 })), ...copies];
    return all.length === 0 ? [] : [{ kept: first, others: all }];
  });
  return { groups, left: Math.max(0, sorted.length - MOST_GROUPS) };
}

const pictureOf = ({ file }: ImageRow, base: string): Pick<Copy, 'src'> =>
  file === undefined ? {} : { src: srcOf(base, file) };

/** Sizes as shown: EXIF orientations 5–8 lie on their side. */
function factsOf({ format, width, height, orientation = 1, bytes }: ImageRow) {
  const turned = orientation >= 5;
  return { format, width: turned ? height : width, height: turned ? width : height, bytes };
}
