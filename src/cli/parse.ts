/**
 * Reads the command line: which command, its arguments, its flags. By yargs' own parser; yargs itself,
 * which takes 50 ms to load, lays out the help.
 */
import { existsSync } from 'node:fs';
import parser from 'yargs-parser';
import type { RawOptions } from '../config/load.ts';
import { nearest } from '../config/nearest.ts';
import { TrawlError } from '../errors.ts';
import type { CommandEntry } from './command.ts';
import { type Flags, flagsOf, readFlags } from './flags.ts';

export interface Parsed {
  readonly entry: CommandEntry;
  readonly args: readonly string[];
  readonly raw: RawOptions;
  /** Flags of the command itself, and `config`. */
  readonly flags: Readonly<Record<string, unknown>>;
}

/** Undefined when it was asked for help, which is printed. Throws TrawlError `usage`. */
export async function parse(
  argv: readonly string[],
  commands: readonly CommandEntry[],
): Promise<Parsed | undefined> {
  const named = (word: unknown) => commands.find(({ name }) => name === word);
  const first = named(argv[0]);
  let entry = first ?? (commands.find(({ isDefault }) => isDefault) as CommandEntry);
  const words = first ? argv.slice(1) : argv;
  if (!first) refuseMisspelt(argv[0], commands);
  const end = words.indexOf('--');
  const beforeEnd = words.slice(0, end < 0 ? undefined : end);
  if (beforeEnd.some((word) => word === '--help' || word === '-h')) {
    const { showHelp } = await import('./help.ts');
    await showHelp(entry);
    return undefined;
  }
  let read = readWords(words, entry);
  // `imgtrawl -o out get URL`: the command came after its options.
  const later = first ? undefined : named(read.args[0]);
  if (later) {
    entry = later;
    read = readWords(words, later);
    read.args.shift();
  }
  const { args, flags } = read;
  checkCount(args, entry);
  return { entry, args, raw: entry.options ? readFlags(flags, entry.options) : {}, flags };
}

/** Throws TrawlError `usage` for a flag that the command does not have, and for one without its value. */
function readWords(
  words: readonly string[],
  entry: CommandEntry,
): { args: string[]; flags: Record<string, unknown> } {
  const table = flagsOf(entry);
  refuseUnknown(words, table, entry);
  const names = Object.keys(table);
  const those = (test: (flag: Flags[string]) => unknown) =>
    names.filter((name) => test(table[name] as Flags[string]));
  const { argv, error } = parser.detailed([...words], {
    boolean: those((flag) => flag.type === 'boolean'),
    string: those((flag) => flag.type === 'string'),
    array: those((flag) => flag.array),
    narg: Object.fromEntries(those((flag) => flag.requiresArg).map((name) => [name, 1])),
    // Of those that have one: the parser compares each pair of them.
    alias: Object.fromEntries(
      those((flag) => flag.alias).map((name) => [name, [table[name]?.alias ?? []].flat()]),
    ),
    default: Object.fromEntries(
      those((flag) => flag.default !== undefined).map((name) => [name, table[name]?.default]),
    ),
    configuration: {
      'greedy-arrays': false,
      'camel-case-expansion': false,
      'parse-positional-numbers': false,
      'strip-aliased': true,
    },
  });
  if (error) throw new TrawlError('usage', `${error.message}; see imgtrawl ${entry.name} --help`);
  const { _: args, ...flags } = argv;
  for (const [name, value] of Object.entries(flags)) {
    const choices = table[name]?.choices;
    const wrong = [value].flat().find((one) => choices && !choices.includes(one));
    if (wrong === undefined) continue;
    const allowed = choices?.join(', ');
    throw new TrawlError(
      'usage',
      `--${name}: expected one of ${allowed}; got ${JSON.stringify(wrong)}`,
    );
  }
  return { args: args.map(String), flags };
}

/** A single word that is no file, but nearly a command. Throws TrawlError `usage`. */
function refuseMisspelt(word: string | undefined, commands: readonly CommandEntry[]): void {
  if (word === undefined || !/^[a-z]{2,20}$/i.test(word)) return;
  const near = nearest(
    word,
    commands.map(({ name }) => name),
  );
  if (near === undefined || existsSync(word)) return;
  const hint = `did you mean imgtrawl ${near}?`;
  throw new TrawlError('usage', `"${word}" is no command, address or file; ${hint}`);
}

function checkCount(args: readonly string[], entry: CommandEntry): void {
  const [, open, name, many] = /^([<[])(\w+)(\.\.)?/.exec(entry.usage) ?? [];
  const most = name === undefined ? 0 : many ? Number.POSITIVE_INFINITY : 1;
  const see = `see imgtrawl ${entry.name} --help`;
  if (open === '<' && args.length === 0) {
    throw new TrawlError('usage', `${entry.name} needs a ${name}; ${see}`);
  }
  if (args.length <= most) return;
  throw new TrawlError('usage', `${entry.name} has no use for "${args[most]}"; ${see}`);
}

function refuseUnknown(words: readonly string[], table: Flags, entry: CommandEntry): void {
  const known = ['help', ...Object.keys(table)];
  const letters = new Set(Object.values(table).flatMap(({ alias = [] }) => alias));
  const see = `see imgtrawl ${entry.name} --help`;
  for (const word of words) {
    if (word === '--') return;
    const letter = /^-([A-Za-z])/.exec(word)?.[1];
    if (letter !== undefined && !letters.has(letter)) {
      throw new TrawlError('usage', `unknown option -${letter}; ${see}`);
    }
    const name = /^--([^=]+)/.exec(word)?.[1];
    if (name === undefined || known.includes(name) || known.includes(name.replace(/^no-/, '')))
      continue;
    const near = nearest(name, known);
    const hint = near === undefined ? see : `did you mean --${near}?`;
    throw new TrawlError('usage', `unknown option --${name}; ${hint}`);
  }
}
