/** A manifest of which nothing can be understood is an error, not a list of problems. */

import { TrawlError } from '../errors.ts';
import type { ManifestFormat, ProblemItem, SourceBatches } from './item.ts';

/** Problems held back while nothing has been understood yet. */
const MAX_HELD = 1000;

/** Passes the items on; throws `source-unreadable` at the end when there were problems only. */
export async function* understood(
  batches: SourceBatches,
  format: ManifestFormat,
  name: string,
): SourceBatches {
  let held: readonly ProblemItem[] = [];
  let first: ProblemItem | undefined;
  let problems = 0;
  let found = false;
  for await (const batch of batches) {
    if (found) {
      if (batch.length > 0) yield batch;
      continue;
    }
    found = batch.some(({ kind }) => kind !== 'problem');
    if (found) {
      yield [...held, ...batch];
      held = [];
      continue;
    }
    const bad = batch as readonly ProblemItem[];
    first ??= bad[0];
    problems += bad.length;
    // A file of garbage a gigabyte long: enough to say so.
    if (held.length < MAX_HELD) held = [...held, ...bad].slice(0, MAX_HELD);
  }
  if (found || first === undefined) return;
  const rows = problems === 1 ? 'its only row' : `none of its ${problems} rows`;
  const verb = problems === 1 ? 'cannot' : 'can';
  throw new TrawlError(
    'source-unreadable',
    `${name} looks like ${format}, but ${rows} ${verb} be understood; ` +
      `line ${first.line}: ${first.message} (--input-format names another format)`,
  );
}
