/**
 * Sources: what the user's arguments mean, and the readers of every list format that people keep
 * image addresses in. Nothing here touches the network: who fetches a body hands it to
 * `readManifest`.
 *
 * Read in this order: item, classify, open; bytes, unpack, encoding, sniff, read; readers/. Crawls
 * (which pages, in which order) and shards stand apart: they see addresses only.
 */

export { type Bytes, bodyBytes, fileBytes, readWhole } from './bytes.ts';
export { classifyArgument, classifyArguments, type SourceArgument } from './classify.ts';
export {
  CrawlFrontier,
  type CrawlLink,
  type CrawlOptions,
  type CrawlPage,
} from './crawl.ts';
export type { CrawlScope } from './crawl-scope.ts';
export type * from './item.ts';
export { localFiles } from './local.ts';
export { type OpenedSource, openSources, type SourceDeps } from './open.ts';
export { type Reading, readManifest } from './read.ts';
export { parseShard, type Shard, shardOf } from './shard.ts';
