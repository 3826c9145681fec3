/** What keeps parse5's tokenizer linear in time and memory on hostile input. */

import type { Tokenizer } from 'parse5';

/** Attributes an element may have; the rest is dropped. Finding duplicates is quadratic in parse5. */
const MAX_ATTRIBUTES = 256;
/** Characters handed over at a time. */
const PIECE = 1 << 20;

/** What is used of the tokenizer besides its public methods; the hostile-page tests notice a change. */
interface Inside {
  currentToken: { attrs?: unknown[] } | null;
  currentAttr: { value: string };
  currentCharacterToken: { chars: string } | null;
  _leaveAttrName(): void;
}

export function boundAttributes(tokenizer: Tokenizer): void {
  const inside = tokenizer as unknown as Inside;
  const original = inside._leaveAttrName;
  inside._leaveAttrName = function () {
    if ((this.currentToken?.attrs?.length ?? 0) < MAX_ATTRIBUTES) original.call(this);
  };
}

export function writeInPieces(html: string, tokenizer: Tokenizer): void {
  const inside = tokenizer as unknown as Inside;
  for (let at = 0; ; at += PIECE) {
    const isLast = at + PIECE >= html.length;
    tokenizer.write(html.slice(at, at + PIECE), isLast);
    if (isLast) return;
    // Values grow by a character at a time, each a rope node of 32 bytes: looking at one flattens it.
    inside.currentAttr?.value.charCodeAt(0);
    inside.currentCharacterToken?.chars.charCodeAt(0);
  }
}
