/** Strings that outlive the page they come from. */

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * A copy with memory of its own. Pieces cut from a string hold on to all of it: a crawl that keeps a
 * title of each page would keep every page. (V8 copies pieces of up to 12 characters anyway.)
 */
export function detached(text: string): string {
  return text.length <= 12 ? text : decoder.decode(encoder.encode(text));
}
