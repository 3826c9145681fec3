import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { compareNames } from './rank.ts';

/** Paths resolved at once: enough to keep a disk busy. */
const BATCH = 64;

/**
 * One path for each file, whatever the order: `a.jpg`, `./a.jpg`, the absolute path and a link to it are one
 * file, and no copies of each other. A path without links goes first, then the shorter one. Hard
 * links stay: each is a name of its own.
 */
export async function onePathEach(
  paths: Iterable<string> | AsyncIterable<string>,
): Promise<string[]> {
  const byFile = new Map<string, { path: string; linked: boolean }>();
  const all = await Array.fromAsync(paths);
  for (let first = 0; first < all.length; first += BATCH) {
    const batch = all.slice(first, first + BATCH);
    // What is not there has no real path; reading it says so.
    const files = await Promise.all(batch.map((path) => realpath(path).catch(() => resolve(path))));
    for (const [at, path] of batch.entries()) {
      const file = files[at] as string;
      const linked = resolve(path) !== file;
      const known = byFile.get(file);
      const better =
        known === undefined ||
        (linked === known.linked ? compareNames(path, known.path) < 0 : known.linked);
      if (better) byFile.set(file, { path, linked });
    }
  }
  return Array.from(byFile.values(), ({ path }) => path);
}
