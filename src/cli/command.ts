/** What a command of the program is. */
import type { Options as YargsOption } from 'yargs';
import type { Layer } from '../config/layers.ts';
import type { CommandName, Options } from '../config/schema.ts';
import type { Output } from './output.ts';

/** What a command gets; it returns the exit code. */
export interface CommandContext {
  readonly args: readonly string[];
  /** Flags over the environment over the config file's defaults over ours. */
  readonly options: Options;
  /** The same before they were joined, for `run`, where a job comes between. */
  readonly layers: readonly Layer[];
  /** Flags that only this command has, as yargs read them. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly output: Output;
  /** Aborts on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
}

export type Command = (context: CommandContext) => Promise<number>;

/** What people want to do: headings of the first help screen. */
export type Topic = 'Download' | 'Every night' | 'Look at' | 'Many machines' | 'Also';

export interface CommandEntry {
  readonly name: string;
  readonly topic: Topic;
  /** Positional arguments as yargs writes them: `<source..>`. */
  readonly usage: string;
  /** What the positional argument is, for help. */
  readonly about: string;
  readonly describe: string;
  /** The words that the positional argument may be, for completion. */
  readonly words?: readonly string[];
  /** Takes the options of this command in the option table. */
  readonly options?: CommandName;
  /** Flags of its own. */
  readonly flags?: Readonly<Record<string, YargsOption>>;
  /** Runs when no command is named. */
  readonly isDefault?: true;
  readonly load: () => Promise<Command>;
}
