/** Asks before anything is removed. */
import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import type { ConfirmPrune } from '../pipeline/prune.ts';
import { type Output, plain } from './output.ts';

/** Yes with `--yes`; asks on a terminal; elsewhere says that it needs `--yes`. */
export async function ask(what: string, output: Output, yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    output.failure(`imgtrawl: ${what}: nothing was done; it needs --yes`);
    return false;
  }
  using _screen = output.hold();
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(?:es)?$/i.test((await terminal.question(plain(`${what}. Go on? [y/N] `))).trim());
  } finally {
    terminal.close();
  }
}

/** Names the files, then asks. */
export function confirmPrune(output: Output, yes: boolean): ConfirmPrune {
  return async (files) => {
    if (!yes) for (const file of files) output.note(`  ${file}`);
    return ask(`${files.length} file(s) to remove that nothing names any more`, output, yes);
  };
}
