/** `imgtrawl licenses`: the licences of everything that is inside the executable. */
import process from 'node:process';
import { TrawlError } from '../../errors.ts';
import { loadAsset } from '../../runtime/assets.ts';
import type { Command } from '../command.ts';

export const licenses: Command = async () => {
  let text: Uint8Array;
  try {
    text = loadAsset('licenses.txt');
  } catch (cause) {
    throw new TrawlError('source-unreadable', (cause as Error).message, { cause });
  }
  process.stdout.write(text);
  return 0;
};
