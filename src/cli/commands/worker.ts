/** `imgtrawl worker`: takes shards from a queue. */
import { TrawlError } from '../../errors.ts';
import { type ShardEnd, work } from '../../queue/mod.ts';
import { openBucket } from '../bucket.ts';
import type { Command } from '../command.ts';
import { jsonLines, textLines, watchSources } from '../present.ts';
import { openEngine } from '../queue-engine.ts';

/** Workers and the server are often started together. */
const CONNECT_MS = 60_000;

export const worker: Command = async (context) => {
  const { options, output, signal } = context;
  if (options.depth > 0 && options.scope === 'any') {
    throw new TrawlError('usage', '--scope any leads to sites that other workers are busy with');
  }
  await using bucket = await openBucket(context);
  await using engine = await openEngine(context, { waitMs: CONNECT_MS });
  const onShard = (id: string, end: ShardEnd): void => {
    if (output.json) output.record({ type: 'shard', id, ...end });
    if (end.end === 'dead') output.failure(`shard ${id} was put aside: ${end.reason}`);
    else if (end.end === 'released') output.failure(`shard ${id} was given back: ${end.reason}`);
    else output.detail(`shard ${id}: ${end.end}`);
  };
  const watch = [watchSources(output), output.json ? jsonLines(output) : textLines(output)];
  const { dead } = await work(engine, options, { signal, watch, onShard, bucket });
  return dead > 0 ? 1 : 0;
};
