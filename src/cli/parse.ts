/** Reads the command line with yargs: which command, its arguments, its flags. */
import process from 'node:process';
import yargs, { type Argv } from 'yargs';
import type { RawOptions } from '../config/load.ts';
import { nearest } from '../config/nearest.ts';
import { TrawlError } from '../errors.ts';
import { VERSION } from '../version.ts';
import type { CommandEntry } from './command.ts';
import { addFlags, flagsOf, readFlags } from './flags.ts';

export interface Parsed {
  readonly entry: CommandEntry;
  readonly args: readonly string[];
  readonly raw: RawOptions;
  /** Flags of the command itself, and `config`. */
  readonly flags: Readonly<Record<string, unknown>>;
}

/** Undefined when yargs answered itself (`--help`, `--version`). Throws TrawlError `usage`. */
export async function parse(
  argv: string[],
  commands: readonly CommandEntry[],
): Promise<Parsed | undefined> {
  let chosen: Parsed | undefined;
  const program = yargs()
    .scriptName('imgtrawl')
    .parserConfiguration({ 'greedy-arrays': false, 'camel-case-expansion': false })
    .detectLocale(false)
    .version(`imgtrawl ${VERSION}`)
    .help()
    .alias('h', 'help')
    .wrap(Math.min(100, process.stdout.columns ?? 80))
    .strict()
    .recommendCommands()
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error) => {
      throw error ?? new TrawlError('usage', `${message}. See imgtrawl --help`);
    });
  for (const entry of commands) {
    const [, name = 'arg', many] = /^[<[](\w+)(\.\.)?/.exec(entry.usage) ?? [];
    program.command(
      entry.isDefault
        ? [`${entry.name} ${entry.usage}`, '$0']
        : `${entry.name} ${entry.usage}`.trimEnd(),
      entry.describe,
      (command: Argv) => {
        if (entry.usage !== '') {
          command.positional(name, {
            type: 'string',
            describe: entry.about,
            ...(many && { array: true }),
          });
        }
        if (entry.options) addFlags(command, entry.options);
        if (entry.flags) command.options(entry.flags);
        return command;
      },
      (read: Record<string, unknown>) => {
        const given = read[name];
        const args = (Array.isArray(given) ? given : given === undefined ? [] : [given]).map(
          (word) => (word === DASH ? '-' : String(word)),
        );
        chosen = {
          entry,
          args,
          raw: entry.options ? readFlags(read, entry.options) : {},
          flags: read,
        };
      },
    );
  }
  refuseUnknown(argv, commands);
  await program.parseAsync(argv.map((word) => (word === '-' ? DASH : word)));
  return chosen;
}

/** Standard input as a source. yargs drops a lone dash from a list of positional arguments. */
const DASH = '\0-';

/** Flags that every command has. */
const COMMON = ['help', 'version'];

/**
 * yargs would first ask for a missing source, which an unknown flag may have swallowed as its value;
 * and it names no nearest flag. Throws TrawlError `usage`.
 */
function refuseUnknown(argv: readonly string[], commands: readonly CommandEntry[]): void {
  const named = commands.find(({ name }) => name === argv.find((word) => !word.startsWith('-')));
  const entry = named ?? commands.find((one) => one.isDefault);
  const known = [...COMMON, ...Object.keys(entry?.flags ?? {})];
  if (entry?.options) known.push(...flagsOf(entry.options));
  for (const word of argv) {
    if (word === '--') return;
    const name = /^--([^=]+)/.exec(word)?.[1];
    if (name === undefined || known.includes(name) || known.includes(name.replace(/^no-/, '')))
      continue;
    const near = nearest(name, known);
    const hint =
      near === undefined ? `see imgtrawl ${entry?.name} --help` : `did you mean --${near}?`;
    throw new TrawlError('usage', `unknown option --${name}; ${hint}`);
  }
}
