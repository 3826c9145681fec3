/** Finds the addresses in one parsed JSON value: a string, a record, or what wraps them. */

import { refusal, resolveAddress } from './address.ts';
import type { SourceItem } from './item.ts';
import { isUrlName, plain, roleOf, SIZE_NAMES, URL_NAMES } from './names.ts';

export interface RecordContext {
  readonly base: string | undefined;
  /** Only this key (or dotted path) holds addresses; absent: the usual names. */
  readonly urlKey: string | undefined;
  readonly line: number;
}

type Json = Record<string, unknown>;

/** Levels walked; records are flat, and recursion must end. */
const MAX_DEPTH = 32;

/**
 * The items of a value found under `key` (`undefined` at the root, where strings are addresses).
 * A record's own address wins; one without is searched for records inside.
 */
export function recordItems(
  value: unknown,
  key: string | undefined,
  context: RecordContext,
  depth = 0,
): SourceItem[] {
  if (depth > MAX_DEPTH) return [];
  if (typeof value === 'string') return holdsAddress(key, context) ? [address(value, context)] : [];
  if (Array.isArray(value)) {
    return value.flatMap((element) => recordItems(element, key, context, depth + 1));
  }
  if (typeof value !== 'object' || value === null) return [];
  const record = value as Json;
  const own = ownItems(record, key, context, depth);
  if (own.length > 0) return own;
  return Object.entries(record).flatMap(([name, child]) =>
    typeof child === 'object' ? recordItems(child, name, context, depth + 1) : [],
  );
}

function holdsAddress(key: string | undefined, { urlKey }: RecordContext): boolean {
  return key === undefined || (urlKey === undefined ? isUrlName(key) : key === urlKey);
}

/** The items of the best key that leads to a usable address, with what the record says of them. */
function ownItems(
  record: Json,
  key: string | undefined,
  context: RecordContext,
  depth: number,
): SourceItem[] {
  if (context.urlKey !== undefined) {
    const value = lookUp(record, context.urlKey);
    return value === undefined
      ? []
      : described(record, recordItems(value, context.urlKey, context, depth + 1));
  }
  if (key !== undefined && isUrlName(key)) {
    const sizes = sizeItem(record, context);
    if (sizes !== undefined) return [sizes];
  }
  const values = new Map(Object.entries(record).map(([name, value]) => [plain(name), value]));
  let relative: SourceItem[] = [];
  for (const name of URL_NAMES) {
    const value = values.get(name);
    if (value === undefined || value === null || value === '') continue;
    const items = recordItems(value, name, context, depth + 1);
    const absolute = typeof value !== 'string' || /^(?:[a-z][a-z\d+.-]*:|\/\/)/i.test(value);
    // `source: "Flickr"` beside `url: "https://…"`: what is clearly an address goes first.
    if (absolute && items.some(({ kind }) => kind !== 'problem')) return described(record, items);
    if (relative.length === 0) relative = items;
  }
  return described(record, relative);
}

/** `{"original": …, "large": …, "thumb": …}`: sizes of one picture. */
function sizeItem(record: Json, { base, line }: RecordContext): SourceItem | undefined {
  const candidates = SIZE_NAMES.flatMap((name) => {
    const value = record[name];
    const url = typeof value === 'string' ? resolveAddress(value, base) : undefined;
    return url === undefined ? [] : [{ url, from: 'json' }];
  });
  const [first, ...others] = candidates;
  // A lone `full` or `small` says nothing; two are sizes.
  if (first === undefined || others.length === 0) return undefined;
  return { kind: 'image', candidates: [first, ...others], line };
}

function described(record: Json, items: SourceItem[]): SourceItem[] {
  const extra: { alt?: string; title?: string; width?: number } = {};
  for (const [name, value] of Object.entries(record)) {
    const role = roleOf(name);
    if (role === 'width') {
      const width = Number(value);
      if (typeof value !== 'object' && width > 0 && width < 1e6) extra.width ??= Math.round(width);
    } else if (role !== undefined && typeof value === 'string' && value !== '') {
      extra[role] ??= value;
    }
  }
  return items.map((item) => {
    if (item.kind === 'address') return { ...extra, ...item };
    const { alt, title } = extra;
    if (item.kind !== 'image') return item;
    return {
      ...(alt === undefined ? {} : { alt }),
      ...(title === undefined ? {} : { title }),
      ...item,
    };
  });
}

/** The key itself, else a path of keys joined by dots. */
function lookUp(record: Json, key: string): unknown {
  if (Object.hasOwn(record, key)) return record[key];
  let value: unknown = record;
  for (const part of key.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part))
      return undefined;
    value = (value as Json)[part];
  }
  return value;
}

function address(raw: string, { base, line }: RecordContext): SourceItem {
  const url = resolveAddress(raw, base);
  if (url === undefined) return { kind: 'problem', line, message: refusal(raw, base) };
  return { kind: 'address', url, from: 'json', line };
}
