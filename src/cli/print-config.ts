import type { Layered } from '../config/layers.ts';
import { type CommandName, flagName, optionEntries } from '../config/schema.ts';
import { redactText } from '../fetch/redact.ts';

/** A line for each option: name, value as JSON, where it comes from. Secrets are not shown. */
export function configText({ options, origins }: Layered, command: CommandName = 'get'): string {
  const rows = optionEntries
    .filter(([, option]) => option.on.includes(command) && !option.flagOnly)
    .map(([name]) => {
      const value = name === 'header' ? options.header.map(headerName) : options[name];
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

const headerName = (line: string): string => `${line.split(':')[0]}: …`;
