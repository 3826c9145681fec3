/**
 * HTML text to tree, as browsers repair it (parse5, the parser that cheerio uses), with scripting
 * off: what `<noscript>` holds is markup.
 *
 * Hostile pages make the standard's algorithm quadratic or worse (deep nesting, formatting elements
 * that are reopened in every paragraph, a million attributes). Browsers cap the depth; so do we, and
 * a page that breaks a cap is read once more by the flat builder, which is linear.
 */

import { Parser, type ParserOptions } from 'parse5';
import { parseFlat } from './parse-flat.ts';
import { speedUp, type TextWish, writeInPieces } from './tokenizer.ts';
import { type TreeMap, type TreeNode, treeAdapter } from './tree.ts';

/** Blink and WebKit stop nesting at 512 too. */
export const MAX_DEPTH = 512;

export interface ParseOptions {
  /** Keep text everywhere. Default: false, only of `style`, `script` and `title`. */
  readonly keepText?: boolean;
  /** Keep the bytes of `data:` addresses. Default: false, they are cut short. */
  readonly keepData?: boolean;
}

export function parseHtml(html: string, options: ParseOptions = {}): TreeNode {
  const text = options.keepData ? html : shortenData(html);
  const wish: TextWish = { wanted: false, everywhere: options.keepText ?? false };
  try {
    return parseBounded(text, wish);
  } catch (error) {
    if (!(error instanceof TooComplex)) throw error;
    return parseFlat(text, MAX_DEPTH, wish);
  }
}

class TooComplex extends Error {}

/**
 * Inline images can be most of a page, and a parser that looks at each character of them most of
 * the time. Nothing here needs more than their beginning; cutting base64 changes no markup.
 */
function shortenData(html: string): string {
  const kept: string[] = [];
  let from = 0;
  for (let at = html.indexOf(MARK); at >= 0; at = html.indexOf(MARK, at + MARK.length)) {
    BASE64_RUN.lastIndex = at + MARK.length;
    if (!BASE64_RUN.test(html) || BASE64_RUN.lastIndex - at <= DATA_KEPT) continue;
    kept.push(html.slice(from, at + DATA_KEPT));
    from = BASE64_RUN.lastIndex;
  }
  return from === 0 ? html : kept.join('') + html.slice(from);
}

const MARK = ';base64,';
const DATA_KEPT = 256;
const BASE64_RUN = /[A-Za-z0-9+/]+/y;

function parseBounded(html: string, wish: TextWish): TreeNode {
  const exceeded = (): never => {
    throw new TooComplex();
  };
  const adapter = treeAdapter({ maxElements: elementBudget(html), exceeded, wish });
  adapter.onItemPush = () => {
    if (parser.openElements.stackTop > MAX_DEPTH) exceeded();
  };
  const options: ParserOptions<TreeMap> = { scriptingEnabled: false, treeAdapter: adapter };
  const parser = new Parser<TreeMap>(options);
  speedUp(parser.tokenizer, wish);
  writeInPieces(html, parser.tokenizer);
  return parser.document;
}

/** Twice what tags could make, so that reopened formatting elements of an untidy page fit. */
function elementBudget(html: string): number {
  let tags = 0;
  for (let at = html.indexOf('<'); at >= 0; at = html.indexOf('<', at + 1)) tags++;
  return 10_000 + Math.max(2 * tags, Math.min(10 * tags, 500_000));
}
