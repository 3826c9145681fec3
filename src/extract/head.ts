/** Images that metadata names: `<link>`, `<meta>`, microdata. */

import { hasImageExtension, isImageLink, isOtherMedia, looksLikeImage } from './address.ts';
import type { Reader } from './reader.ts';
import { attribute, type TreeNode } from './tree.ts';

const ICONS = new Set([
  'icon',
  'apple-touch-icon',
  'apple-touch-icon-precomposed',
  'apple-touch-startup-image',
  'fluid-icon',
  'mask-icon',
]);

export function readLink(reader: Reader, node: TreeNode, rel: readonly string[]): void {
  const href = attribute(node, 'href');
  const icon = rel.find((token) => ICONS.has(token));
  if (icon !== undefined) {
    const width = Number.parseInt(attribute(node, 'sizes') ?? '', 10);
    const finding = { type: attribute(node, 'type'), width: width > 0 ? width : undefined };
    reader.add(reader.collector.open(), href, `link.${icon}`, finding);
    return;
  }
  if (rel.includes('image_src')) {
    reader.add(reader.collector.open(), href, 'link.image_src');
    return;
  }
  const loads = rel.includes('preload') || rel.includes('prefetch');
  if (!loads || attribute(node, 'as')?.trim().toLowerCase() !== 'image') return;
  const group = reader.collector.open();
  reader.addSrcset(group, attribute(node, 'imagesrcset'), 'link.preload');
  reader.add(group, href, 'link.preload', { type: attribute(node, 'type') });
}

/** Names whose content is an image's address whatever it looks like; lower case. */
const CERTAIN = new Set([
  'og:image',
  'og:image:url',
  'og:image:secure_url',
  'twitter:image',
  'twitter:image:src',
  'twitter:image0',
  'twitter:image1',
  'twitter:image2',
  'twitter:image3',
  'msapplication-tileimage',
  'msapplication-square70x70logo',
  'msapplication-square150x150logo',
  'msapplication-square310x310logo',
  'msapplication-wide310x150logo',
  'thumbnail',
  'thumbnailurl',
]);
/** Others that speak of an image; their content has to look like one. */
const LIKELY =
  /(?:^|[:._-])(?:image|img|thumb|thumbnail|thumbnailurl|photo|picture|logo|cover|imageurl|image_src)(?:[:._-]?(?:\d+|url|src|full|large|small|thumb|secure_url|big|square|path|link))*$|(?:image|thumbnail|img|thumb)(?:url|src)?$/;

export function readMeta(reader: Reader, node: TreeNode): void {
  const content = attribute(node, 'content');
  const written = attribute(node, 'property') ?? attribute(node, 'name');
  if (content === undefined || written === undefined) return;
  // Open Graph in RDFa may hold several names in one attribute.
  for (const token of written.trim().split(/\s+/).slice(0, 8)) {
    const name = token.toLowerCase();
    const certain = CERTAIN.has(name);
    const likely = certain || LIKELY.test(name);
    // Any other that holds the full address of an image and nothing else.
    if (!likely && !/^(?:https?:)?\/\/\S+$/i.test(content)) continue;
    const url = reader.collector.resolve(content);
    if (url === undefined || isOtherMedia(url)) continue;
    if (!certain && !(likely ? looksLikeImage(url) : isImageLink(url))) continue;
    const canonical = name === 'msapplication-tileimage' ? 'msapplication-TileImage' : name;
    reader.addUrl(reader.collector.open(), url, `meta.${canonical}`);
  }
}

const ITEM_PROPERTIES = new Set([
  'image',
  'images',
  'thumbnailurl',
  'thumbnail',
  'contenturl',
  'logo',
  'photo',
  'primaryimageofpage',
  'screenshot',
]);
/** Where an item's property has its value, by element; else in `content`. */
const VALUE_ATTRIBUTE: Readonly<Record<string, string>> = {
  a: 'href',
  area: 'href',
  link: 'href',
  object: 'data',
  embed: 'src',
  source: 'src',
  img: 'src',
};

/** Microdata; also opens the scope of an item that describes an image. */
export function readItem(reader: Reader, node: TreeNode, itemprop: string | undefined): void {
  const names = (itemprop ?? '').trim().toLowerCase().split(/\s+/);
  const property = names.find((name) => ITEM_PROPERTIES.has(name));
  if (attribute(node, 'itemscope') !== undefined) {
    const type = attribute(node, 'itemtype') ?? '';
    reader.scopes.push({
      node,
      image: /ImageObject\b/.test(type) || (property !== undefined && type === ''),
    });
    return;
  }
  const inImage = reader.scopes.at(-1)?.image === true;
  if (property === undefined && !(inImage && names.includes('url'))) return;
  const raw = attribute(node, VALUE_ATTRIBUTE[node.name] ?? 'content');
  if (raw === undefined) return;
  const place = `microdata.${property ?? 'url'}`;
  if (/\s\d+w\s*(?:,|$)/.test(raw)) {
    // A theme that put the whole srcset there.
    reader.addSrcset(reader.collector.open(), raw, place);
    return;
  }
  const url = reader.collector.resolve(raw);
  if (url === undefined || isOtherMedia(url)) return;
  if (property === 'contenturl' && !inImage && !hasImageExtension(url)) return;
  const group = reader.groupOf.get(node) ?? reader.collector.open();
  reader.addUrl(group, url, place);
}
