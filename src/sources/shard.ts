/** Which of several workers an address belongs to. */

import { TrawlError } from '../errors.ts';
import { siteOf } from './crawl-scope.ts';

/** A shard as `--shard` writes it: number `index` (from 1) of `count`. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/**
 * The shard of an address, 0 to `count` − 1: the same on every machine and in every release. It
 * hashes the registrable domain, so that one worker alone is polite to a site and keeps its
 * connections. What is no address goes by its text.
 */
export function shardOf(address: string, count: number): number {
  const url = URL.parse(address);
  const site = url === null || url.hostname === '' ? address : siteOf(url);
  return mix(fnv1a(site)) % count;
}

/** Reads `i/N`. Throws `usage`. */
export function parseShard(text: string): Shard {
  const parts = /^(\d{1,6})\/(\d{1,6})$/.exec(text.trim());
  const shard = { index: Number(parts?.[1]), count: Number(parts?.[2]) };
  if (parts === null || shard.index < 1 || shard.index > shard.count) {
    throw new TrawlError(
      'usage',
      `not a shard: ${text} (expected i/N with 1 ≤ i ≤ N, such as 2/8)`,
    );
  }
  return shard;
}

/** 32-bit FNV-1a over UTF-16 units; host names are ASCII. http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}

/** The finalizer of MurmurHash3: FNV's low bits alone follow the last letter too closely. */
function mix(hash: number): number {
  let mixed = hash;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
