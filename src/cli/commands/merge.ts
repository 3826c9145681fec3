/** `imgtrawl merge`: one folder out of many workers' ones. */
import { mergeFolders } from '../../merge/mod.ts';
import type { Command } from '../command.ts';

export const merge: Command = async ({ args, options, output, signal }) => {
  const { out, nearThreshold, dedupe, wait } = options;
  const merged = await mergeFolders(args, {
    out,
    mode: dedupe,
    nearThreshold,
    wait,
    signal,
    onMissing: (sha256, folder) =>
      output.failure(
        `${sha256} is missing in ${folder}, or has another size than its catalog says`,
      ),
  });
  const { folders, images, kept, duplicates, missing, addresses, elsewhere } = merged;
  if (output.json) output.record({ type: 'summary', ...merged });
  output.line(
    `${folders} folders: ${addresses} addresses, ${images} images; ${kept} kept in ${out}, ${duplicates} near duplicates`,
  );
  if (elsewhere > 0) {
    output.failure(
      `${elsewhere} addresses gave images that another folder keeps, which was not given`,
    );
  }
  return missing > 0 || elsewhere > 0 ? 1 : 0;
};
