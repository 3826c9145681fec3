/** Finds every image that a page or a style sheet names, and which address of each is the best. */

export { looksLikeImage, resolveAddress } from './address.ts';
export type { ExtractOptions } from './options.ts';
export { extractPage, type PageImages, type PageInput, type PageLink } from './page.ts';
export { kindOf, type PlaceKind } from './places.ts';
export { extractSheet, type SheetImages } from './sheet.ts';
export { parseSrcset, type SrcsetEntry } from './srcset.ts';
export { type Upgraded, upgradeAddress } from './upgrade.ts';
