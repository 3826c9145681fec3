/** Which encoding the text of a manifest is in, and its text in chunks. */

import type { Bytes } from './bytes.ts';

/** By byte order mark, Content-Type, the pattern of NULs, the XML declaration, validity as UTF-8. */
export function sniffEncoding(head: Uint8Array, contentType: string | undefined): string {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  const named = known(/charset\s*=\s*["']?([^\s"';]+)/i.exec(contentType ?? '')?.[1]);
  if (named !== undefined) return named;
  // Manifests begin with ASCII (an address, a brace, an angle bracket): a NUL beside it is UTF-16.
  if (head.length >= 4 && head[0] !== 0 && head[1] === 0 && head[3] === 0) return 'utf-16le';
  if (head.length >= 4 && head[0] === 0 && head[1] !== 0 && head[2] === 0) return 'utf-16be';
  const start = new TextDecoder('latin1').decode(head.subarray(0, 200));
  const declared = known(/^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']+)/i.exec(start)?.[1]);
  // A declaration that can be read as ASCII is not in UTF-16, whatever it says.
  if (declared !== undefined && !declared.startsWith('utf-16')) return declared;
  return isUtf8(head) ? 'utf-8' : 'windows-1252';
}

/** The canonical name of a label that this runtime can decode. */
function known(label: string | undefined): string | undefined {
  if (label === undefined) return undefined;
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    // `stream` because the last character may be cut.
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** Never throws for what is malformed; that becomes U+FFFD. The byte order mark is dropped. */
export async function* decodeText(source: Bytes, encoding: string): AsyncIterable<string> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of source) {
    const text = decoder.decode(chunk, { stream: true });
    if (text !== '') yield text;
  }
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}
