/**
 * The "parse a srcset attribute" algorithm of the WHATWG HTML standard
 * (https://html.spec.whatwg.org/multipage/images.html#parsing-a-srcset-attribute), as a pure
 * function: linear in its input, never throws, and every address it returns is a substring of it.
 */

export interface SrcsetEntry {
  /** As written: not resolved, not trimmed further. */
  readonly url: string;
  /** `w` descriptor, pixels. */
  readonly width?: number;
  /** `h` descriptor, pixels; only ever beside `width`. */
  readonly height?: number;
  /** `x` descriptor. */
  readonly density?: number;
}

const SPACE = 0x20;
const COMMA = 0x2c;
const OPEN = 0x28;
const CLOSE = 0x29;

const isSpace = (code: number) =>
  code === SPACE || code === 0x0a || code === 0x09 || code === 0x0d || code === 0x0c;

const INTEGER = /^\d+$/;
const FLOAT = /^-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?$/;

export function parseSrcset(input: string): SrcsetEntry[] {
  const entries: SrcsetEntry[] = [];
  let at = 0;
  while (true) {
    while (at < input.length && separates(input.charCodeAt(at))) at++;
    if (at >= input.length) return entries;

    const start = at;
    while (at < input.length && !isSpace(input.charCodeAt(at))) at++;
    let end = at;
    let descriptors: string[] = [];
    if (input.charCodeAt(end - 1) === COMMA) {
      // "a.jpg, b.jpg": the comma ends the candidate, so it has no descriptors.
      while (end > start && input.charCodeAt(end - 1) === COMMA) end--;
    } else {
      [descriptors, at] = readDescriptors(input, at);
    }
    const entry = describe(input.slice(start, end), descriptors);
    if (entry !== undefined) entries.push(entry);
  }
}

const separates = (code: number) => code === COMMA || isSpace(code);

/** The descriptor tokeniser; a comma inside parentheses ends nothing. Returns where it stopped. */
function readDescriptors(input: string, from: number): [string[], number] {
  const descriptors: string[] = [];
  let at = from;
  let start = -1;
  const finish = () => {
    if (start >= 0) descriptors.push(input.slice(start, at));
    start = -1;
  };
  for (; at < input.length; at++) {
    const code = input.charCodeAt(at);
    if (isSpace(code)) {
      finish();
    } else if (code === COMMA) {
      finish();
      return [descriptors, at + 1];
    } else {
      if (start < 0) start = at;
      if (code !== OPEN) continue;
      const close = input.indexOf(')', at);
      at = close < 0 ? input.length - 1 : close;
      // Trick of the standard: a "(" without ")" takes the rest as part of the descriptor.
      if (input.charCodeAt(at) !== CLOSE) break;
    }
  }
  if (at < input.length) at = input.length;
  finish();
  return [descriptors, at];
}

/** Undefined when a descriptor is invalid: the standard then drops the candidate as a whole. */
function describe(url: string, descriptors: readonly string[]): SrcsetEntry | undefined {
  let width: number | undefined;
  let height: number | undefined;
  let density: number | undefined;
  for (const descriptor of descriptors) {
    const text = descriptor.slice(0, -1);
    const unit = descriptor.at(-1);
    if (unit === 'w' && INTEGER.test(text)) {
      if (width !== undefined || density !== undefined) return undefined;
      width = Number(text);
      if (width === 0) return undefined;
    } else if (unit === 'x' && FLOAT.test(text)) {
      if (width !== undefined || height !== undefined || density !== undefined) return undefined;
      density = Number(text);
      if (density < 0) return undefined;
    } else if (unit === 'h' && INTEGER.test(text)) {
      if (height !== undefined || density !== undefined) return undefined;
      height = Number(text);
      if (height === 0) return undefined;
    } else {
      return undefined;
    }
  }
  if (height !== undefined && width === undefined) return undefined;
  return {
    url,
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(density === undefined ? {} : { density }),
  };
}
