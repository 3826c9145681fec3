/** Which candidate of a picture is the best. */

import { pathOf, typeByExtension } from './address.ts';
import type { Entry, Group } from './collector.ts';
import { stemOf, widthInAddress } from './size.ts';

export interface Ranking {
  /** Best first; stand-ins behind everything real. */
  readonly ranked: Entry[];
  /** How many of `ranked` are real. All of them where nothing else is known. */
  readonly real: number;
}

/** Names of images that only hold a place until a script brings the real one. */
const STAND_IN_NAME =
  /[-_./](?:spacer|blank|empty|pixel|transparent|clear|placeholder|place-holder|loading|loader|lazy|lazyload|lazy-load|preloader|spinner|ajax-loader|grey|gray|1x1|1px|no-?image|noimg|missing-image|default-?image|dummy|fallback|shim)(?:[-_.]?\d+x?\d*)?\.(?:gif|png|svg|jpe?g|webp)$|\/(?:s|t|p|b|x|dot|trans)\.gif$/i;
/** Pixels; narrower is no picture where a wider one is at hand: blurred previews have 10 to 40. */
export const PREVIEW_WIDTH = 64;
/** Stands for "as large as it gets": above any `w` descriptor. */
const ORIGINAL = 1e6;

/** `preferType`: lower-case MIME types, most wanted first; they decide among equal sizes. */
export function rank(group: Group, preferType: readonly string[]): Ranking {
  const entries = [...group.entries.values()];
  // Where the document gives every width, addresses need no second look.
  const told = entries.every((entry) => entry.width !== undefined);
  const inAddress = told ? [] : entries.map((entry) => widthInAddress(entry.url));
  entries.forEach((entry, at) => {
    entry.width ??= inAddress[at];
  });
  if (entries.length === 1) return { ranked: entries, real: 1 };

  const stems =
    told && !group.lazy ? entries.map(() => '') : entries.map((entry) => stemOf(entry.url));
  const sizedStems = new Set(stems.filter((_, at) => inAddress[at] !== undefined));
  const lazyStems = new Set(stems.filter((_, at) => entries[at]!.role === 'lazy'));
  const unit = densityUnit(group, entries);
  const widest = entries.reduce((most, entry) => Math.max(most, entry.width ?? 0), 0);

  const judged = entries.map((entry, at) => ({
    entry,
    standIn: isStandIn(entry, widest) || (isShownFirst(entry) && awaits(lazyStems, stems[at]!)),
    // "photo.jpg" beside "photo-300x200.jpg" is what the latter was made from.
    size: entry.width === undefined && sizedStems.has(stems[at]!) ? ORIGINAL : sizeOf(entry, unit),
    type: typeRank(entry, preferType),
  }));
  judged.sort(
    (a, b) => Number(a.standIn) - Number(b.standIn) || b.size - a.size || a.type - b.type,
  );
  const real = judged.filter((one) => !one.standIn).length;
  return { ranked: judged.map((one) => one.entry), real: real === 0 ? judged.length : real };
}

const isShownFirst = (entry: Entry) => entry.role === 'plain';
/** A script will put something else in its place. */
const awaits = (lazyStems: ReadonlySet<string>, stem: string) =>
  lazyStems.size > 0 && !lazyStems.has(stem);

/** Pixels that density 1 stands for. */
function densityUnit(group: Group, entries: readonly Entry[]): number | undefined {
  if (group.shownWidth !== undefined) return group.shownWidth;
  return entries.find((entry) => (entry.density ?? 1) === 1 && entry.width !== undefined)?.width;
}

/** A number to order by: pixels where they are known, else below all that are. */
function sizeOf(entry: Entry, unit: number | undefined): number {
  const density = entry.density ?? 1;
  if (entry.width !== undefined && entry.density === undefined) return entry.width;
  if (entry.role === 'full') return entry.width ?? ORIGINAL;
  if (entry.media !== undefined) return entry.media > 0 ? entry.media * density : density / 100;
  if (entry.density !== undefined && unit !== undefined) return density * unit;
  if (entry.width !== undefined) return entry.width;
  if (entry.role === 'thumb') return density / 1000;
  return entry.role === 'plain' ? density / 10 : density;
}

function isStandIn(entry: Entry, widest: number): boolean {
  if (entry.url.startsWith('data:') || STAND_IN_NAME.test(pathOf(entry.url))) return true;
  const { width } = entry;
  return width !== undefined && width < PREVIEW_WIDTH && widest >= 2 * width;
}

function typeRank(entry: Entry, preferType: readonly string[]): number {
  if (preferType.length === 0) return 0;
  const type = entry.type ?? typeByExtension(entry.url);
  const at = type === undefined ? -1 : preferType.indexOf(type);
  return at < 0 ? preferType.length : at;
}
