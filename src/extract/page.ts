/** One pass over a page: everything it names, in document order. */

import type { ImageRef } from '../model.ts';
import { resolveAddress } from './address.ts';
import { readOtherAttributes } from './attributes.ts';
import { readCss } from './css.ts';
import { decodeDocument } from './decode.ts';
import { ELEMENTS, linkGroup } from './elements.ts';
import { readItem, readLink, readMeta } from './head.ts';
import { readJsonLd } from './json-ld.ts';
import { joinNoscripts } from './noscript.ts';
import { type ExtractOptions, settingsOf } from './options.ts';
import { parseHtml } from './parse.ts';
import { toReferences } from './pictures.ts';
import { queryEncoder } from './query-encoding.ts';
import { type Noscript, Reader } from './reader.ts';
import { select } from './selector.ts';
import { addCssImage } from './sheet.ts';
import { detached } from './text.ts';
import { attribute, following, type TreeNode } from './tree.ts';

export interface PageInput {
  /** The body as it arrived; bytes are decoded by BOM, `contentType` and `<meta charset>`. */
  readonly html: string | Uint8Array;
  /** Address of the page after redirects. */
  readonly url: string;
  /** Value of the Content-Type header. */
  readonly contentType?: string;
}

export interface PageLink {
  /** Absolute, without fragment. */
  readonly url: string;
  /** Lower-case tokens of `rel`. */
  readonly rel: readonly string[];
}

export interface PageImages {
  /** In document order, `group` from 1. */
  readonly images: ImageRef[];
  /** `a[href]`, `area[href]` and `link[rel=next|prev]`, for crawling. */
  readonly links: PageLink[];
  /** Linked and imported style sheets that may apply to a screen, absolute, each once. */
  readonly sheets: string[];
  /** What relative addresses are resolved against. */
  readonly base: string;
  readonly canonical?: string;
  /** `content` of every `meta[name=robots]`, joined with commas, lower case. */
  readonly robots: string;
  readonly referrerPolicy?: string;
  readonly title?: string;
}

/** Never throws on any page; throws `usage` for options that cannot be understood. */
export function extractPage(input: PageInput, options: ExtractOptions = {}): PageImages {
  const settings = settingsOf(options);
  const { text: html, encoding } =
    typeof input.html === 'string'
      ? { text: input.html, encoding: 'utf-8' }
      : decodeDocument(input.html, input.contentType);
  const selector = settings.selector;
  const root = parseHtml(html, { keepData: settings.dataUrls, keepText: selector !== undefined });
  const base = /<base[\s/]/i.test(html) ? baseOf(root, input.url) : input.url;
  const reader = new PageReader(base, settings, queryEncoder(encoding));
  reader.read(root, selector === undefined ? undefined : select(root, selector));
  joinNoscripts(reader);
  return {
    images: toReferences(reader.collector.groups, input.url, settings),
    links: reader.links,
    sheets: [...reader.sheets],
    base: reader.collector.base,
    robots: reader.robots.join(','),
    ...(reader.canonical === undefined ? {} : { canonical: reader.canonical }),
    ...(reader.referrerPolicy === undefined ? {} : { referrerPolicy: reader.referrerPolicy }),
    ...(reader.title === undefined ? {} : { title: reader.title }),
  };
}

/** The first `<base href>`, wherever it stands: browsers resolve everything against it. */
function baseOf(root: TreeNode, url: string): string {
  for (let node: TreeNode | null = root; node !== null; node = following(node, root)) {
    if (node.name !== 'base' || node.parent?.name === '#content') continue;
    const href = attribute(node, 'href');
    if (href !== undefined) return resolveAddress(href, url) ?? url;
  }
  return url;
}

const SCREENLESS =
  /^\s*(?:only\s+)?(?:print|speech|aural|braille|embossed|tty|tv|handheld|projection|none)\b[^,]*$/i;

class PageReader extends Reader {
  readonly links: PageLink[] = [];
  readonly sheets = new Set<string>();
  readonly robots: string[] = [];
  /** The `<noscript>` and `<template>` elements that are open. */
  private readonly wrappers: ({ readonly node: TreeNode } | Noscript)[] = [];
  canonical: string | undefined;
  referrerPolicy: string | undefined;
  title: string | undefined;

  /** `chosen`: only what is inside these is read for images. */
  read(root: TreeNode, chosen: ReadonlySet<TreeNode> | undefined): void {
    let inside: TreeNode | undefined;
    let node: TreeNode | null = root.first;
    while (node !== null) {
      if (chosen !== undefined && inside === undefined && chosen.has(node)) inside = node;
      if (!node.name.startsWith('#')) {
        this.readAbout(node);
        if (chosen === undefined || inside !== undefined) this.readImages(node);
      }
      if (node.first !== null) {
        node = node.first;
        continue;
      }
      // Up until there is a next one, leaving what is left.
      for (let left: TreeNode | null = node; ; left = left.parent) {
        if (left === null || left === root) return;
        if (left === inside) inside = undefined;
        this.leave(left);
        if (left.next !== null) {
          node = left.next;
          break;
        }
      }
    }
  }

  /** What the page says of itself and where it leads; a selector does not limit that. */
  private readAbout(node: TreeNode): void {
    switch (node.name) {
      case 'a':
      case 'area':
        this.addLink(attribute(node, 'href'), tokens(attribute(node, 'rel')));
        return;
      case 'link': {
        const rel = tokens(attribute(node, 'rel'));
        const href = attribute(node, 'href');
        if (href === undefined) return;
        if (rel.includes('next') || rel.includes('prev')) this.addLink(href, rel);
        if (rel.includes('canonical')) this.canonical ??= this.resolve(href);
        if (isSheet(node, rel)) this.addSheet(href);
        return;
      }
      case 'meta': {
        const name = attribute(node, 'name')?.trim().toLowerCase();
        const content = attribute(node, 'content');
        if (content === undefined) return;
        if (name === 'robots') this.robots.push(content.trim().toLowerCase());
        if (name === 'referrer') this.referrerPolicy = content.trim().toLowerCase();
        return;
      }
      case 'title':
        if (node.namespace.endsWith('xhtml'))
          this.title ??= detached(node.text.replace(/\s+/g, ' ').trim());
        return;
    }
  }

  private readImages(node: TreeNode): void {
    const { name } = node;
    if (name === 'noscript') {
      const at = this.collector.groups.length;
      this.noscripts.push({ node, firstGroup: at, lastGroup: at });
      this.wrappers.push(this.noscripts.at(-1)!);
      this.setPrefix();
    } else if (name === 'template') {
      this.wrappers.push({ node });
      this.setPrefix();
    } else if (name === 'a' || name === 'area') {
      this.enterLink(node);
    } else if (name === 'style') {
      this.readStyle(node);
      return;
    } else if (name === 'script') {
      this.readScript(node);
      return;
    } else if (name === 'link') {
      readLink(this, node, tokens(attribute(node, 'rel')));
    } else if (name === 'meta') {
      readMeta(this, node);
    }
    const isImage = ELEMENTS.get(name)?.(this, node) ?? false;
    if (node.attributes.length === 0) return;
    readOtherAttributes(this, node, isImage);
    if (name === 'a' && this.link?.node !== node) this.enterGalleryLink(node);
    const itemprop = attribute(node, 'itemprop');
    if (itemprop !== undefined || attribute(node, 'itemscope') !== undefined)
      readItem(this, node, itemprop);
    const style = attribute(node, 'style');
    if (style !== undefined) this.readStyleAttribute(node, style);
  }

  private leave(node: TreeNode): void {
    const wrapper = this.wrappers.at(-1);
    if (wrapper?.node === node) {
      this.wrappers.pop();
      this.setPrefix();
      if ('lastGroup' in wrapper) wrapper.lastGroup = this.collector.groups.length;
    }
    if (this.link?.node === node) this.link = undefined;
    if (this.scopes.at(-1)?.node === node) this.scopes.pop();
  }

  private setPrefix(): void {
    const isInside = (name: string) => this.wrappers.some(({ node }) => node.name === name);
    this.prefix = `${isInside('noscript') ? 'noscript.' : ''}${isInside('template') ? 'template.' : ''}`;
  }

  private enterLink(node: TreeNode): void {
    const href = attribute(node, 'href');
    if (href === undefined) return;
    const group = linkGroup(this, href);
    if (group !== undefined) this.link = { node, group, taken: false };
  }

  /** `<a href=page data-full=photo.jpg>`: what the attribute names is the picture inside. */
  private enterGalleryLink(node: TreeNode): void {
    const group = this.groupOf.get(node);
    if (group !== undefined && group.entries.size > 0) this.link = { node, group, taken: false };
  }

  private readStyle(node: TreeNode): void {
    const type = attribute(node, 'type')?.trim().toLowerCase() ?? '';
    if (type !== '' && type !== 'text/css') return;
    const { images, imports } = readCss(node.text);
    for (const image of images) addCssImage(this.collector, image, this.prefix);
    for (const address of imports) this.addSheet(address);
  }

  private readStyleAttribute(node: TreeNode, style: string): void {
    const { images } = readCss(style, true);
    images.forEach((image, at) => {
      // What a lazy background shows at first is the same picture's.
      const known = at === 0 ? this.groupOf.get(node) : undefined;
      addCssImage(this.collector, image, this.prefix, known?.lazy ? known : this.collector.open());
    });
  }

  private readScript(node: TreeNode): void {
    const type = attribute(node, 'type')?.trim().toLowerCase() ?? '';
    if (!/^application\/ld\+json\b/.test(type)) return;
    for (const { addresses } of readJsonLd(node.text)) {
      const group = this.collector.open();
      for (const { url, key, width, small } of addresses) {
        this.add(group, url, `json-ld.${key}`, { width, role: small ? 'thumb' : 'plain' });
      }
    }
  }

  private addLink(href: string | undefined, rel: readonly string[]): void {
    const url = href === undefined ? undefined : this.resolve(href);
    if (url !== undefined) this.links.push({ url, rel });
  }

  private addSheet(href: string): void {
    const url = this.resolve(href);
    if (url !== undefined) this.sheets.add(url);
  }

  private resolve(href: string): string | undefined {
    return resolveAddress(href, this.collector.base);
  }
}

const tokens = (text: string | undefined): string[] =>
  text === undefined
    ? []
    : text
        .toLowerCase()
        .split(/\s+/)
        .filter((token) => token !== '');

/** Also sheets that a script switches on: `media="print" onload="this.media='all'"`, `preload as=style`. */
function isSheet(node: TreeNode, rel: readonly string[]): boolean {
  const type = attribute(node, 'type')?.trim().toLowerCase() ?? '';
  if (type !== '' && type !== 'text/css') return false;
  if (rel.includes('preload')) return attribute(node, 'as')?.trim().toLowerCase() === 'style';
  if (!rel.includes('stylesheet') || rel.includes('alternate')) return false;
  if (attribute(node, 'onload') !== undefined) return true;
  return (
    attribute(node, 'disabled') === undefined && !SCREENLESS.test(attribute(node, 'media') ?? '')
  );
}
