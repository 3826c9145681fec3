/** Reads and writes the user's own crontab through crontab(1). */
import { spawnSync } from 'node:child_process';
import { TrawlError } from '../errors.ts';

/** Empty when the user has none. */
export function readCrontab(): string {
  const { status, stdout, stderr, error } = spawnSync('crontab', ['-l'], { encoding: 'utf8' });
  if (error)
    throw new TrawlError('usage', `crontab cannot be run (${error.message}); is cron installed?`);
  if (status === 0) return stdout;
  if (/no crontab for/i.test(stderr)) return '';
  throw new TrawlError('usage', `crontab -l failed: ${stderr.trim()}`);
}

/** Replaces the whole table. crontab checks it first and leaves the old one when it is wrong. */
export function writeCrontab(text: string): void {
  const { status, stderr } = spawnSync('crontab', ['-'], { input: text, encoding: 'utf8' });
  if (status !== 0)
    throw new TrawlError('usage', `crontab refused the new table: ${stderr.trim()}`);
}
