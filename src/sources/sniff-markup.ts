/** Tells the documents in angle brackets apart by their first element. */

import type { SourceFormat } from './item.ts';
import type { Beginning } from './sniff.ts';

const ROOTS: Record<string, SourceFormat> = {
  urlset: 'sitemap',
  sitemapindex: 'sitemap-index',
  rss: 'rss',
  rdf: 'rss',
  feed: 'atom',
  svg: 'image',
};

export function sniffMarkup(
  { text }: Beginning,
  hint: SourceFormat | undefined,
): SourceFormat | undefined {
  if (/^<!doctype\s+html/i.test(text)) return 'html';
  const prolog = text.startsWith('<?xml');
  const name = firstElement(text);
  const local = name?.replace(/^.*:/, '').toLowerCase() ?? '';
  if (Object.hasOwn(ROOTS, local)) {
    // An HTML fragment may begin with a drawing; a file that is one says so or is nothing else.
    if (local === 'svg' && hint === 'html') return 'html';
    return ROOTS[local];
  }
  if (prolog && local !== 'html' && hint !== 'html') return undefined;
  // `<https://host/x>` is how Markdown and mail write an address.
  if (/^<https?:/i.test(text)) return 'markdown';
  return 'html';
}

/** Name of the first element after the XML declaration, comments and the document type. */
function firstElement(text: string): string | undefined {
  let at = 0;
  for (;;) {
    at = text.indexOf('<', at);
    if (at === -1) return undefined;
    const skip = text.startsWith('<!--', at) ? '-->' : /[?!]/.test(text[at + 1] ?? '') ? '>' : '';
    if (skip === '') return /^<([\w:.-]+)/.exec(text.slice(at, at + 100))?.[1];
    // An internal subset of a document type holds further brackets.
    const subset = /^<!doctype[^>[]*\[/i.exec(text.slice(at, at + 300));
    const end = subset === null ? skip : ']';
    at = text.indexOf(end, at + 2);
    if (at === -1) return undefined;
    at += end.length;
  }
}
