/**
 * A shard on the wire: JSON lines, one a picture, deflated. Its id is the hash of the lines, so that
 * the same list gives the same shards.
 */
import { hash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { TrawlError } from '../errors.ts';
import type { Candidate, ImageRef } from '../model.ts';
import type { Found } from '../pipeline/context.ts';

export interface PackedShard {
  /** SHA-256 of the lines, base64url. */
  readonly id: string;
  readonly bucket: number;
  /** Lines. */
  readonly items: number;
  readonly data: Uint8Array;
}

/** Keys are short: there are 10⁹ of these lines. Whatever is usual is left out. */
interface Line {
  /** Address; several for a picture with fallbacks, the best first. */
  readonly u: string | readonly string[];
  /** Where the first was found. */
  readonly f?: string;
  /** Page that names it. */
  readonly p?: string;
  readonly a?: string;
  /** How public the page is. */
  readonly s?: 'local' | 'private' | 'public';
  /** A page named it, not the user. */
  readonly d?: 1;
  /** It may be a page. */
  readonly m?: 1;
}

/** NATS takes messages of 1 MiB; half of it leaves room for lists that do not compress. */
export const MAX_SHARD_BYTES = 512 * 1024;
/** Fallbacks that travel: the fetching end tries six. */
const MAX_CANDIDATES = 6;
/** A message that unpacks to more is none of ours. */
const MAX_UNPACKED = 64 * 1024 * 1024;

/** Undefined for what cannot travel: files of this machine and pictures within an address. */
export function lineOf({ ref, named, mayBePage }: Found): string | undefined {
  const { page, alt, space, candidates } = ref;
  const sendable = candidates.filter(({ url }) => /^https?:/i.test(url));
  const [first] = sendable;
  if (first === undefined) return undefined;
  const urls = sendable.slice(0, MAX_CANDIDATES).map(({ url }) => url);
  const line: Line = {
    u: urls.length === 1 ? first.url : urls,
    ...(first.from !== 'list' && { f: first.from }),
    ...(page !== undefined && { p: page }),
    ...(alt !== undefined && { a: alt.slice(0, 2000) }),
    ...(space !== undefined && { s: space }),
    ...(!named && { d: 1 }),
    ...(mayBePage && { m: 1 }),
  };
  return JSON.stringify(line);
}

export function packShard(bucket: number, lines: readonly string[]): PackedShard {
  const text = lines.join('\n');
  const id = hash('sha256', text, 'base64url');
  return { id, bucket, items: lines.length, data: gzipSync(text) };
}

/** The lines as they are. Throws TrawlError `bad-shard`. */
export function shardLines(data: Uint8Array): string[] {
  try {
    return gunzipSync(data, { maxOutputLength: MAX_UNPACKED }).toString('utf8').split('\n');
  } catch (cause) {
    throw new TrawlError('bad-shard', 'The message cannot be unpacked', { cause });
  }
}

/** Throws TrawlError `bad-shard` that names the line. */
export function readShard(data: Uint8Array): Found[] {
  return shardLines(data).map((text, index) => {
    const found = foundIn(text, index + 1);
    if (found === undefined) {
      const shown = JSON.stringify(text.slice(0, 100));
      throw new TrawlError(
        'bad-shard',
        `Line ${index + 1} of the shard names no picture: ${shown}`,
      );
    }
    return found;
  });
}

function foundIn(text: string, group: number): Found | undefined {
  let line: Partial<Record<keyof Line, unknown>>;
  try {
    line = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { u, f = 'list', p, a, s, d, m } = line ?? {};
  const urls = (Array.isArray(u) ? u : [u]).slice(0, MAX_CANDIDATES);
  if (urls.length === 0 || !urls.every(isAddress)) return undefined;
  if (typeof f !== 'string' || !isTextOrAbsent(p) || !isTextOrAbsent(a)) return undefined;
  if (s !== undefined && s !== 'local' && s !== 'private' && s !== 'public') return undefined;
  const candidates = urls.map((url): Candidate => ({ url, from: f }));
  const ref: ImageRef = {
    group,
    candidates: candidates as [Candidate, ...Candidate[]],
    ...(p !== undefined && { page: p }),
    ...(a !== undefined && { alt: a }),
    ...(s !== undefined && { space: s }),
  };
  return { ref, named: d !== 1, mayBePage: m === 1 };
}

const isAddress = (value: unknown): value is string =>
  typeof value === 'string' && /^https?:/i.test(value) && URL.canParse(value);

const isTextOrAbsent = (value: unknown): value is string | undefined =>
  value === undefined || typeof value === 'string';
