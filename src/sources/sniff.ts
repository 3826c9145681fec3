/** Recognises a format by its content; name and Content-Type only decide what content leaves open. */

import type { SourceFormat, SourceHints } from './item.ts';
import { looksLikeImage } from './sniff-image.ts';
import { sniffJson } from './sniff-json.ts';
import { sniffLines } from './sniff-lines.ts';
import { sniffMarkup } from './sniff-markup.ts';

/** Bytes looked at. */
export const SNIFF_BYTES = 64 * 1024;

export interface Beginning {
  readonly text: string;
  /** The text is all there is; else its last line may be cut. */
  readonly whole: boolean;
}

/** The format, or `undefined` when it is none that can be read. */
export function sniff(
  head: Uint8Array,
  text: string,
  whole: boolean,
  hints: SourceHints,
): SourceFormat | undefined {
  if (looksLikeImage(head)) return 'image';
  const start: Beginning = { text: text.replace(/^\ufeff/, '').trimStart(), whole };
  // What is neither marked as an image nor text (PDF, ZIP, video) has no reader.
  if (start.text.slice(0, 4096).includes('\0')) return undefined;
  const hint = hintedFormat(hints);
  if (start.text.startsWith('<')) return sniffMarkup(start, hint);
  return sniffJson(start) ?? sniffLines(start, hint);
}

/**
 * A first line that is a bare address settles that this is a list, so that
 * `(echo URL; sleep 60) | imgtrawl -` begins at once. It looks at that line alone, thus the answer
 * does not depend on how the stream was cut; a list with windows-1252 further down is then taken
 * for UTF-8, which is why this is for streams that may be slow only.
 */
export function decidedEarly(head: Uint8Array, hints: SourceHints): boolean {
  if (hintedFormat(hints) !== undefined) return false;
  const text = new TextDecoder('latin1').decode(head.subarray(0, 4096));
  return /^(?:\s*(?:#.*)?\n)*[ \t]*https?:\/\/[^\s,;|"'<>()[\]]+[ \t]*\r?\n/.test(text);
}

const EXTENSIONS: Record<string, SourceFormat> = {
  html: 'html',
  htm: 'html',
  xhtml: 'html',
  csv: 'csv',
  tsv: 'tsv',
  tab: 'tsv',
  md: 'markdown',
  markdown: 'markdown',
  mkd: 'markdown',
};

const TYPES: Record<string, SourceFormat> = {
  'text/html': 'html',
  'application/xhtml+xml': 'html',
  'text/csv': 'csv',
  'text/tab-separated-values': 'tsv',
  'text/markdown': 'markdown',
};

/** What Content-Type, else the name's extension, says, where that can matter. */
function hintedFormat({ name, contentType, url }: SourceHints): SourceFormat | undefined {
  const type = (contentType ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (TYPES[type] !== undefined) return TYPES[type];
  const path = url === undefined ? name : (URL.parse(url)?.pathname ?? name);
  const extension = /\.([a-z]+)(?:\.gz|\.zst)?$/i.exec(path)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(EXTENSIONS, extension) ? EXTENSIONS[extension] : undefined;
}
