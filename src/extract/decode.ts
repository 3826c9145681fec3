/** Bytes to text, as the WHATWG HTML standard sniffs a page's encoding: BOM, header, `<meta>`. */

import { getEncoding } from 'encoding-sniffer';

/** A label nobody declares, to tell "nothing was declared" from "windows-1252 was declared". */
const UNDECLARED = 'x-mac-cyrillic';
/** How far browsers look for `<meta charset>`; many pages declare it later, Gecko reads on too. */
const SNIFF_BYTES = 4096;

export interface Decoded {
  readonly text: string;
  /** Label of the encoding, lower case. */
  readonly encoding: string;
}

/** `contentType` is the value of the header; its charset wins over the document's own word. */
export function decodeDocument(bytes: Uint8Array, contentType?: string): Decoded {
  const header = charsetOf(contentType);
  const sniffed = getEncoding(bytes, {
    maxBytes: SNIFF_BYTES,
    defaultEncoding: UNDECLARED,
    ...(header === undefined ? {} : { transportLayerEncodingLabel: header }),
  }).toLowerCase();
  return sniffed === UNDECLARED ? guess(bytes) : decodeAs(bytes, sniffed);
}

/** A style sheet: BOM, header, `@charset`, then the encoding of the page that names it. */
export function decodeSheet(bytes: Uint8Array, contentType?: string, fallback = 'utf-8'): string {
  const bom = bomOf(bytes);
  if (bom !== undefined) return decodeAs(bytes, bom).text;
  const head = String.fromCharCode(...bytes.subarray(0, 1024));
  const rule = /^@charset "([^"]{1,40})";/.exec(head)?.[1];
  // "utf-16" in an ASCII rule cannot be true; the standard reads utf-8.
  const declared = rule !== undefined && /^utf-16/i.test(rule) ? 'utf-8' : rule;
  return decodeAs(bytes, charsetOf(contentType) ?? declared ?? fallback).text;
}

function charsetOf(contentType: string | undefined): string | undefined {
  return /;\s*charset\s*=\s*["']?([^\s;"']{1,40})/i.exec(contentType ?? '')?.[1];
}

function bomOf(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return undefined;
}

/** Nothing declared: UTF-8 if it is valid as such, else what browsers assume of the western web. */
function guess(bytes: Uint8Array): Decoded {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8' };
  } catch {
    return { text: new TextDecoder('windows-1252').decode(bytes), encoding: 'windows-1252' };
  }
}

function decodeAs(bytes: Uint8Array, label: string): Decoded {
  try {
    const decoder = new TextDecoder(label);
    return { text: decoder.decode(bytes), encoding: decoder.encoding };
  } catch {
    // A label that no browser knows counts as not declared.
    return guess(bytes);
  }
}
