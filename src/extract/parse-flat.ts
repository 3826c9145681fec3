/**
 * The builder for pages that are too deep or too tangled for the standard's algorithm: start tags
 * open, end tags close the nearest of their name, nothing is reopened or moved. Linear.
 */

import { type Token, type TokenHandler, Tokenizer, TokenizerMode } from 'parse5';
import { speedUp, type TextWish, writeInPieces } from './tokenizer.ts';
import { append, HTML_NAMESPACE, SVG_NAMESPACE, TreeNode, textMatters } from './tree.ts';

const VOID = new Set(
  'area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr'.split(
    ' ',
  ),
);
/** What these hold is text, not markup. */
const RAW_TEXT = new Map<string, (typeof TokenizerMode)[keyof typeof TokenizerMode]>([
  ['title', TokenizerMode.RCDATA],
  ['textarea', TokenizerMode.RCDATA],
  ['style', TokenizerMode.RAWTEXT],
  ['xmp', TokenizerMode.RAWTEXT],
  ['iframe', TokenizerMode.RAWTEXT],
  ['noembed', TokenizerMode.RAWTEXT],
  ['noframes', TokenizerMode.RAWTEXT],
  ['script', TokenizerMode.SCRIPT_DATA],
  ['plaintext', TokenizerMode.PLAINTEXT],
]);
/** How far up an end tag looks for its start tag; bounds the work of stray end tags. */
const LOOK_UP = 64;

export function parseFlat(html: string, maxDepth: number, wish: TextWish): TreeNode {
  const root = new TreeNode('#document', [], '');
  const open: TreeNode[] = [root];
  const top = () => open[open.length - 1]!;
  const addText = (chars: string) => {
    const parent = top();
    if (wish.wanted) parent.text += chars;
    if (!wish.everywhere) return;
    const node = new TreeNode('#text', [], '');
    node.text = chars;
    append(parent, node);
  };
  const text = (token: Token.CharacterToken) => addText(token.chars);
  const handler: TokenHandler = {
    onStartTag(token) {
      const inSvg = token.tagName === 'svg' || top().namespace === SVG_NAMESPACE;
      const node = new TreeNode(token.tagName, token.attrs, inSvg ? SVG_NAMESPACE : HTML_NAMESPACE);
      append(top(), node);
      wish.wanted = textMatters(token.tagName, token.attrs);
      if (VOID.has(token.tagName) || (inSvg && token.selfClosing)) return;
      const mode = RAW_TEXT.get(token.tagName);
      if (mode !== undefined && !inSvg) tokenizer.state = mode;
      if (open.length < maxDepth || mode !== undefined) open.push(node);
    },
    onEndTag(token) {
      const lowest = Math.max(1, open.length - LOOK_UP);
      for (let at = open.length - 1; at >= lowest; at--) {
        if (open[at]!.name !== token.tagName) continue;
        open.length = at;
        return;
      }
    },
    onCharacter: text,
    onWhitespaceCharacter: text,
    onNullCharacter() {},
    onComment() {},
    onDoctype() {},
    onEof() {},
  };
  const tokenizer = new Tokenizer({ sourceCodeLocationInfo: false }, handler);
  speedUp(tokenizer, wish);
  writeInPieces(html, tokenizer);
  return root;
}
