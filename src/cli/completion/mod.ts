/** Completion scripts for shells, made from the commands and the option table. */
import type { CommandEntry } from '../command.ts';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import { completions } from './words.ts';
import { zshScript } from './zsh.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

export function completionScript(shell: Shell, commands: readonly CommandEntry[]): string {
  return SCRIPTS[shell](completions(commands));
}
