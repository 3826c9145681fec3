/** What the parts of this folder share while one page is read. */

import { Collector, type Finding, type Group } from './collector.ts';
import type { Settings } from './options.ts';
import { parseSrcset } from './srcset.ts';
import type { TreeNode } from './tree.ts';

/** A `<noscript>` and what was found in it, for joining it to its scripted twin. */
export interface Noscript {
  readonly node: TreeNode;
  readonly firstGroup: number;
  lastGroup: number;
}

/** An `itemscope` that is open; `image` when it describes an image. */
export interface ItemScope {
  readonly node: TreeNode;
  readonly image: boolean;
}

/** A link to an image that is open; the first picture inside is its thumbnail. */
export interface OpenLink {
  readonly node: TreeNode;
  readonly group: Group;
  taken: boolean;
}

export class Reader {
  readonly collector: Collector;
  readonly settings: Settings;
  /** `noscript.` and `template.` of the elements around. */
  prefix = '';
  readonly noscripts: Noscript[] = [];
  readonly scopes: ItemScope[] = [];
  link: OpenLink | undefined;
  /** Groups of elements that stand for a picture. */
  readonly groupOf = new Map<TreeNode, Group>();

  constructor(base: string, settings: Settings, encodeQuery?: (raw: string) => string) {
    this.settings = settings;
    this.collector = new Collector(base, settings, encodeQuery);
  }

  /** The group of an element; opened when first asked for, or that of the link around it. */
  group(node: TreeNode): Group {
    let group = this.groupOf.get(node);
    if (group !== undefined) return group;
    if (this.link !== undefined && !this.link.taken) {
      this.link.taken = true;
      group = this.link.group;
    } else {
      group = this.collector.open();
    }
    this.groupOf.set(node, group);
    return group;
  }

  add(group: Group, raw: string | undefined, place: string, finding: Finding = {}): boolean {
    return raw !== undefined && this.collector.add(group, raw, this.prefix + place, finding);
  }

  addUrl(group: Group, url: string, place: string, finding: Finding = {}): boolean {
    return this.collector.addUrl(group, url, this.prefix + place, finding);
  }

  addSrcset(group: Group, text: string | undefined, place: string, finding: Finding = {}): void {
    if (text === undefined) return;
    for (const { url, width, density } of parseSrcset(text)) {
      this.add(group, url, place, { role: 'set', ...finding, width, density });
    }
  }
}
