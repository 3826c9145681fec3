/** The name of a worker's folder, for as long as the folder exists: claims are its, not the process's. */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../store/mod.ts';

/** 72 bits, 12 characters: two of a million folders share one once in 10⁹ times. */
export function folderIdentity(out: string): string {
  const file = join(makeFolder(out).own, 'worker');
  try {
    writeFileSync(file, randomBytes(9).toString('base64url'), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(file, 'utf8').trim();
}
