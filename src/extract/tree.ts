/**
 * The document tree that pages are read from: doubly linked nodes without comments and, but for a
 * few elements, without text.
 *
 * Why not domhandler's nodes: they keep children in arrays, whose insertion and removal make a
 * hostile page (a million elements in front of a table) quadratic; and an image page needs neither
 * text nor the three attribute maps each of them carries. A `--selector` still gets real ones, see
 * selector.ts.
 */

import type { Token, TreeAdapter, TreeAdapterTypeMap } from 'parse5';
import type { TextWish } from './tokenizer.ts';

export type Attribute = Token.Attribute;

export class TreeNode {
  /** Lower-case tag name; `#document`, `#content` (of a template) or `#text`. */
  readonly name: string;
  readonly attributes: readonly Attribute[];
  readonly namespace: string;
  parent: TreeNode | null = null;
  previous: TreeNode | null = null;
  next: TreeNode | null = null;
  first: TreeNode | null = null;
  last: TreeNode | null = null;
  /** Only of the elements whose text says something about images, and of `#text`. */
  text = '';
  content: TreeNode | null = null;

  constructor(name: string, attributes: readonly Attribute[], namespace: string) {
    this.name = name;
    this.attributes = attributes;
    this.namespace = namespace;
  }
}

export const HTML_NAMESPACE = 'http://www.w3.org/1999/xhtml';
export const SVG_NAMESPACE = 'http://www.w3.org/2000/svg';

/** Elements whose text is read: style sheets, structured data, the page's title. */
export function textMatters(name: string, attributes: readonly Attribute[]): boolean {
  if (name === 'style' || name === 'title') return true;
  if (name !== 'script') return false;
  return attributes.some((entry) => entry.name === 'type' && /ld\+json/i.test(entry.value));
}

export function attribute(node: TreeNode, name: string): string | undefined {
  for (const entry of node.attributes) if (entry.name === name) return entry.value;
  return undefined;
}

/** The next node in document order inside `root`, without recursion. */
export function following(node: TreeNode, root: TreeNode): TreeNode | null {
  if (node.first !== null) return node.first;
  let at: TreeNode | null = node;
  while (at !== null && at !== root) {
    if (at.next !== null) return at.next;
    at = at.parent;
  }
  return null;
}

export function append(parent: TreeNode, node: TreeNode): void {
  node.parent = parent;
  node.previous = parent.last;
  node.next = null;
  if (parent.last === null) parent.first = node;
  else parent.last.next = node;
  parent.last = node;
}

function insertBefore(parent: TreeNode, node: TreeNode, reference: TreeNode): void {
  node.parent = parent;
  node.previous = reference.previous;
  node.next = reference;
  if (reference.previous === null) parent.first = node;
  else reference.previous.next = node;
  reference.previous = node;
}

function detach(node: TreeNode): void {
  const { parent, previous, next } = node;
  if (parent === null) return;
  if (previous === null) parent.first = next;
  else previous.next = next;
  if (next === null) parent.last = previous;
  else next.previous = previous;
  node.parent = node.previous = node.next = null;
}

export interface TreeMap extends TreeAdapterTypeMap {
  node: TreeNode;
  parentNode: TreeNode;
  childNode: TreeNode;
  document: TreeNode;
  documentFragment: TreeNode;
  element: TreeNode;
  commentNode: TreeNode;
  textNode: TreeNode;
  template: TreeNode;
  documentType: TreeNode;
}

export interface TreeLimits {
  /** Elements the tree may hold; one more calls `exceeded`. */
  readonly maxElements: number;
  /** Called once the limit is passed; throws to end the parse. */
  readonly exceeded: () => never;
  /** Text that is kept: of the elements that matter, or all of it. */
  readonly wish: TextWish;
}

/** Lets parse5 build this tree. */
export function treeAdapter(limits: TreeLimits): TreeAdapter<TreeMap> {
  const comment = new TreeNode('#comment', [], '');
  let elements = 0;
  let documentMode = 'no-quirks';
  const addText = (parent: TreeNode, text: string, before: TreeNode | null) => {
    if (limits.wish.wanted) parent.text += text;
    if (!limits.wish.everywhere) return;
    const neighbour = before === null ? parent.last : before.previous;
    if (neighbour?.name === '#text') {
      neighbour.text += text;
      return;
    }
    const node = new TreeNode('#text', [], '');
    node.text = text;
    if (before === null) append(parent, node);
    else insertBefore(parent, node, before);
  };
  return {
    createDocument: () => new TreeNode('#document', [], ''),
    createDocumentFragment: () => new TreeNode('#content', [], ''),
    createElement(name, namespace, attributes) {
      if (++elements > limits.maxElements) limits.exceeded();
      limits.wish.wanted = textMatters(name, attributes);
      return new TreeNode(name, attributes, namespace);
    },
    createCommentNode: () => comment,
    createTextNode: () => comment,
    appendChild(parent, node) {
      if (node !== comment) append(parent, node);
    },
    insertBefore(parent, node, reference) {
      if (node !== comment) insertBefore(parent, node, reference);
    },
    insertText: (parent, text) => addText(parent, text, null),
    insertTextBefore: (parent, text, reference) => addText(parent, text, reference),
    detachNode: detach,
    setTemplateContent(template, content) {
      template.content = content;
      append(template, content);
    },
    getTemplateContent: (template) => template.content!,
    adoptAttributes(recipient, attributes) {
      // <html> or <body> once more adds what it has not yet. Bounded, or a page of nothing but such
      // tags would be quadratic.
      if (recipient.attributes.length > 256) return;
      const known = new Set(recipient.attributes.map((entry) => entry.name));
      for (const entry of attributes) {
        if (!known.has(entry.name)) (recipient.attributes as Attribute[]).push(entry);
      }
    },
    getAttrList: (element) => element.attributes as Attribute[],
    getChildNodes: () => [],
    getFirstChild: (node) => node.first,
    getParentNode: (node) => node.parent,
    getTagName: (element) => element.name,
    getNamespaceURI: (element) => element.namespace as never,
    getTextNodeContent: (node) => node.text,
    getCommentNodeContent: () => '',
    getDocumentMode: () => documentMode as never,
    setDocumentMode(_document, mode) {
      documentMode = mode;
    },
    setDocumentType() {},
    getDocumentTypeNodeName: () => '',
    getDocumentTypeNodePublicId: () => '',
    getDocumentTypeNodeSystemId: () => '',
    isElementNode: (node): node is TreeNode => !node.name.startsWith('#'),
    isTextNode: (node): node is TreeNode => node.name === '#text',
    isCommentNode: (node): node is TreeNode => node === comment,
    isDocumentTypeNode: (_node): _node is TreeNode => false,
    getNodeSourceCodeLocation: () => undefined,
    setNodeSourceCodeLocation() {},
    updateNodeSourceCodeLocation() {},
  };
}
