/** Recognises a stream of bytes and hands it to the reader of its format. */

import { TrawlError } from '../errors.ts';
import { type Bytes, type Peeked, peek, unreadable } from './bytes.ts';
import { decodeText, sniffEncoding } from './encoding.ts';
import type { ManifestFormat, SourceBatches, SourceHints, SourceOptions } from './item.ts';
import type { Reader, ReaderContext } from './reader.ts';
import { readAtom } from './readers/atom.ts';
import { readCsv, readTsv } from './readers/csv.ts';
import { readHar } from './readers/har.ts';
import { readIiif } from './readers/iiif.ts';
import { readJson } from './readers/json.ts';
import { readJsonFeed } from './readers/json-feed.ts';
import { readJsonLines } from './readers/json-lines.ts';
import { readList } from './readers/list.ts';
import { readMarkdown } from './readers/markdown.ts';
import { readRss } from './readers/rss.ts';
import { readSitemap } from './readers/sitemap.ts';
import { decidedEarly, SNIFF_BYTES, sniff } from './sniff.ts';
import { understood } from './understood.ts';
import { unpack } from './unpack.ts';

/** What a stream turned out to be. `bytes` are unpacked and can be iterated once. */
export type Reading =
  | { readonly kind: 'page'; readonly bytes: Bytes }
  | { readonly kind: 'image'; readonly bytes: Bytes }
  | { readonly kind: 'items'; readonly format: ManifestFormat; readonly batches: SourceBatches };

const READERS: Record<ManifestFormat, Reader> = {
  list: readList,
  json: readJson,
  jsonl: readJsonLines,
  csv: readCsv,
  tsv: readTsv,
  sitemap: readSitemap,
  'sitemap-index': readSitemap,
  rss: readRss,
  atom: readAtom,
  'json-feed': readJsonFeed,
  iiif: readIiif,
  har: readHar,
  markdown: readMarkdown,
};

/**
 * Looks at the first 64 KB and no further. Throws `source-unreadable` when the content is nothing
 * that can be read; the batches throw it when the rest turns out so.
 */
export async function readManifest(
  source: Bytes,
  hints: SourceHints,
  options: SourceOptions = {},
): Promise<Reading> {
  const { name } = hints;
  const early = (head: Uint8Array) => hints.eager === true && decidedEarly(head, hints);
  const peeked = await peekUnpacked(source, name, early);
  try {
    return recognise(peeked, hints, options, early);
  } catch (error) {
    // A glob over ten thousand unreadable files must not keep them open.
    await peeked.close();
    throw error;
  }
}

function recognise(
  { head: peekedHead, all, ended }: Peeked,
  hints: SourceHints,
  options: SourceOptions,
  early: (head: Uint8Array) => boolean,
): Reading {
  const { name } = hints;
  // Cut, so that the answer does not depend on how large the chunks happen to be.
  const head = peekedHead.subarray(0, SNIFF_BYTES);
  const whole = ended && head.length === peekedHead.length;
  if (head.length === 0) throw new TrawlError('source-unreadable', `${name} is empty`);
  const encoding = sniffEncoding(head, hints.contentType);
  const text = new TextDecoder(encoding).decode(head, { stream: !whole });
  const sniffed = early(head) ? 'list' : sniff(head, text, whole, hints);
  const format = options.inputFormat ?? sniffed;
  if (format === undefined) throw notUnderstood(name, head, text);
  const bytes = guarded(all, name);
  if (format === 'html') return { kind: 'page', bytes };
  if (format === 'image') return { kind: 'image', bytes };
  const base = hints.url ?? options.baseUrl;
  const context: ReaderContext = { name, base, options };
  const batches = READERS[format](decodeText(bytes, encoding), context);
  return { kind: 'items', format, batches: understood(batches, format, name) };
}

async function peekUnpacked(
  source: Bytes,
  name: string,
  enough: (head: Uint8Array) => boolean,
): Promise<Peeked> {
  try {
    return await peek(await unpack(source, name), SNIFF_BYTES, enough);
  } catch (error) {
    throw unreadable(name, error);
  }
}

async function* guarded(bytes: Bytes, name: string): Bytes {
  try {
    yield* bytes;
  } catch (error) {
    throw unreadable(name, error);
  }
}

function notUnderstood(name: string, head: Uint8Array, text: string): TrawlError {
  const binary = text.slice(0, 4096).includes('\0') || head[0] === 0x25;
  const start = text.trimStart().slice(0, 60).replace(/\s+/g, ' ');
  const shown = binary ? 'it is a binary file' : `it begins with "${start}"`;
  return new TrawlError(
    'source-unreadable',
    `${name} is no page, image or manifest: ${shown}; tried text list, JSON, JSON lines, CSV, TSV, ` +
      'sitemap, RSS, Atom, JSON Feed, IIIF, HAR, Markdown, HTML (--input-format overrides)',
  );
}
