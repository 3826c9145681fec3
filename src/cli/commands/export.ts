/** `imgtrawl export`: the catalog of a folder for other programs. */
import { createWriteStream } from 'node:fs';
import process from 'node:process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseSize } from '../../config/units.ts';
import { TrawlError } from '../../errors.ts';
import { fileError } from '../../store/file-error.ts';
import {
  Catalog,
  csvLines,
  folderAt,
  jsonLines,
  recordsOf,
  writeParquet,
  writeWebdataset,
} from '../../store/mod.ts';
import type { Command, CommandContext } from '../command.ts';

export const exportFolder: Command = async (context) => {
  const { args, flags, output, signal } = context;
  const folder = folderAt(args[0] as string);
  using catalog = Catalog.open(folder.catalog, { readOnly: true });
  const out = flags.out as string | undefined;
  switch (flags.format) {
    case 'jsonl':
      await write(jsonLines(recordsOf(catalog)), out);
      return 0;
    case 'csv':
      await write(csvLines(recordsOf(catalog)), out);
      return 0;
    case 'parquet': {
      const rows = await writeParquet(recordsOf(catalog), needed(out, 'parquet', 'a file'));
      output.note(`${rows} rows in ${out}`);
      return 0;
    }
    default: {
      const shardBytes = shardSize(context);
      const { shards, images, skipped } = await writeWebdataset(folder, catalog, {
        out: needed(out, 'webdataset', 'a folder'),
        shardBytes,
        signal,
        onSkip: (file) => output.failure(`${file} is missing or changed; it was left out`),
      });
      output.note(`${images} images in ${shards.length} shard(s) in ${out}`);
      return skipped > 0 ? 1 : 0;
    }
  }
};

function needed(out: string | undefined, format: string, what: string): string {
  if (out !== undefined) return out;
  throw new TrawlError('usage', `--format ${format} needs ${what} to write to: -o PATH`);
}

function shardSize({ flags }: CommandContext): number {
  const size = parseSize(String(flags['shard-size']));
  if (size !== undefined && size > 0) return size;
  throw new TrawlError(
    'usage',
    `--shard-size: expected a size such as 1GB; got "${flags['shard-size']}"`,
  );
}

async function write(lines: Iterable<string>, out: string | undefined): Promise<void> {
  try {
    if (out === undefined) await pipeline(Readable.from(lines), process.stdout, { end: false });
    else await pipeline(Readable.from(lines), createWriteStream(out));
  } catch (error) {
    // `| head` has read enough.
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return;
    throw fileError(error, out ?? 'standard output');
  }
}
