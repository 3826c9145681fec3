/** Where what was learnt of local files is kept between runs. */
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { FileCache } from '../dedupe/mod.ts';

/** In the user's cache folder; in memory when there is none that can be written, or none is wanted. */
export function openFileCache(wanted: boolean): FileCache {
  if (!wanted) return new FileCache(':memory:');
  try {
    const folder = join(
      process.env.XDG_CACHE_HOME || join(process.env.HOME || homedir(), '.cache'),
      'imgtrawl',
    );
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return new FileCache(join(folder, 'files.sqlite'));
  } catch {
    return new FileCache(':memory:');
  }
}
