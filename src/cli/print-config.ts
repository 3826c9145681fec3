import type { Layered } from '../config/layers.ts';
import {
  type CommandName,
  flagName,
  type OptionName,
  type Options,
  optionEntries,
} from '../config/schema.ts';
import { redactText } from '../fetch/redact.ts';

/** A line for each option: name, value as JSON, where it comes from. Secrets are not shown. */
export function configText({ options, origins }: Layered, command: CommandName = 'get'): string {
  const rows = optionEntries
    .filter(([, option]) => option.on.includes(command) && !option.flagOnly)
    .map(([name]) => {
      const value = SHOWN[name]?.(options) ?? options[name];
      return [flagName(name), redactText(JSON.stringify(value) ?? '-'), origins[name]] as const;
    });
  const [first, second] = [0, 1].map((column) =>
    Math.max(...rows.map((row) => row[column as 0 | 1].length)),
  );
  return rows
    .map(
      ([name, value, origin]) =>
        `${name.padEnd(first ?? 0)}  ${value.padEnd(second ?? 0)}  ${origin}\n`,
    )
    .join('');
}

/** Options that hold secrets: what may be shown of them. */
const SHOWN: { readonly [K in OptionName]?: (options: Options) => unknown } = {
  header: ({ header }) => header.map((line) => `${line.split(':')[0]}: …`),
  // Whoever knows the path may speak for the run.
  ping: ({ ping }) => ping && `${new URL(ping).origin}/…`,
};
