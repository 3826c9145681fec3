/** Turns the option table into yargs flags, and what yargs read back into raw options. */
import type { Argv, Options as YargsOption } from 'yargs';
import { z } from 'zod';
import type { RawOptions } from '../config/load.ts';
import { type CommandName, flagName, optionEntries } from '../config/schema.ts';

/** The kinds of value a flag may take, as JSON Schema tells them. */
function kindOf(schema: z.ZodType): {
  boolean: boolean;
  list: boolean;
  choices?: string[];
  fallback?: unknown;
} {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as {
    type?: string;
    enum?: string[];
    anyOf?: { type?: string }[];
    default?: unknown;
  };
  return {
    boolean: json.type === 'boolean',
    list: json.anyOf?.some((one) => one.type === 'array') ?? false,
    ...(json.enum && { choices: json.enum }),
    ...(json.default !== undefined && { fallback: json.default }),
  };
}

/** Adds every option that `command` takes. Values stay text: the schema checks them. */
export function addFlags<T>(argv: Argv<T>, command: CommandName): Argv<T> {
  for (const [name, option] of optionEntries) {
    if (!option.on.includes(command)) continue;
    const kind = kindOf(option.schema);
    const flag: YargsOption = {
      describe: option.describe,
      group: `${option.group}:`,
      type: kind.boolean ? 'boolean' : 'string',
      ...(option.alias && { alias: option.alias }),
      ...(kind.list && { array: true }),
      ...(!kind.boolean && { requiresArg: true }),
      ...(kind.choices && { choices: kind.choices }),
      ...(hasDefault(kind.fallback) && { defaultDescription: String(kind.fallback) }),
    };
    argv.option(flagName(name), flag);
  }
  return argv;
}

const hasDefault = (value: unknown): boolean =>
  value !== undefined &&
  value !== false &&
  !(Array.isArray(value) && value.length === 0) &&
  value !== 0;

/** Long names of the options that `command` takes. */
export const flagsOf = (command: CommandName): string[] =>
  optionEntries.filter(([, option]) => option.on.includes(command)).map(([name]) => flagName(name));

/** The options among what yargs read. An option given twice keeps its last value. */
export function readFlags(argv: Record<string, unknown>, command: CommandName): RawOptions {
  const raw: Record<string, unknown> = {};
  for (const [name, option] of optionEntries) {
    if (!option.on.includes(command)) continue;
    const value = argv[flagName(name)];
    if (value === undefined) continue;
    raw[name] = Array.isArray(value) && !kindOf(option.schema).list ? value.at(-1) : value;
  }
  return raw;
}
