/** The images of a style sheet, each address resolved against the sheet's own. */

import type { Candidate, ImageRef } from '../model.ts';
import { isOtherMedia, resolveAddress } from './address.ts';
import { Collector, toCandidate } from './collector.ts';
import { type CssImage, readCss } from './css.ts';
import { decodeSheet } from './decode.ts';
import { type ExtractOptions, settingsOf } from './options.ts';
import { toReferences } from './pictures.ts';

export interface SheetImages {
  /** Every address, in the order of the sheet, each once. */
  readonly images: Candidate[];
  /** The same as pictures: the choices of one `image-set()` are candidates of one. */
  readonly pictures: ImageRef[];
  /** Absolute addresses of the sheets it imports, each once. */
  readonly imports: string[];
}

/** `contentType` is the value of the header. Never throws on any sheet. */
export function extractSheet(
  css: string | Uint8Array,
  sheetUrl: string,
  options: ExtractOptions = {},
  contentType?: string,
): SheetImages {
  const settings = settingsOf(options);
  const text = typeof css === 'string' ? css : decodeSheet(css, contentType);
  const collector = new Collector(sheetUrl, settings);
  const read = readCss(text);
  for (const image of read.images) addCssImage(collector, image);
  const seen = new Map<string, Candidate>();
  for (const group of collector.groups) {
    for (const entry of group.entries.values()) {
      if (!seen.has(entry.url)) seen.set(entry.url, toCandidate(entry));
    }
  }
  return {
    images: [...seen.values()],
    pictures: toReferences(collector.groups, sheetUrl, settings),
    imports: absolute(read.imports, sheetUrl),
  };
}

/** One picture of its own, or one more of `group`. */
export function addCssImage(
  collector: Collector,
  image: CssImage,
  prefix = '',
  group = collector.open(),
): void {
  const from = prefix + (image.variable ? 'css.variable' : 'css');
  for (const { url, density, type } of image.choices) {
    const address = collector.resolve(url);
    if (address === undefined || isOtherMedia(address)) continue;
    collector.addUrl(group, address, from, {
      density,
      type,
      role: image.choices.length > 1 ? 'set' : 'plain',
    });
  }
}

export function absolute(addresses: readonly string[], base: string): string[] {
  const resolved = addresses.map((address) => resolveAddress(address, base));
  return [...new Set(resolved.filter((address) => address !== undefined))];
}
