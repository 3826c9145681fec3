/** Markdown: images inline and by reference, links to images, and the HTML inside. */

import { TrawlError } from '../../errors.ts';
import type { Candidate } from '../../model.ts';
import { resolveAddress } from '../address.ts';
import { DEFAULT_MAX_PAGE_BYTES, type SourceBatches, type SourceItem } from '../item.ts';
import { withoutCode } from '../markdown-code.ts';
import { type MarkdownLink, markdownLinks } from '../markdown-links.ts';
import type { ReaderContext } from '../reader.ts';
import { isImage } from './feed-entry.ts';

/** Tags that may show an image; other HTML is not worth a parse. */
const HTML =
  /<(?:img|picture|source|video|input|object|embed|svg|image|style|a|link|meta|body|table|td|div)(?=[\s>]|\/>)/i;

export async function* readMarkdown(
  text: AsyncIterable<string>,
  { name, base, options }: ReaderContext,
): SourceBatches {
  const limit = options.maxPageBytes ?? DEFAULT_MAX_PAGE_BYTES;
  let whole = '';
  // References may be defined at the end, so Markdown is the one text that must be held.
  for await (const chunk of text) {
    whole += chunk;
    if (whole.length > limit) {
      throw new TrawlError('too-large', `${name} is larger than ${limit} bytes (--max-page-bytes)`);
    }
  }
  const plain = withoutCode(whole.replace(/\r\n?/g, '\n'));
  const items: SourceItem[] = [];
  for (const link of markdownLinks(plain)) {
    const item = linkItem(link, base);
    if (item !== undefined) items.push(item);
  }
  let line = 1;
  for (const block of plain.split(/(\n[ \t]*\n)/)) {
    if (HTML.test(block)) {
      items.push({ kind: 'html', html: block, ...(base === undefined ? {} : { base }), line });
    }
    line += block.split('\n').length - 1;
  }
  yield items.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

/** An image with the full-size picture it links to, or a link to a picture. */
function linkItem(link: MarkdownLink, base: string | undefined): SourceItem | undefined {
  const { line, text, title, target, image } = link;
  const candidates: Candidate[] = [];
  const add = (raw: string | undefined, from: string) => {
    const url = raw === undefined ? undefined : resolveAddress(raw, base);
    if (url !== undefined) candidates.push({ url, from });
  };
  if (target !== undefined && isImage(undefined, undefined, target)) add(target, 'markdown.link');
  add(image, 'markdown.image');
  const [first, ...others] = candidates;
  if (first === undefined) {
    if (image === undefined) return undefined;
    const hint = base === undefined ? ' (give --base-url to resolve relative ones)' : '';
    return { kind: 'problem', line, message: `not a usable address: ${image.slice(0, 80)}${hint}` };
  }
  return {
    kind: 'image',
    candidates: [first, ...others],
    ...(text === '' ? {} : { alt: text }),
    ...(title === undefined ? {} : { title }),
    line,
  };
}
