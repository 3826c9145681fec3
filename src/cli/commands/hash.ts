/** `imgtrawl hash`: format, size, SHA-256 and PDQ of local images. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { map } from '../../concurrency/mod.ts';
import { TrawlError, toTrawlError } from '../../errors.ts';
import { createInspector } from '../../inspect/mod.ts';
import { inspectOptions } from '../../pipeline/stage-options.ts';
import { localFiles } from '../../sources/local.ts';
import type { Command } from '../command.ts';

export const hash: Command = async ({ args, options, output, signal }) => {
  const files = await localFiles(args, process.cwd());
  await using inspector = createInspector({ ...inspectOptions(options), signal });
  const { dihedral } = options;
  const inspectFile = async (file: string) => {
    const bytes = new Uint8Array(await readLocal(file));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const length = bytes.length;
    const { format, width, height, pdq, quality, ...more } = await inspector.inspect(bytes, {
      dihedral,
    });
    const { thumbnail: _, ...rest } = more;
    return { file, format, width, height, bytes: length, sha256, pdq, quality, ...rest };
  };
  let failed = 0;
  const outcomes = map(files, { submit: inspectFile, window: (options.workers ?? 4) * 2, signal });
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

async function readLocal(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
    throw new TrawlError('source-unreadable', why, { cause });
  }
}
