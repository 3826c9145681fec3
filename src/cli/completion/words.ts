/** What can be completed, whichever the shell. */
import { flagName, OPTIONS } from '../../config/schema.ts';
import type { CommandEntry } from '../command.ts';
import { flagsOf } from '../flags.ts';

export interface Completion {
  readonly command: string;
  readonly describe: string;
  readonly isDefault: boolean;
  readonly flags: readonly FlagCompletion[];
  readonly arguments: Values;
}

export interface FlagCompletion {
  /** Without dashes. */
  readonly name: string;
  readonly letter?: string;
  readonly describe: string;
  /** Absent when it takes none. */
  readonly value?: Values;
}

/** Words to choose from; files; folders; or anything, for which nothing is offered. */
export type Values = readonly string[] | 'files' | 'folders' | 'any';

export function completions(commands: readonly CommandEntry[]): Completion[] {
  return commands.map((entry) => ({
    command: entry.name,
    describe: entry.describe,
    isDefault: entry.isDefault === true,
    flags: [...flags(entry), { name: 'help', letter: 'h', describe: 'Show help' }],
    arguments: entry.words ?? (/^[<[](?:source|path|dir)/.test(entry.usage) ? 'files' : 'any'),
  }));
}

const table = new Map(Object.entries(OPTIONS).map(([name, option]) => [flagName(name), option]));
/** Flags of single commands that name files. */
const FILES = new Set(['config', 'out']);

function flags(entry: CommandEntry): FlagCompletion[] {
  return Object.entries(flagsOf(entry)).flatMap(([name, flag]): FlagCompletion[] => {
    // What is on says how to turn it off, which is then all that there is to complete.
    const off = ` (--no-${name}: do not`;
    const [describe = '', isOn] = (flag.describe ?? '').split(off);
    if (flag.type === 'boolean') {
      if (isOn !== undefined) return [{ name: `no-${name}`, describe: `Do not: ${describe}` }];
      return [{ name, describe, ...letter(flag.alias) }];
    }
    const value = flag.choices ? flag.choices.map(String) : files(name);
    return [{ name, describe, value, ...letter(flag.alias) }];
  });
}

function files(name: string): Values {
  const option: { readonly path?: true; readonly value?: string } | undefined = table.get(name);
  if (option?.value === 'DIR') return 'folders';
  if (option?.path || option?.value === 'FILE') return 'files';
  return option === undefined && FILES.has(name) ? 'files' : 'any';
}

const letter = (alias: unknown): { letter?: string } =>
  typeof alias === 'string' && alias.length === 1 ? { letter: alias } : {};
