/** `imgtrawl get`: downloads the images of pages, lists and manifests. */
import { download } from '../../pipeline/download.ts';
import type { Command } from '../command.ts';
import { exitCodeOf } from '../exit-code.ts';
import { jsonLines, textLines, watchSources } from '../present.ts';

export const get: Command = async ({ args, options, output, signal }) => {
  const summary = await download(args, options, {
    signal,
    watch: [watchSources(output), output.json ? jsonLines(output) : textLines(output)],
  });
  if (summary.images === 0) output.failure('imgtrawl: no image was found [no-images]');
  return exitCodeOf(summary);
};
