/**
 * parse5's tokenizer, made quick and bounded for pages of which only attributes matter.
 *
 * It goes a character at a time and grows every text and value by a character, each a rope node of
 * 32 bytes: most of the time and nearly all of the memory a page takes. Here runs without markup
 * are taken in one step. What it decides is not touched: whatever ends a run goes its own way.
 * The methods replaced are internal; tests compare the trees with those of plain parse5.
 */

import { Token, type Tokenizer } from 'parse5';

/** Attributes an element may have; the rest is dropped. Finding duplicates is quadratic in parse5. */
const MAX_ATTRIBUTES = 256;
/** Characters handed over at a time. */
const PIECE = 1 << 20;

/** Which text is wanted; the tree builder sets it at each element. */
export interface TextWish {
  /** Text of the element just opened. */
  wanted: boolean;
  /** All text. */
  readonly everywhere: boolean;
}

/** What is used of the tokenizer besides its public methods. */
interface Inside {
  readonly preprocessor: { html: string; pos: number };
  currentToken: { attrs?: unknown[]; tagName: string } | null;
  currentAttr: { name: string; value: string };
  currentCharacterToken: { chars: string } | null;
  _leaveAttrName(): void;
  _appendCharToCurrentCharacterToken(type: Token.TokenType, text: string): void;
  _stateData: State;
  _stateRcdata: State;
  _stateRawtext: State;
  _stateScriptData: State;
  _statePlaintext: State;
  _stateComment: State;
  _stateTagName: State;
  _stateAttributeName: State;
  _stateAttributeValueDoubleQuoted: State;
  _stateAttributeValueSingleQuoted: State;
}
type State = (this: Inside, codePoint: number) => void;

/** `\r` ends a run everywhere: line breaks are normalised by who reads characters. */
const TEXT_RUN = /[^<&\0\r]+/y;
const RAW_RUN = /[^<\0\r]+/y;
const COMMENT_RUN = /[^-<\0\r]+/y;
const DOUBLE_QUOTED_RUN = /[^"&\0\r]+/y;
const SINGLE_QUOTED_RUN = /[^'&\0\r]+/y;
const NAME_RUN = /[a-z0-9:_-]+/y;
const HAS_TEXT = /[^ \t\n\f]/;

export function speedUp(tokenizer: Tokenizer, wish: TextWish): void {
  const inside = tokenizer as unknown as Inside;
  const { CHARACTER, WHITESPACE_CHARACTER } = Token.TokenType;
  const quoted = (original: State, pattern: RegExp): State =>
    byRuns(original, pattern, (self, run) => {
      self.currentAttr.value += run;
    });
  const text = (original: State, pattern: RegExp): State =>
    byRuns(original, pattern, (self, run) => {
      if (wish.wanted) self._appendCharToCurrentCharacterToken(CHARACTER, run);
    });
  inside._stateData = byRuns(inside._stateData, TEXT_RUN, (self, run) => {
    // Between elements the tree builder has to know that there is text, not which.
    const isText = HAS_TEXT.test(run);
    const kept = wish.everywhere || wish.wanted ? run : isText ? 'x' : ' ';
    self._appendCharToCurrentCharacterToken(isText ? CHARACTER : WHITESPACE_CHARACTER, kept);
  });
  inside._stateRcdata = text(inside._stateRcdata, TEXT_RUN);
  inside._stateRawtext = text(inside._stateRawtext, RAW_RUN);
  inside._stateScriptData = text(inside._stateScriptData, RAW_RUN);
  inside._statePlaintext = text(inside._statePlaintext, RAW_RUN);
  inside._stateComment = byRuns(inside._stateComment, COMMENT_RUN, () => {});
  inside._stateTagName = byRuns(inside._stateTagName, NAME_RUN, (self, run) => {
    self.currentToken!.tagName += run;
  });
  inside._stateAttributeName = byRuns(inside._stateAttributeName, NAME_RUN, (self, run) => {
    self.currentAttr.name += run;
  });
  inside._stateAttributeValueDoubleQuoted = quoted(
    inside._stateAttributeValueDoubleQuoted,
    DOUBLE_QUOTED_RUN,
  );
  inside._stateAttributeValueSingleQuoted = quoted(
    inside._stateAttributeValueSingleQuoted,
    SINGLE_QUOTED_RUN,
  );
  const leave = inside._leaveAttrName;
  inside._leaveAttrName = function () {
    if ((this.currentToken?.attrs?.length ?? 0) < MAX_ATTRIBUTES) leave.call(this);
  };
}

/** `pattern` is sticky and matches what `original` would take character by character. */
function byRuns(
  original: State,
  pattern: RegExp,
  take: (self: Inside, run: string) => void,
): State {
  return function (codePoint) {
    const input = this.preprocessor;
    // A character beyond the BMP: the position is at its second half.
    const start = codePoint > 0xffff ? input.pos - 1 : input.pos;
    pattern.lastIndex = start;
    if (codePoint < 0 || !pattern.test(input.html)) {
      original.call(this, codePoint);
      return;
    }
    const run = input.html.slice(start, pattern.lastIndex);
    input.pos = pattern.lastIndex - 1;
    take(this, run);
  };
}

export function writeInPieces(html: string, tokenizer: Tokenizer): void {
  const inside = tokenizer as unknown as Inside;
  for (let at = 0; ; at += PIECE) {
    const isLast = at + PIECE >= html.length;
    tokenizer.write(html.slice(at, at + PIECE), isLast);
    if (isLast) return;
    // Values without quotes still grow by characters; looking at one makes it flat.
    inside.currentAttr?.value.charCodeAt(0);
    inside.currentCharacterToken?.chars.charCodeAt(0);
  }
}
