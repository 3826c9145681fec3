/** Reads and writes the user's own crontab through crontab(1). */
import { spawnSync } from 'node:child_process';
import { TrawlError } from '../errors.ts';

/**
 * Replaces the user's table by what `edit` makes of it. Both are bytes, one in each character: a
 * crontab is in no known encoding, and what is not ours is to stay as it is. Use `asBytes` on text.
 */
export function editCrontab(edit: (table: string) => string): void {
  const before = read();
  const after = edit(before);
  if (after === before) return;
  if (after === '') run(['-r']);
  // crontab checks the table first, and leaves the old one when the new one is wrong.
  else run(['-'], after);
}

/** UTF-8, one byte in each character. */
export const asBytes = (text: string): string => Buffer.from(text).toString('latin1');

/** Empty when the user has none. */
function read(): string {
  const { status, stdout, stderr, error } = spawnSync('crontab', ['-l'], { encoding: 'latin1' });
  if (error)
    throw new TrawlError('usage', `crontab cannot be run (${error.message}); is cron installed?`);
  if (status === 0) return stdout;
  if (/no crontab for/i.test(stderr)) return '';
  throw new TrawlError('usage', `crontab -l failed: ${stderr.trim()}`);
}

function run(args: string[], input = ''): void {
  const { status, stderr } = spawnSync('crontab', args, { input: Buffer.from(input, 'latin1') });
  if (status !== 0) {
    const why = stderr.toString().trim();
    throw new TrawlError('usage', `crontab refused the new table, and the old one stays: ${why}`);
  }
}
