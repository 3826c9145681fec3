/** `--shard i/N`: which of the things that sources list are this machine's. */
import { parseShard, shardOf } from '../sources/mod.ts';

/**
 * Every machine reads the same sources and takes its share of what they list, by registrable domain,
 * so that a site is read by one machine. What a listed page shows belongs to whoever reads the page.
 * Throws TrawlError `usage`.
 */
export function shardFilter(text: string | undefined): (address: string) => boolean {
  if (text === undefined) return () => true;
  const { index, count } = parseShard(text);
  return (address) => shardOf(address, count) === index - 1;
}
