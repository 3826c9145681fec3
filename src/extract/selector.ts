/** `--selector`: which elements of the tree a CSS selector means. */

import { type CheerioAPI, load } from 'cheerio/slim';
import { type AnyNode, Document, Element, type ParentNode, Text } from 'domhandler';
import { TrawlError } from '../errors.ts';
import { following, type TreeNode } from './tree.ts';

/** The matching elements. Throws `usage` when the selector is none. */
export function select(root: TreeNode, selector: string): ReadonlySet<TreeNode> {
  const origin = new Map<AnyNode, TreeNode>();
  const $ = toCheerio(root, origin);
  try {
    const found = new Set<TreeNode>();
    for (const node of $(selector).toArray()) {
      const element = origin.get(node);
      if (element !== undefined) found.add(element);
    }
    return found;
  } catch (cause) {
    throw new TrawlError(
      'usage',
      `--selector: ${JSON.stringify(selector)} is no valid CSS selector: ${(cause as Error).message}`,
      { cause },
    );
  }
}

/** The same tree as cheerio's selectors want it. Only built when there is a selector. */
function toCheerio(root: TreeNode, origin: Map<AnyNode, TreeNode>): CheerioAPI {
  const document = new Document([]);
  const copies = new Map<TreeNode, ParentNode>([[root, document]]);
  for (let node = following(root, root); node !== null; node = following(node, root)) {
    const parent = copies.get(node.parent!)!;
    if (node.name === '#content') {
      copies.set(node, parent);
      continue;
    }
    const attributes = Object.fromEntries(node.attributes.map(({ name, value }) => [name, value]));
    const copy = node.name === '#text' ? new Text(node.text) : new Element(node.name, attributes);
    copy.parent = parent;
    copy.prev = parent.children.at(-1) ?? null;
    if (copy.prev !== null) copy.prev.next = copy;
    parent.children.push(copy);
    if (copy instanceof Element) {
      copies.set(node, copy);
      origin.set(copy, node);
    }
  }
  return load(document);
}
