/** Asks before anything is removed. */
import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import type { ConfirmPrune } from '../pipeline/prune.ts';
import { type Output, plain } from './output.ts';

/** Yes with `--yes`; asks on a terminal; elsewhere says what it would take, and removes nothing. */
export function confirmPrune(output: Output, yes: boolean): ConfirmPrune {
  return async (files) => {
    if (yes) return true;
    for (const file of files) output.note(`  ${file}`);
    const count = `${files.length} file(s) that nothing names any more`;
    if (!process.stdin.isTTY || !process.stderr.isTTY) {
      output.failure(`imgtrawl: ${count} were left; --yes removes them`);
      return false;
    }
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return /^y(?:es)?$/i.test((await terminal.question(plain(`Remove ${count}? [y/N] `))).trim());
    } finally {
      terminal.close();
    }
  };
}
