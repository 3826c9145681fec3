/** `imgtrawl enqueue`: fills a queue from sources. */
import { enqueue as fill } from '../../queue/mod.ts';
import type { Command } from '../command.ts';
import { watchSources } from '../present.ts';
import { openEngine } from '../queue-engine.ts';

/** Lines of progress for people come at most so often, in ms. */
const EVERY_MS = 2000;

export const enqueue: Command = async (context) => {
  const { args, options, output, signal } = context;
  const { buckets, replicas, ackWait } = options;
  const plan = { buckets, replicas, ackWaitMs: Math.round(ackWait * 1000) };
  await using engine = await openEngine(context, { plan });
  if (engine.plan.buckets !== buckets && context.layers.some(({ values }) => values.buckets)) {
    output.note(`The queue was made with --buckets ${engine.plan.buckets}; that stays`);
  }
  let told = performance.now();
  const done = await fill(engine, args, options, {
    signal,
    watch: [watchSources(output)],
    onUnsendable: (url) =>
      output.failure(`${url.slice(0, 200)} cannot be fetched by other machines; left out`),
    onProgress: ({ addresses, shards, added }) => {
      if (performance.now() - told < EVERY_MS) return;
      told = performance.now();
      output.note(`${addresses} addresses in ${shards} shards, ${added} of them new`);
    },
  });
  const { addresses, shards, added, summary } = done;
  const known = shards - added;
  if (output.json) output.record({ type: 'summary', addresses, shards, added, known });
  output.line(`${addresses} addresses in ${shards} shards: ${added} new, ${known} known`);
  if (addresses === 0) {
    output.failure('imgtrawl: no image was found [no-images]');
    return 3;
  }
  return summary.sourcesFailed > 0 ? 1 : 0;
};
