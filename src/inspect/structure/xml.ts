/**
 * Whether an XML document is well-formed (XML 1.0), as far as every parser stops at it: tags that
 * match, attributes in quotes, one root, known references. One pass, no recursion, no expansion.
 */

import { damaged, type Trouble, truncated } from './structure.ts';
import { after, afterDoctype, isSpace, readTag } from './svg-root.ts';

const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;
const REFERENCE = /&(?:#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6}|([^\s&;<#]{1,200}));/y;
const PREDEFINED = new Set(['amp', 'lt', 'gt', 'quot', 'apos']);

/** The first fault of the document, at a character position. */
export function checkXml(text: string): Trouble | undefined {
  const control = CONTROL.exec(text);
  if (control) return damaged(`a control character at character ${control.index}`);
  const open: string[] = [];
  let rooted = false;
  let doctype = false;
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
        const bad = badReference(text, ampersand, end, doctype);
        if (bad !== undefined) return damaged(`a bad reference at character ${bad}`);
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
      doctype = true;
      at = afterDoctype(text, at);
    } else if (text.startsWith('</', at)) {
      const close = text.indexOf('>', at);
      if (close < 0) return cut(text);
      const name = text.slice(at + 2, close).trimEnd();
      if (open.pop() !== name)
        return damaged(`the end tag at character ${at} matches no start tag`);
      at = close + 1;
    } else {
      const tag = readTag(text, at);
      if (!tag)
        return isCutTag(text, at) ? cut(text) : damaged(`the tag at character ${at} is broken`);
      if (open.length === 0 && rooted) return damaged(`a second root at character ${at}`);
      for (const value of tag.attributes.values()) {
        const bad = badReference(value, 0, value.length, doctype);
        if (bad !== undefined) return damaged(`a bad reference in the tag at character ${at}`);
      }
      rooted = true;
      if (!tag.selfClosed) open.push(tag.name);
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

function nextAmpersand(text: string, from: number): number {
  const found = text.indexOf('&', from);
  return found < 0 ? text.length : found;
}

/** Where a `&` begins no reference. With a DOCTYPE, entities may have been declared. */
function badReference(
  text: string,
  from: number,
  to: number,
  doctype: boolean,
): number | undefined {
  let at = text.indexOf('&', from);
  while (at >= 0 && at < to) {
    REFERENCE.lastIndex = at;
    const match = REFERENCE.exec(text);
    const known = match && (match[1] === undefined || doctype || PREDEFINED.has(match[1]));
    if (!known) return at;
    at = text.indexOf('&', REFERENCE.lastIndex);
  }
  return undefined;
}
