/** `imgtrawl list`: prints what would be downloaded. */
import { findOnly } from '../../pipeline/find-only.ts';
import type { Command } from '../command.ts';
import { exitCodeOf } from '../exit-code.ts';
import { watchSources } from '../present.ts';

export const list: Command = async ({ args, options, output, signal }) => {
  const job = findOnly(args, options, signal);
  job.events.subscribe(watchSources(output));
  for await (const { ref } of job.images) {
    const { group, page, alt, candidates } = ref;
    const shown = options.all ? candidates : candidates.slice(0, 1);
    for (const [place, candidate] of shown.entries()) {
      const { url, from, width, density } = candidate;
      if (output.json)
        output.record({ url, page, from, chosen: place === 0, width, density, alt, group });
      else output.line(options.all ? `${group}\t${place === 0 ? '*' : ' '}\t${from}\t${url}` : url);
    }
    if (output.closed) break;
  }
  const summary = job.summary();
  if (summary.named === 0) output.failure('imgtrawl: no image was found [no-images]');
  return exitCodeOf({ ...summary, failed: 0 });
};
