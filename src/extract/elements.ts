/** Images that the standard's elements name. */

import { isImageLink, isOtherMedia, looksLikeImage } from './address.ts';
import type { Finding, Group } from './collector.ts';
import type { Reader } from './reader.ts';
import { detached } from './text.ts';
import { attribute, SVG_NAMESPACE, type TreeNode } from './tree.ts';

/** Reads one element; true when it stands for a picture (then any lazy attribute of it does too). */
export type ElementReader = (reader: Reader, node: TreeNode) => boolean;

export const ELEMENTS: ReadonlyMap<string, ElementReader> = new Map<string, ElementReader>([
  ['img', readImg],
  ['amp-img', readImg],
  ['amp-anim', readImg],
  ['source', readSource],
  ['input', readInput],
  ['video', readVideo],
  ['amp-video', readVideo],
  ['image', readSvgImage],
  ['feImage', readSvgImage],
  ['feimage', readSvgImage],
  ['object', readObject],
  ['embed', readEmbed],
  ['body', readBackground],
  ['table', readBackground],
  ['thead', readBackground],
  ['tbody', readBackground],
  ['tfoot', readBackground],
  ['tr', readBackground],
  ['td', readBackground],
  ['th', readBackground],
]);

function readImg(reader: Reader, node: TreeNode): boolean {
  const group = pictureGroup(reader, node);
  const alt = attribute(node, 'alt')?.trim();
  if (alt) group.alt ??= detached(alt);
  const width = Number.parseInt(attribute(node, 'width') ?? '', 10);
  if (width > 1) group.shownWidth ??= width;
  reader.addSrcset(group, attribute(node, 'srcset'), 'img.srcset');
  reader.add(group, attribute(node, 'src'), 'img.src');
  return true;
}

/** That of the `<picture>` around, for its sources and its img alike. */
function pictureGroup(reader: Reader, node: TreeNode): Group {
  const parent = node.parent;
  if (parent?.name !== 'picture') return reader.group(node);
  const group = reader.group(parent);
  reader.groupOf.set(node, group);
  return group;
}

function readSource(reader: Reader, node: TreeNode): boolean {
  const parent = node.parent?.name;
  if (parent === 'video' || parent === 'audio') return false;
  const group = pictureGroup(reader, node);
  const finding: Finding = {
    type: attribute(node, 'type'),
    media: mediaWidth(attribute(node, 'media')),
  };
  reader.addSrcset(group, attribute(node, 'srcset'), 'source.srcset', finding);
  return true;
}

/** `(min-width: 800px)` is 800, `(max-width: 40em)` is -640. */
function mediaWidth(media: string | undefined): number | undefined {
  const found = /(min|max)(?:-device)?-width\s*:\s*([\d.]{1,8})(px|r?em)?/i.exec(media ?? '');
  if (found === null) return undefined;
  const pixels = Number(found[2]) * (found[3]?.toLowerCase().endsWith('em') ? 16 : 1);
  return found[1]!.toLowerCase() === 'min' ? pixels : -pixels;
}

function readInput(reader: Reader, node: TreeNode): boolean {
  if (attribute(node, 'type')?.trim().toLowerCase() !== 'image') return false;
  reader.add(reader.group(node), attribute(node, 'src'), 'input.src');
  return true;
}

function readVideo(reader: Reader, node: TreeNode): boolean {
  const poster = attribute(node, 'poster');
  if (poster !== undefined) reader.add(reader.group(node), poster, 'video.poster');
  return false;
}

function readSvgImage(reader: Reader, node: TreeNode): boolean {
  if (node.namespace !== SVG_NAMESPACE) return false;
  const href = attribute(node, 'href') ?? attribute(node, 'xlink:href');
  reader.add(reader.group(node), href, node.name === 'image' ? 'svg.image' : 'svg.feImage');
  return true;
}

function readObject(reader: Reader, node: TreeNode): boolean {
  addMedia(reader, node, 'data', 'object.data');
  return false;
}

function readEmbed(reader: Reader, node: TreeNode): boolean {
  addMedia(reader, node, 'src', 'embed.src');
  return false;
}

/** Plug-in elements show anything; only what is called an image, or looks like one, counts. */
function addMedia(reader: Reader, node: TreeNode, name: string, place: string): void {
  const raw = attribute(node, name);
  const url = raw === undefined ? undefined : reader.collector.resolve(raw);
  if (url === undefined) return;
  const type = attribute(node, 'type')?.trim().toLowerCase() ?? '';
  const isImage =
    type === '' ? looksLikeImage(url) && !isOtherMedia(url) : type.startsWith('image/');
  if (isImage) reader.addUrl(reader.group(node), url, place, type === '' ? {} : { type });
}

function readBackground(reader: Reader, node: TreeNode): boolean {
  const raw = attribute(node, 'background');
  if (raw !== undefined) reader.add(reader.group(node), raw, 'background');
  return false;
}

/** The target of `<a>` and `<area>`, when it is an image: the full size of what is inside. */
export function linkGroup(reader: Reader, href: string): Group | undefined {
  const url = reader.collector.resolve(href);
  if (url === undefined || (!url.startsWith('data:') && !isImageLink(url))) return undefined;
  const group = reader.collector.open();
  return reader.addUrl(group, url, 'a.href', { role: 'full' }) ? group : undefined;
}
