/** Images in attributes that no standard gives them: lazy loading, galleries, component settings. */

import {
  hasImageExtension,
  isImageLink,
  isOtherMedia,
  looksLikeImage,
  MENTIONS_IMAGE,
} from './address.ts';
import type { Group } from './collector.ts';
import { readCss } from './css.ts';
import { readJsonStrings } from './json-attribute.ts';
import { AMBIGUOUS, DOUBTFUL, LAZY_ATTRIBUTES, type LazyKind } from './lazy.ts';
import type { Reader } from './reader.ts';
import { stemOf } from './size.ts';
import { parseSrcset } from './srcset.ts';
import { attribute, type TreeNode } from './tree.ts';

/** Attributes of the standard, read elsewhere or no address of an image. */
const STANDARD = new Set(
  'accept action align allow alt as async autocomplete bgcolor border cellpadding cellspacing charset checked cite class color cols colspan content coords crossorigin d datetime decoding defer dir disabled download enctype face fetchpriority fill for form frameborder headers height hidden href hreflang hspace http-equiv id imagesizes integrity ismap itemid itemprop itemref itemscope itemtype lang loading longdesc loop media method name nonce ping placeholder points preload property rel role rows rowspan scope scrolling shape sizes slot span spellcheck src srcdoc srcset start style summary tabindex target title transform type usemap valign value version viewbox vspace width wrap xmlns'.split(
    ' ',
  ),
);
/** Names of attributes that hold a file's name rather than its address. */
const HOLDS_WORDS = /title|name|caption|alt|label|desc|text|keyword|credit|slug|tracking|analytic/;
/** Names of attributes that hold an address even where it is a bare file name. */
const HOLDS_ADDRESS =
  /src|url|href|image|img|photo|picture|pic|poster|thumb|bg|background|cover|lazy|large|full|zoom|hover|file|avatar|icon|logo|media|path/;
/** Elements whose late-loaded source is a document, script or film. */
const OTHER_SOURCES = new Set([
  'iframe',
  'frame',
  'script',
  'video',
  'audio',
  'track',
  'object',
  'embed',
  'link',
  'a',
]);
const MAX_VALUE = 1 << 20;

/** Reads every attribute that is not the standard's. `isImage`: the element stands for a picture. */
export function readOtherAttributes(reader: Reader, node: TreeNode, isImage: boolean): void {
  for (const { name, value } of node.attributes) {
    if (value.length < 2 || value.length > MAX_VALUE) continue;
    if (STANDARD.has(name)) {
      if (name === 'content' || name === 'value') readJson(reader, node, name, value);
      continue;
    }
    const kind = LAZY_ATTRIBUTES.get(name);
    if (kind !== undefined) readLazy(reader, node, name, value, kind, isImage);
    else if (mayHoldImage(name) && MENTIONS_IMAGE.test(value))
      readUnknown(reader, node, name, value);
  }
}

const mayHoldImage = (name: string) =>
  name.startsWith('data-') ||
  (/src|image|img|photo|poster|thumb|props/.test(name) && !/^(?:on|aria-)/.test(name));

function readLazy(
  reader: Reader,
  node: TreeNode,
  name: string,
  value: string,
  kind: LazyKind,
  isImage: boolean,
): void {
  const place = `lazy.${name}`;
  if (readJson(reader, node, name, value)) return;
  if (/(?:url|image-set)\(/i.test(value)) {
    readLazyCss(reader, node, place, value);
    return;
  }
  const fits = (url: string, raw: string): boolean => {
    if (isOtherMedia(url)) return false;
    // On an <img>, only a page's address or a word could still be meant.
    if (node.name === 'video' && name.includes('poster')) return true;
    if (isImage && !DOUBTFUL.has(name)) return /[/.]/.test(raw);
    if (kind === 'background' && !AMBIGUOUS.has(name)) return true;
    return OTHER_SOURCES.has(node.name) ? isImageLink(url) : looksLikeImage(url);
  };
  const role = kind === 'full' || kind === 'thumb' ? kind : 'lazy';
  const add = (raw: string, descriptors: { width?: number; density?: number } = {}) => {
    const url = reader.collector.resolve(raw);
    if (url === undefined || !fits(url, raw)) return;
    // A name that says little may hold another picture (one made for Pinterest, the next slide).
    const vague = role === 'lazy' && DOUBTFUL.has(name) && kind === 'address';
    const group = vague ? variantGroup(reader, node, url) : reader.group(node);
    if (role === 'lazy' && !vague) group.lazy = true;
    reader.addUrl(group, url, place, { role, ...descriptors });
  };
  if (kind === 'srcset' || isSrcset(value)) {
    // lazysizes' bgset: sets separated by "|", each with an optional [media query].
    const sets = value.includes('|') ? value.split('|') : [value];
    for (const set of sets)
      for (const entry of parseSrcset(set.replace(/\[[^\]]*\]/g, ' '))) add(entry.url, entry);
    return;
  }
  if (kind === 'background' && value.includes('|')) {
    for (const part of value.split('|')) add(part.replace(/\[[^\]]*\]/g, ' '));
    return;
  }
  if (isPlainAddress(value)) add(expandWidth(node, value));
}

/** Shopify's `photo_{width}x.jpg` with `data-widths="[180, 360]"`: the largest of them. */
function expandWidth(node: TreeNode, value: string): string {
  if (!value.includes('{width}') && !value.includes('%7Bwidth%7D')) return value;
  const widths = (attribute(node, 'data-widths') ?? '').match(/\d{2,4}/g) ?? ['1080'];
  const largest = widths.reduce((most, width) => Math.max(most, Number(width)), 0);
  return value.replace(/\{width\}|%7Bwidth%7D/, String(largest));
}

const isSrcset = (value: string) => /\S\s+\d+(?:\.\d+)?[wx]\s*(?:,|$)/.test(value.slice(0, 4096));

/** "true", "3", text with tags: an attribute may be a switch under the name of an address. */
const isPlainAddress = (value: string) =>
  !/^(?:true|false|null|undefined|none|\d+)$|[<>]/i.test(value.trim());

function readLazyCss(reader: Reader, node: TreeNode, place: string, value: string): void {
  const declaration = /^\s*[\w-]+\s*:/.test(value) && !/^\s*(?:https?|data):/i.test(value);
  const { images } = readCss(declaration ? value : `background-image:${value}`, true);
  images.forEach((image, at) => {
    // The first layer takes the place of what the element shows; further ones are other pictures.
    const group = at === 0 ? reader.group(node) : reader.collector.open();
    group.lazy = true;
    for (const { url, density, type } of image.choices) {
      reader.add(group, url, place, { role: 'lazy', density, type });
    }
  });
}

function readUnknown(reader: Reader, node: TreeNode, name: string, value: string): void {
  if (readJson(reader, node, name, value)) return;
  const place = `attribute.${name}`;
  if (/url\(/i.test(value)) {
    readLazyCss(reader, node, place, value);
    return;
  }
  if (/[<>]/.test(value)) return;
  if (isSrcset(value)) {
    readUnknownSet(reader, node, place, value);
    return;
  }
  for (const raw of listed(value)) {
    const url = reader.collector.resolve(raw);
    if (url === undefined || !isImageLink(url)) continue;
    if (!raw.includes('/') && (HOLDS_WORDS.test(name) || !HOLDS_ADDRESS.test(name))) continue;
    reader.addUrl(variantGroup(reader, node, url), url, place, { role: 'lazy' });
  }
}

function readUnknownSet(reader: Reader, node: TreeNode, place: string, value: string): void {
  let group: Group | undefined;
  for (const { url: raw, width, density } of parseSrcset(value)) {
    const url = reader.collector.resolve(raw);
    if (url === undefined || !isImageLink(url)) continue;
    group ??= variantGroup(reader, node, url);
    reader.addUrl(group, url, place, { role: 'lazy', width, density });
  }
}

/** One address, the addresses of a srcset, or those of a list; nothing of a text. */
function listed(value: string): string[] {
  const text = value.trim();
  if (!/[\s,;|]/.test(text)) return [text];
  if (isSrcset(text)) return parseSrcset(text).map((entry) => entry.url);
  const parts = text.split(/\s*[,;|]\s*(?=(?:https?:)?\/|\.\.?\/)|\s+(?=(?:https?:)?\/\/)/);
  return parts.every((part) => !/\s/.test(part)) ? parts : [];
}

/** A copy of what the element shows joins it; another picture is one of its own. */
function variantGroup(reader: Reader, node: TreeNode, url: string): Group {
  const known = reader.groupOf.get(node);
  if (known === undefined) return reader.group(node);
  const stem = stemOf(url);
  for (const entry of known.entries.values()) if (stemOf(entry.url) === stem) return known;
  return known.entries.size === 0 ? known : reader.collector.open();
}

/** True when the value was JSON. */
function readJson(reader: Reader, node: TreeNode, name: string, value: string): boolean {
  if (!MENTIONS_IMAGE.test(value)) return false;
  const strings = readJsonStrings(value);
  if (strings === undefined) return false;
  const place = `json.${name}`;
  const byStem = new Map<string, Group>();
  for (const { text, key } of strings) {
    if (!MENTIONS_IMAGE.test(text) || /[<>]/.test(text)) continue;
    for (const raw of listed(text)) {
      const url = reader.collector.resolve(raw);
      if (url === undefined || !hasImageExtension(url) || !isImageLink(url)) continue;
      if (!raw.includes('/') && (HOLDS_WORDS.test(key) || !HOLDS_ADDRESS.test(key))) continue;
      const stem = stemOf(url);
      const group = byStem.get(stem) ?? variantGroup(reader, node, url);
      byStem.set(stem, group);
      reader.addUrl(group, url, place, { role: 'lazy' });
    }
  }
  return true;
}
