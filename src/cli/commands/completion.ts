/** `imgtrawl completion bash|zsh|fish`: a script that the shell reads. */
import process from 'node:process';
import { TrawlError } from '../../errors.ts';
import type { Command } from '../command.ts';
import { completionScript, SHELLS } from '../completion/mod.ts';
import { COMMANDS } from './mod.ts';

export const completion: Command = async ({ args }) => {
  const shell = SHELLS.find((one) => one === args[0]);
  if (shell === undefined) {
    throw new TrawlError(
      'usage',
      `completion: expected one of ${SHELLS.join(', ')}; got "${args[0]}"`,
    );
  }
  process.stdout.write(completionScript(shell, COMMANDS));
  return 0;
};
