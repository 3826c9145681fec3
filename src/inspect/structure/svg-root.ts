/**
 * Finds the root element of an XML document without a parser: a byte-order mark, white space, the XML
 * declaration, comments and a DOCTYPE may come first. Linear, and never beyond PROLOG_LIMIT.
 */

/** Bytes that a licence or editor comment may take before the root element. */
const PROLOG_LIMIT = 64 * 1024;
/** Bytes of the root's start tag; Inkscape writes some thousand. */
const TAG_LIMIT = 64 * 1024;

export interface Root {
  /** Qualified name as written, e.g. `svg` or `svg:svg`. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** The namespaces and other general entities of an internal DTD subset. */
  readonly selfClosed: boolean;
}

/** Text of the document's start. UTF-16 only with a byte-order mark; anything else as UTF-8. */
export function decodeStart(bytes: Uint8Array, limit = PROLOG_LIMIT + TAG_LIMIT): string {
  const start = bytes.subarray(0, limit);
  const utf16 =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : undefined;
  return new TextDecoder(utf16 ?? 'utf-8').decode(start);
}

/** The offset of the root's `<`, or −1 where something else than a prolog comes first. */
export function rootOffset(text: string): number {
  let at = 0;
  while (at < PROLOG_LIMIT) {
    while (/\s/.test(text.charAt(at))) at++;
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

function after(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? -1 : found + mark.length;
}

/** Behind the `>` of a DOCTYPE: not the ones within quotes or the internal subset. */
function afterDoctype(text: string, from: number): number {
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

const NAME = /[^\s=/>"'<]+/y;
const ATTRIBUTE = /\s*([^\s=/>"'<]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;

/** The element that begins at `at`. Undefined when its tag is broken or cut. */
export function readRoot(text: string, at: number): Root | undefined {
  NAME.lastIndex = at + 1;
  const name = NAME.exec(text)?.[0];
  if (name === undefined) return undefined;
  const attributes = new Map<string, string>();
  let end = at + 1 + name.length;
  for (;;) {
    ATTRIBUTE.lastIndex = end;
    const match = ATTRIBUTE.exec(text);
    if (!match) break;
    if (!attributes.has(match[1]!)) attributes.set(match[1]!, match[2] ?? match[3] ?? '');
    end = ATTRIBUTE.lastIndex;
  }
  const close = /\s*(\/?)>/y;
  close.lastIndex = end;
  const closed = close.exec(text);
  return closed ? { name, attributes, selfClosed: closed[1] === '/' } : undefined;
}
