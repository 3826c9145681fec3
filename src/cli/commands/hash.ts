/** `imgtrawl hash`: format, size, SHA-256 and PDQ of local images. */
import process from 'node:process';
import { map } from '../../concurrency/mod.ts';
import { toTrawlError } from '../../errors.ts';
import { createInspector } from '../../inspect/mod.ts';
import { lookWith } from '../../pipeline/look-file.ts';
import { inspectOptions } from '../../pipeline/stage-options.ts';
import { localFiles } from '../../sources/local.ts';
import type { Command } from '../command.ts';

export const hash: Command = async ({ args, options, output, signal }) => {
  const files = await localFiles(args, process.cwd());
  await using inspector = createInspector({ ...inspectOptions(options), signal });
  const look = lookWith(inspector, { dihedral: options.dihedral });
  const inspectFile = async (file: string) => {
    const { sha256, bytes, inspection } = await look(file);
    const { format, width, height, pdq, quality, thumbnail: _, ...rest } = inspection;
    return { file, format, width, height, bytes, sha256, pdq, quality, ...rest };
  };
  let failed = 0;
  const outcomes = map(files, { submit: inspectFile, window: inspector.window, signal });
  for await (const outcome of outcomes) {
    if (outcome.ok) {
      const row = outcome.value;
      if (output.json) output.record(row);
      else
        output.line(
          `${row.pdq ?? '-'.repeat(64)} ${row.quality ?? '-'} ${row.format} ${row.width}×${row.height} ${row.file}`,
        );
      continue;
    }
    failed++;
    const { code, message } = toTrawlError(outcome.error, 'source-unreadable');
    if (output.json) output.record({ file: outcome.task, error: { code, message } });
    else output.failure(`${outcome.task}: ${message} [${code}]`);
  }
  if (files.length > 0 && failed === files.length) return 3;
  return failed > 0 ? 1 : 0;
};
