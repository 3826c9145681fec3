/** `--include` and `--exclude`: globs and regular expressions on addresses. */

import { TrawlError } from '../errors.ts';

export type AddressFilter = (url: string) => boolean;

type Matcher = (url: string) => boolean;

/** Addresses are tested up to here: a user's regular expression meets hostile addresses. */
const TESTED_LENGTH = 4096;

export function addressFilter(
  include: readonly string[],
  exclude: readonly string[],
): AddressFilter {
  if (include.length === 0 && exclude.length === 0) return () => true;
  const wanted = include.map(compilePattern);
  const unwanted = exclude.map(compilePattern);
  return (url) => {
    const tested = url.slice(0, TESTED_LENGTH);
    if (unwanted.some((matches) => matches(tested))) return false;
    return wanted.length === 0 || wanted.some((matches) => matches(tested));
  };
}

function compilePattern(pattern: string): Matcher {
  const regex = /^\/(.*)\/([a-z]*)$/s.exec(pattern);
  if (regex === null) return globMatcher(pattern);
  try {
    // Without g and y: a matcher that remembers where it was gives different answers.
    const compiled = new RegExp(regex[1]!, regex[2]!.replace(/[gy]/g, ''));
    return (url) => compiled.test(url);
  } catch (cause) {
    throw new TrawlError(
      'usage',
      `--include/--exclude: ${pattern} is no valid regular expression: ${(cause as Error).message}`,
      { cause },
    );
  }
}

/**
 * `*` and `**` stand for any characters, `/` too; `?` for one; `[a-z]` for one of a class; `{a,b}`
 * for either. The whole address must match: with or without its scheme, with or without its query.
 */
function globMatcher(glob: string): Matcher {
  const patterns = expandBraces(glob).map(parseGlob);
  return (url) => {
    const bare = url.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '');
    const forms = [url, bare, withoutQuery(url), withoutQuery(bare)];
    return patterns.some((pattern) => forms.some((form) => matchGlob(pattern, form)));
  };
}

const withoutQuery = (url: string) => url.replace(/[?#].*$/s, '');

/** `a{b,c}d` to `abd`, `acd`. Bounded: what goes beyond is taken literally. */
function expandBraces(glob: string): string[] {
  const pending = [glob];
  const done: string[] = [];
  while (pending.length > 0) {
    const current = pending.pop()!;
    const group = /\{([^{}]*,[^{}]*)\}/.exec(current);
    if (group === null || pending.length + done.length > 256) {
      done.push(current);
      continue;
    }
    const before = current.slice(0, group.index);
    const after = current.slice(group.index + group[0].length);
    for (const choice of group[1]!.split(',')) pending.push(before + choice + after);
  }
  return done;
}

type GlobPart = '*' | ((char: string) => boolean);

function parseGlob(glob: string): GlobPart[] {
  const parts: GlobPart[] = [];
  for (let at = 0; at < glob.length; at++) {
    const char = glob[at]!;
    if (char === '*') {
      if (parts.at(-1) !== '*') parts.push('*');
    } else if (char === '?') {
      parts.push(() => true);
    } else if (char === '[' && glob.indexOf(']', at + 2) > 0) {
      const end = glob.indexOf(']', at + 2);
      parts.push(classMatcher(glob.slice(at + 1, end)));
      at = end;
    } else {
      const lower = char.toLowerCase();
      parts.push((other) => other.toLowerCase() === lower);
    }
  }
  return parts;
}

function classMatcher(text: string): (char: string) => boolean {
  const negated = text[0] === '!' || text[0] === '^';
  const body = negated ? text.slice(1) : text;
  const ranges: [string, string][] = [];
  for (let at = 0; at < body.length; at++) {
    if (body[at + 1] === '-' && at + 2 < body.length) {
      ranges.push([body[at]!, body[at + 2]!]);
      at += 2;
    } else {
      ranges.push([body[at]!, body[at]!]);
    }
  }
  return (char) => ranges.some(([low, high]) => low <= char && char <= high) !== negated;
}

/** Only the last `*` is ever tried again, which is enough for globs and never exponential. */
function matchGlob(pattern: readonly GlobPart[], text: string): boolean {
  let part = 0;
  let at = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    const current = pattern[part];
    if (current === '*') {
      star = part++;
      resume = at;
    } else if (current?.(text[at]!)) {
      part++;
      at++;
    } else if (star >= 0) {
      part = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[part] === '*') part++;
  return part === pattern.length;
}
