/**
 * Finds the root element of an XML document without a parser: a byte-order mark, white space, the XML
 * declaration, comments and a DOCTYPE may come first. Linear, and never beyond PROLOG_LIMIT.
 */

/** Characters that a licence or editor comment may take before the root element. */
const PROLOG_LIMIT = 64 * 1024;

export interface Tag {
  /** Qualified name as written, e.g. `svg` or `svg:svg`. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly selfClosed: boolean;
  /** Behind the `>`. */
  readonly end: number;
}

/** Text of the document's start. UTF-16 only with a byte-order mark; anything else as UTF-8. */
export function decodeStart(bytes: Uint8Array, limit = 2 * PROLOG_LIMIT): string {
  return new TextDecoder(encodingMark(bytes) ?? 'utf-8').decode(bytes.subarray(0, limit));
}

export function encodingMark(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
}

/** The offset of the root's `<`, or −1 where something else than a prolog comes first. */
export function rootOffset(text: string): number {
  let at = 0;
  while (at < PROLOG_LIMIT) {
    while (isSpace(text.charCodeAt(at))) at++;
    if (text.charAt(at) !== '<') return -1;
    let end: number;
    if (text.startsWith('<?', at)) end = after(text, '?>', at);
    else if (text.startsWith('<!--', at)) end = after(text, '-->', at + 4);
    else if (text.startsWith('<!DOCTYPE', at)) end = afterDoctype(text, at);
    else return /[A-Za-z_]/.test(text.charAt(at + 1)) ? at : -1;
    if (end < 0) return -1;
    at = end;
  }
  return -1;
}

export function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** The offset behind `mark`, −1 without one. */
export function after(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? -1 : found + mark.length;
}

/** Behind the `>` of a DOCTYPE: not the ones within quotes or the internal subset. */
export function afterDoctype(text: string, from: number): number {
  let inSubset = false;
  for (let at = from; at < text.length; at++) {
    const c = text.charAt(at);
    if (c === '"' || c === "'") {
      at = text.indexOf(c, at + 1);
      if (at < 0) return -1;
    } else if (inSubset && text.startsWith('<!--', at)) {
      at = after(text, '-->', at + 4) - 1;
      if (at < 0) return -1;
    } else if (c === '[') inSubset = true;
    else if (c === ']') inSubset = false;
    else if (c === '>' && !inSubset) return at + 1;
  }
  return -1;
}

/** XML 1.0, productions 4 and 5, a little wider beyond ASCII. */
const NAME = /[:A-Za-z_\u00c0-\uffff][-.:\w\u00b7-\uffff]*/y;
const ATTRIBUTE =
  /\s+([:A-Za-z_\u00c0-\uffff][-.:\w\u00b7-\uffff]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const CLOSE = /\s*(\/?)>/y;

/**
 * The start tag whose `<` is at `at`; undefined when it is broken, cut, or names an attribute twice.
 */
export function readTag(text: string, at: number): Tag | undefined {
  NAME.lastIndex = at + 1;
  const name = NAME.exec(text)?.[0];
  if (name === undefined) return undefined;
  const attributes = new Map<string, string>();
  let end = at + 1 + name.length;
  for (;;) {
    ATTRIBUTE.lastIndex = end;
    const match = ATTRIBUTE.exec(text);
    if (!match) break;
    if (attributes.has(match[1]!)) return undefined;
    attributes.set(match[1]!, match[2] ?? match[3] ?? '');
    end = ATTRIBUTE.lastIndex;
  }
  CLOSE.lastIndex = end;
  const close = CLOSE.exec(text);
  return close
    ? { name, attributes, selfClosed: close[1] === '/', end: CLOSE.lastIndex }
    : undefined;
}
