/**
 * The images of CSS text, by css-tree's tokenizer: a browser's own reading of comments, escapes,
 * strings and broken rules. The text is never parsed into a tree, so depth and size are no matter.
 */

import { tokenize, tokenTypes } from 'css-tree/tokenizer';
import { ident as cssIdent, string as cssString, url as cssUrl } from 'css-tree/utils';

/** One image of a declaration; those of one `image-set()` stand together. */
export interface CssImage {
  readonly choices: readonly CssChoice[];
  /** Named by a custom property, which may or may not be used. */
  readonly variable: boolean;
}

export interface CssChoice {
  /** As written, unescaped, not resolved. */
  readonly url: string;
  readonly density?: number;
  readonly type?: string;
}

export interface CssRead {
  readonly images: CssImage[];
  /** Addresses of `@import`, not resolved. */
  readonly imports: string[];
}

/** Values that name something other than an image to show. */
const NO_IMAGE_PROPERTY =
  /^(?:src|behavior|-ms-behavior|filter|-ms-filter|-webkit-filter|backdrop-filter|clip-path|-webkit-clip-path|fill|stroke|marker(?:-start|-mid|-end)?|-moz-binding|offset-path|cue|cue-before|cue-after|animation|will-change)$/;
const IMAGE_SET = /^(?:-webkit-|-moz-|-o-)?image-set$/;
/** Inside these a bare string is an address. */
const TAKES_STRINGS =
  /^(?:(?:-webkit-|-moz-|-o-)?image-set|image|(?:-webkit-)?cross-fade|url|src)$/;

interface OpenFunction {
  readonly name: string;
  /** Choices gathered by an image-set. */
  readonly choices: Mutable<CssChoice>[] | undefined;
}
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** `isDeclarations`: the text is that of a `style` attribute. */
export function readCss(text: string, isDeclarations = false): CssRead {
  // The tokenizer looks at every character of a sheet; most style attributes name no image at all.
  if (!/url|image|@import|cross-fade|src\(/i.test(text)) return { images: [], imports: [] };
  const reader = new CssReader(text, isDeclarations);
  tokenize(text, (type, start, end) => reader.take(type, start, end));
  reader.finish();
  return { images: reader.images, imports: reader.imports };
}

class CssReader {
  readonly images: CssImage[] = [];
  readonly imports: string[] = [];
  private readonly text: string;
  private readonly functions: OpenFunction[] = [];
  /** Current property, lower case but for custom ones; '' in a selector or before the colon. */
  private property = '';
  /** The identifier that a colon makes a property. */
  private candidate = '';
  /** '@import' and the like until its `;` or `{`. */
  private rule = '';
  private importDone = false;
  private declaring: boolean;

  constructor(text: string, isDeclarations: boolean) {
    this.text = text;
    this.declaring = isDeclarations;
  }

  take(type: number, start: number, end: number): void {
    switch (type) {
      case tokenTypes.WhiteSpace:
      case tokenTypes.Comment:
        return;
      case tokenTypes.Semicolon:
        if (this.functions.length === 0) this.endStatement();
        return;
      case tokenTypes.LeftCurlyBracket:
      case tokenTypes.RightCurlyBracket:
        // The value of a custom property may hold braces, but no image we would know of.
        this.functions.length = 0;
        this.endStatement();
        this.declaring = true;
        return;
      case tokenTypes.AtKeyword:
        if (this.functions.length > 0) return;
        this.endStatement();
        this.rule = this.text.slice(start, end).toLowerCase();
        return;
      case tokenTypes.Ident:
        if (this.property === '' && this.candidate === '') {
          this.candidate = cssIdent.decode(this.text.slice(start, end));
        }
        return;
      case tokenTypes.Colon:
        if (this.property === '' && this.declaring && this.functions.length === 0) {
          this.property = this.candidate.startsWith('--')
            ? this.candidate
            : this.candidate.toLowerCase().replace(/^[*_]/, '');
        }
        return;
      case tokenTypes.Function:
        this.open(cssIdent.decode(this.text.slice(start, end - 1)).toLowerCase());
        return;
      case tokenTypes.LeftParenthesis:
        this.open('');
        return;
      case tokenTypes.RightParenthesis:
        this.close();
        return;
      case tokenTypes.Url:
        this.address(cssUrl.decode(this.text.slice(start, end)));
        return;
      case tokenTypes.String:
        this.string(cssString.decode(this.text.slice(start, end)));
        return;
      case tokenTypes.Dimension:
        this.density(this.text.slice(start, end));
        return;
      default:
        return;
    }
  }

  finish(): void {
    while (this.functions.length > 0) this.close();
  }

  private endStatement(): void {
    while (this.functions.length > 0) this.close();
    this.property = '';
    this.candidate = '';
    this.rule = '';
    this.importDone = false;
  }

  private open(name: string): void {
    this.functions.push({ name, choices: IMAGE_SET.test(name) ? [] : undefined });
  }

  private close(): void {
    const closed = this.functions.pop();
    if (closed?.choices !== undefined && closed.choices.length > 0) this.emit(closed.choices);
  }

  private string(value: string): void {
    const inside = this.functions.at(-1)?.name;
    if (inside === 'type') {
      const choice = this.imageSet()?.at(-1);
      if (choice !== undefined) choice.type = value;
    } else if (inside === undefined ? this.rule === '@import' : TAKES_STRINGS.test(inside)) {
      this.address(value);
    }
  }

  private address(url: string): void {
    if (this.rule !== '') {
      if (this.rule === '@import' && !this.importDone) this.imports.push(url);
      this.importDone = true;
      return;
    }
    if (NO_IMAGE_PROPERTY.test(this.property)) return;
    if (this.property === '') return;
    const set = this.imageSet();
    if (set !== undefined) set.push({ url });
    else this.emit([{ url }]);
  }

  private density(text: string): void {
    const found = /^([\d.]+)(x|dppx|dpi)$/i.exec(text);
    const choice = this.imageSet()?.at(-1);
    if (found === null || choice === undefined) return;
    const value = Number(found[1]);
    if (value > 0) choice.density = /dpi/i.test(found[2]!) ? value / 96 : value;
  }

  private imageSet(): Mutable<CssChoice>[] | undefined {
    return this.functions.findLast((open) => open.choices !== undefined)?.choices;
  }

  private emit(choices: readonly CssChoice[]): void {
    this.images.push({ choices, variable: this.property.startsWith('--') });
  }
}
