/** `imgtrawl get`: downloads the images of pages, lists and manifests. */
import { monitored } from '../../monitor/mod.ts';
import { download } from '../../pipeline/download.ts';
import type { Command } from '../command.ts';
import { confirmPrune } from '../confirm.ts';
import { exitCodeOf } from '../exit-code.ts';
import { leaveReport, startTrace } from '../leave.ts';
import { jsonLines, textLines, trouble, watchSources } from '../present.ts';
import { startProgress } from '../progress/mod.ts';

export const get: Command = async ({ args, options, output, signal }) => {
  using progress = await startProgress(output, options.progress);
  using trace = await startTrace(output, options.trace);
  const about = { job: 'get', sources: args, signal, onTrouble: trouble(output) };
  return await monitored(options, about, async (monitor) => {
    const summary = await download(args, options, {
      signal,
      confirmPrune: confirmPrune(output, options.yes),
      watch: [
        watchSources(output),
        output.json ? jsonLines(output) : textLines(output),
        progress.watch(),
        trace.watch(),
        monitor,
      ],
    });
    await leaveReport(output, options);
    if (summary.named === 0) output.failure('imgtrawl: no image was found [no-images]');
    return exitCodeOf(summary);
  });
};
