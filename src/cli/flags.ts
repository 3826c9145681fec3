/** Turns the option table into flags, and what was read back into raw options. */
import type { Options as YargsOption } from 'yargs';
import type { RawOptions } from '../config/load.ts';
import { type CommandName, flagName, optionEntries } from '../config/schema.ts';
import type { CommandEntry } from './command.ts';

export type Flags = Readonly<Record<string, YargsOption>>;

/** Every flag of a command: its part of the option table, and its own. Values stay text: the schema checks them. */
export function flagsOf({ options, flags = {} }: CommandEntry): Flags {
  const table: Record<string, YargsOption> = {};
  for (const [name, option] of options ? optionEntries : []) {
    if (!option.on.includes(options as CommandName)) continue;
    const { kind, choices, fallback } = option.takes;
    table[flagName(name)] = {
      describe: option.describe,
      group: `${option.group}:`,
      type: kind === 'boolean' ? 'boolean' : 'string',
      ...(option.alias && { alias: option.alias }),
      ...(kind === 'list' && { array: true }),
      ...(kind !== 'boolean' && { requiresArg: true }),
      ...(choices && { choices }),
      ...(hasDefault(fallback) && { defaultDescription: String(fallback) }),
    };
  }
  return { ...table, ...flags };
}

const hasDefault = (value: unknown): boolean =>
  value !== undefined &&
  value !== false &&
  !(Array.isArray(value) && value.length === 0) &&
  value !== 0;

/** The options among what was read. An option given twice keeps its last value. */
export function readFlags(argv: Record<string, unknown>, command: CommandName): RawOptions {
  const raw: Record<string, unknown> = {};
  for (const [name, option] of optionEntries) {
    if (!option.on.includes(command)) continue;
    const value = argv[flagName(name)];
    if (value === undefined) continue;
    raw[name] = Array.isArray(value) && option.takes.kind !== 'list' ? value.at(-1) : value;
  }
  return raw;
}
