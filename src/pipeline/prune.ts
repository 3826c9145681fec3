/** Removes what the sources no longer name. */
import type { EventStream } from './events.ts';
import type { Shelf } from './shelf.ts';

/** Asked with the names of the files that would go. */
export type ConfirmPrune = (files: readonly string[]) => Promise<boolean>;

export async function prune(
  shelf: Shelf,
  events: EventStream,
  { sourcesFailed, confirm }: { sourcesFailed: number; confirm: ConfirmPrune },
): Promise<void> {
  if (sourcesFailed > 0) {
    // What a source that could not be read names, nobody knows.
    const message = 'nothing was removed, because not every source could be read';
    events.emit({ type: 'problem', source: '--prune', message });
    return;
  }
  const files = shelf.leftovers.files();
  if (files.length === 0 || !(await confirm(files))) return;
  for (const file of files) {
    await shelf.leftovers.remove(file);
    events.emit({ type: 'pruned', file });
  }
}
