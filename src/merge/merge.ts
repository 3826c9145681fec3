/** Joins the folders of many workers. */
import type { DedupeMode } from '../dedupe/mod.ts';
import { TrawlError } from '../errors.ts';
import { Catalog, lockFolder, makeFolder, removeFile } from '../store/mod.ts';
import { copyAddresses, settleAddresses } from './addresses.ts';
import { bringFile } from './files.ts';
import { chooseImages } from './images.ts';
import { openInputs } from './inputs.ts';

export interface MergeOptions {
  /** The merged folder. A second merge into it takes what is new. */
  readonly out: string;
  /** As for `get`. */
  readonly mode: DedupeMode;
  /** PDQ bits, as for `get`. */
  readonly nearThreshold: number;
  /** Wait for runs that hold one of the folders. */
  readonly wait: boolean;
  readonly signal: AbortSignal;
  /** An image of a folder is missing there, or changed, and no other folder has it. */
  readonly onMissing: (sha256: string, folder: string) => void;
}

export interface Merged {
  readonly folders: number;
  readonly addresses: number;
  /** Distinct bytes. */
  readonly images: number;
  readonly kept: number;
  readonly duplicates: number;
  readonly missing: number;
  /** Addresses of images that are in none of these folders: one worker's was not given. */
  readonly elsewhere: number;
}

/** Throws TrawlError. Stopped half-way, it is done again from the start. */
export async function mergeFolders(
  paths: readonly string[],
  options: MergeOptions,
): Promise<Merged> {
  const { mode, nearThreshold, signal, onMissing } = options;
  const wait = { waitMs: options.wait ? Number.POSITIVE_INFINITY : 0, signal };
  const folder = makeFolder(options.out);
  const lost = new AbortController();
  using stack = new DisposableStack();
  const inputs = await openInputs(paths, folder, wait, stack);
  const onLost = (error: TrawlError) => lost.abort(error);
  stack.use(await lockFolder(folder, { ...wait, onLost }));
  const out = stack.use(Catalog.open(folder.catalog));
  const either = AbortSignal.any([signal, lost.signal]);
  const run = out.beginRun({ command: 'merge', sources: inputs.map((one) => one.folder.root) });
  const count = { images: 0, kept: 0, duplicates: 0, missing: 0 };
  try {
    const addresses = copyAddresses(inputs, out, run);
    const how = { mode, nearThreshold, signal: either };
    for (const { sha256, from, kept } of chooseImages(inputs, out, run, how)) {
      either.throwIfAborted();
      count.images++;
      const row = out.imageBySha(sha256);
      if (row === undefined) continue;
      if (from === undefined) {
        if (kept)
          out.markDuplicate(sha256, { kept: kept.sha256, kind: 'near', distance: kept.distance });
        if (row.file !== undefined) await removeFile(folder, row.file);
        count.duplicates++;
        continue;
      }
      const others = inputs.filter((input) => input !== from);
      const file = await bringFile(folder, [from, ...others], row);
      if (file === undefined) {
        out.forgetFile(sha256);
        count.missing++;
        onMissing(sha256, from.folder.root);
        continue;
      }
      const { kept: _kept, kind: _kind, distance: _distance, ...facts } = row;
      out.recordImage({ ...facts, file });
      count.kept++;
    }
    const elsewhere = settleAddresses(out, run);
    out.endRun(run, 'done', { ...count, addresses });
    return { folders: inputs.length, addresses, ...count, elsewhere };
  } catch (error) {
    out.endRun(run, error instanceof TrawlError ? error.code : 'internal');
    throw either.aborted ? either.reason : error;
  }
}
