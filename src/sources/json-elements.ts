/**
 * Cuts a JSON document of any length into the elements of its arrays, so that a list of millions
 * starts at once and only one element is ever held.
 *
 * Objects that are reached through objects only are envelopes (`{"data": {"photos": […]}}`): they
 * are walked, not held. An array's elements are each parsed whole by `JSON.parse`, which is faster
 * than any tokenizer in JavaScript and leaves one element's damage with that element: reading goes
 * on behind it. Several documents behind each other (JSON lines) are read as well.
 */

export type JsonEvent =
  | { readonly kind: 'open'; readonly path: readonly string[] }
  | {
      readonly kind: 'element';
      /** Keys from the root to the array; empty for a root array and for a root scalar. */
      readonly path: readonly string[];
      readonly value: unknown;
      /** Line on which it begins, from 1. */
      readonly line: number;
      /** Scalars of the envelope around the array that came before it. */
      readonly members: Members;
    }
  /** An envelope ends. */
  | {
      readonly kind: 'close';
      readonly path: readonly string[];
      readonly line: number;
      readonly members: Members;
    }
  | { readonly kind: 'problem'; readonly line: number; readonly message: string };

export type Members = Readonly<Record<string, string | number | boolean | null>>;

export interface JsonLimits {
  /** Characters of one element. Default 16 Mi. */
  readonly maxElement: number;
  /** Levels inside one element; levels of envelopes. Default 256. */
  readonly maxDepth: number;
}

const DEFAULTS: JsonLimits = { maxElement: 16 * 1024 ** 2, maxDepth: 256 };

/** Scalars kept of one envelope: more are a dictionary, not the head of a document. */
const MAX_MEMBERS = 1000;
const MAX_MEMBER_LENGTH = 64 * 1024;

interface Level {
  readonly array: boolean;
  readonly path: readonly string[];
  readonly members: Record<string, string | number | boolean | null>;
  count: number;
  key: string | undefined;
}

const [NEWLINE, QUOTE, COMMA, COLON, BACKSLASH] = [10, 34, 44, 58, 92] as const;
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125] as const;

export class JsonElements {
  readonly #limits: JsonLimits;
  readonly #levels: Level[] = [];
  #events: JsonEvent[] = [];
  #line = 1;
  // The value being captured: everything inside an array's element, or one scalar.
  #capturing = false;
  #parts = '';
  #startLine = 1;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #bare = false;
  /** Closing brackets at the end of the string so far, see `#capture`. */
  #swallowed = 0;
  #fault: string | undefined;

  constructor(limits: Partial<JsonLimits> = {}) {
    this.#limits = { ...DEFAULTS, ...limits };
  }

  /** What this chunk completes. */
  push(text: string): JsonEvent[] {
    this.#events = [];
    let at = 0;
    while (at < text.length) at = this.#capturing ? this.#capture(text, at) : this.#step(text, at);
    return this.#events;
  }

  /** What the end of the text completes, or a problem when it ends too early. */
  end(): JsonEvent[] {
    this.#events = [];
    if (this.#capturing && this.#bare) this.#finish();
    else if (this.#capturing) this.#problem('the text ends inside a value', this.#startLine);
    if (this.#levels.length > 0) {
      this.#problem('the text ends before its last bracket is closed', this.#line);
      while (this.#levels.length > 0) this.#close();
    }
    return this.#events;
  }

  /** One character outside of values; returns where to go on. */
  #step(text: string, at: number): number {
    const code = text.charCodeAt(at);
    const level = this.#levels.at(-1);
    if (code === NEWLINE) this.#line++;
    // White space, and separators, whose right places JSON.parse need not check between elements.
    if (code <= 32 || code === COMMA || code === COLON) return at + 1;
    if (code === CLOSE_ARRAY || code === CLOSE_OBJECT) {
      if (level === undefined || level.array !== (code === CLOSE_ARRAY)) {
        this.#problem(`unexpected ${text[at]}`, this.#line);
        // A bracket of the wrong kind closes what is open, as whoever wrote it meant.
      }
      if (level !== undefined) this.#close();
      return at + 1;
    }
    const inEnvelope = level === undefined || (!level.array && level.key !== undefined);
    if (inEnvelope && (code === OPEN_ARRAY || code === OPEN_OBJECT)) {
      this.#open(code === OPEN_ARRAY);
      return at + 1;
    }
    this.#capturing = true;
    this.#parts = '';
    this.#startLine = this.#line;
    this.#depth = 0;
    this.#inString = false;
    this.#escaped = false;
    this.#fault = undefined;
    this.#bare = code !== QUOTE && code !== OPEN_ARRAY && code !== OPEN_OBJECT;
    return at;
  }

  /** Takes up the rest of a value; returns where to go on. */
  #capture(text: string, from: number): number {
    let at = from;
    let done = false;
    for (; at < text.length && !done; at++) {
      const code = text.charCodeAt(at);
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (code === BACKSLASH) this.#escaped = true;
        else if (code === QUOTE) {
          this.#inString = false;
          done = this.#depth === 0;
        } else if (code === NEWLINE) {
          // No string holds a line end: its closing quote is missing. Going on behind it keeps the
          // damage in this element instead of turning all later strings inside out. What it holds
          // at its end (`"url": "x},`) are the brackets that were meant.
          this.#fault ??= 'a string is not closed';
          this.#inString = false;
          this.#line++;
          this.#depth -= this.#swallowed;
          done = this.#depth <= 0;
        } else if (code === CLOSE_ARRAY || code === CLOSE_OBJECT) this.#swallowed++;
        else if (code > 32 && code !== COMMA) this.#swallowed = 0;
        continue;
      }
      if (this.#bare) {
        if (code > 32 && !isPunctuation(code)) continue;
        break;
      }
      if (code === QUOTE) {
        this.#inString = true;
        this.#swallowed = 0;
      } else if (code === NEWLINE) this.#line++;
      else if (code === OPEN_ARRAY || code === OPEN_OBJECT) {
        if (++this.#depth > this.#limits.maxDepth) this.#fault ??= 'nested too deep';
      } else if (code === CLOSE_ARRAY || code === CLOSE_OBJECT) done = --this.#depth <= 0;
    }
    if (this.#fault === undefined) {
      this.#parts += text.slice(from, at);
      if (this.#parts.length > this.#limits.maxElement) {
        this.#fault = `longer than ${this.#limits.maxElement} characters`;
      }
    }
    if (this.#fault !== undefined) this.#parts = '';
    if (done || (this.#bare && at < text.length)) this.#finish();
    return at;
  }

  #finish(): void {
    this.#capturing = false;
    const level = this.#levels.at(-1);
    const isKey = level !== undefined && !level.array && level.key === undefined;
    let value: unknown;
    try {
      if (this.#fault !== undefined) throw new Error(this.#fault);
      value = JSON.parse(this.#parts);
    } catch (error) {
      this.#problem(`malformed JSON: ${(error as Error).message}`, this.#startLine);
      // A key that cannot be read still is one, or the values behind it would be taken for keys.
      if (isKey) level.key = '';
      else if (level !== undefined && !level.array) level.key = undefined;
      return;
    } finally {
      this.#parts = '';
    }
    if (level === undefined || level.array) {
      const envelope = this.#levels.findLast(({ array }) => !array);
      this.#events.push({
        kind: 'element',
        path: level?.path ?? [],
        value,
        line: this.#startLine,
        members: envelope?.members ?? {},
      });
    } else if (isKey) {
      level.key = typeof value === 'string' ? value : String(value);
    } else {
      this.#member(level, value as string | number | boolean | null);
    }
  }

  #member(level: Level, value: string | number | boolean | null): void {
    const { key } = level;
    level.key = undefined;
    if (key === undefined || level.count >= MAX_MEMBERS) return;
    if (typeof value === 'string' && value.length > MAX_MEMBER_LENGTH) return;
    level.members[key] = value;
    level.count++;
  }

  #open(array: boolean): void {
    const parent = this.#levels.at(-1);
    const path = parent === undefined ? [] : [...parent.path, parent.key ?? ''];
    if (path.length > this.#limits.maxDepth) throw new JsonTooDeep(this.#line);
    const members = Object.create(null) as Level['members'];
    this.#levels.push({ array, path, members, count: 0, key: undefined });
    if (!array) this.#events.push({ kind: 'open', path });
  }

  #close(): void {
    const { array, path, members } = this.#levels.pop()!;
    const parent = this.#levels.at(-1);
    if (parent !== undefined) parent.key = undefined;
    if (!array) this.#events.push({ kind: 'close', path, line: this.#line, members });
  }

  #problem(message: string, line: number): void {
    this.#events.push({ kind: 'problem', line, message });
  }
}

export class JsonTooDeep extends Error {
  constructor(line: number) {
    super(`objects are nested too deep at line ${line}`);
  }
}

function isPunctuation(code: number): boolean {
  return (
    code === COMMA ||
    code === COLON ||
    code === QUOTE ||
    code === OPEN_ARRAY ||
    code === CLOSE_ARRAY ||
    code === OPEN_OBJECT ||
    code === CLOSE_OBJECT
  );
}
