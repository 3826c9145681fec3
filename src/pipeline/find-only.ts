/** The finding half of a job: what `imgtrawl list` prints. */
import type { Options } from '../config/schema.ts';
import { addressFilter } from '../extract/filter.ts';
import { FetchPool } from '../fetch/mod.ts';
import type { Found } from './context.ts';
import { EventStream, type Summary } from './events.ts';
import { Finder } from './find.ts';
import { shardFilter } from './shard-filter.ts';
import { extractOptions, fetchOptions } from './stage-options.ts';
import { Tally } from './tally.ts';

export interface FindJob {
  readonly events: EventStream;
  readonly images: AsyncGenerator<Found, void>;
  summary(): Summary;
}

export function findOnly(args: readonly string[], options: Options, signal: AbortSignal): FindJob {
  const events = new EventStream();
  const tally = new Tally();
  events.subscribe((event) => tally.watch(event));
  const started = performance.now();
  return {
    events,
    images: find(args, options, events, signal),
    summary: () => tally.summary((performance.now() - started) / 1000),
  };
}

async function* find(
  args: readonly string[],
  options: Options,
  events: EventStream,
  signal: AbortSignal,
): AsyncGenerator<Found, void> {
  await using pool = new FetchPool(fetchOptions(options), {
    signal,
    onEvent: (event) => events.emit({ type: 'fetch', event }),
  });
  const extract = extractOptions(options);
  const finder = new Finder({
    options,
    extract,
    pool,
    events,
    signal,
    wanted: addressFilter(options.include, options.exclude),
    mine: shardFilter(options.shard),
  });
  for await (const found of finder.images(args)) {
    yield found;
    if (found.mayBePage) finder.settle();
  }
}
