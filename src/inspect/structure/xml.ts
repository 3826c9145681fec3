/**
 * Whether an XML document is well-formed (XML 1.0), as far as every parser stops at it: tags that
 * match, attributes in quotes, one root, known references. One pass, no recursion, no expansion.
 */

import { damaged, type Trouble, truncated } from './structure.ts';
import { after, afterDoctype, isSpace, readTag, type Tag } from './svg-root.ts';
import { Entities } from './xml-entities.ts';

/** Who wants to know of the elements while the document is checked. */
export interface ElementWatcher {
  /** Values have the characters that references stand for, but for entities of the document's own. */
  start(tag: Tag): void;
  /** The element opened last has ended. */
  end(): void;
}

const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;
const REFERENCE = /&(?:#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6}|([^\s&;<#]{1,200}));/y;
/** Entities that every document has (XML 1.0, 4.6). */
const CHARACTERS = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);
const TOO_LONG = damaged('its entities make it too long');

/** The first fault of the document, at a character position. */
export function checkXml(text: string, watcher?: ElementWatcher): Trouble | undefined {
  const control = CONTROL.exec(text);
  if (control) return damaged(`a control character at character ${control.index}`);
  const open: string[] = [];
  let rooted = false;
  let entities: Entities | undefined;
  let at = 0;
  let ampersand = -1;
  while (at < text.length) {
    const next = text.indexOf('<', at);
    const end = next < 0 ? text.length : next;
    if (open.length === 0) {
      const stray = strayText(text, at, end);
      if (stray) return stray;
    } else {
      // Searched once and remembered: looking ahead from every tag would be quadratic.
      if (ampersand < at) ampersand = nextAmpersand(text, at);
      if (ampersand < end) {
        const bad = badReference(text, ampersand, end, entities);
        if (bad !== undefined) return damaged(`a bad reference at character ${bad}`);
        if (entities?.tooLong) return TOO_LONG;
      }
    }
    if (next < 0) break;
    at = next;

    if (text.startsWith('<!--', at)) at = after(text, '-->', at + 4);
    else if (text.startsWith('<![CDATA[', at) && open.length > 0) at = after(text, ']]>', at + 9);
    else if (text.startsWith('<?', at)) {
      // A declaration behind anything else, be it a blank line, is a fault to all parsers.
      if (at > 0 && /^<\?xml\s/i.test(text.slice(at, at + 6))) {
        return damaged(`an XML declaration at character ${at}`);
      }
      at = after(text, '?>', at);
    } else if (text.startsWith('<!DOCTYPE', at) && !rooted) {
      const end = afterDoctype(text, at);
      entities = new Entities(text.slice(at, end < 0 ? at : end));
      at = end;
    } else if (text.startsWith('</', at)) {
      const close = text.indexOf('>', at);
      if (close < 0) return cut(text);
      const name = text.slice(at + 2, close).trimEnd();
      if (open.pop() !== name)
        return damaged(`the end tag at character ${at} matches no start tag`);
      watcher?.end();
      at = close + 1;
    } else {
      const tag = readTag(text, at);
      if (!tag)
        return isCutTag(text, at) ? cut(text) : damaged(`the tag at character ${at} is broken`);
      if (open.length === 0 && rooted) return damaged(`a second root at character ${at}`);
      for (const value of tag.attributes.values()) {
        const bad = badReference(value, 0, value.length, entities);
        if (bad !== undefined) return damaged(`a bad reference in the tag at character ${at}`);
        if (entities?.tooLong) return TOO_LONG;
      }
      rooted = true;
      watcher?.start(expanded(tag));
      if (tag.selfClosed) watcher?.end();
      else open.push(tag.name);
      at = tag.end;
    }
    if (at < 0) return cut(text);
  }
  return open.length > 0 || !rooted ? cut(text) : undefined;
}

function cut(text: string): Trouble {
  return truncated(`the document ends before its root does, after ${text.length} characters`);
}

/** Without a `>` behind it, the tag may only be unfinished. */
function isCutTag(text: string, at: number): boolean {
  return text.indexOf('>', at) < 0;
}

/** Outside of the root element only white space may stand. */
function strayText(text: string, from: number, to: number): Trouble | undefined {
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (isSpace(code) || (at === 0 && code === 0xfeff)) continue;
    return damaged(`text outside of the root element at character ${at}`);
  }
  return undefined;
}

function expanded(tag: Tag): Tag {
  if (![...tag.attributes.values()].some((value) => value.includes('&'))) return tag;
  const attributes = new Map<string, string>();
  for (const [name, value] of tag.attributes) {
    const plain = value.replace(/&(?:#(x?)([0-9A-Fa-f]{1,7})|(\w{1,9}));/g, character);
    attributes.set(name, plain);
  }
  return { ...tag, attributes };
}

function character(reference: string, hex: string, digits: string, name: string): string {
  if (name) return CHARACTERS.get(name) ?? reference;
  const code = Number.parseInt(digits, hex ? 16 : 10);
  return code <= 0x10ffff ? String.fromCodePoint(code) : reference;
}

function nextAmpersand(text: string, from: number): number {
  const found = text.indexOf('&', from);
  return found < 0 ? text.length : found;
}

/** Where a `&` begins no reference. With a DOCTYPE, entities may have been declared. */
function badReference(
  text: string,
  from: number,
  to: number,
  entities: Entities | undefined,
): number | undefined {
  let at = text.indexOf('&', from);
  while (at >= 0 && at < to) {
    REFERENCE.lastIndex = at;
    const match = REFERENCE.exec(text);
    const name = match?.[1];
    const known = match && (name === undefined || entities || CHARACTERS.has(name));
    if (!known) return at;
    if (name !== undefined) entities?.use(name);
    at = text.indexOf('&', REFERENCE.lastIndex);
  }
  return undefined;
}
