/** The parts of docs/ that are made from the code, so that they cannot be wrong. */
import { configSchema } from '../config/json-schema.ts';
import { variableName } from '../config/layers.ts';
import { type CommandName, flagName, type Group, optionEntries } from '../config/schema.ts';
import { ERROR_CODES } from '../errors.ts';
import { COMMANDS } from './commands/mod.ts';
import { manPage } from './man-page.ts';

/** File name in docs/ to contents. */
export function generatedDocs(): Record<string, string> {
  return {
    'reference.md': reference(),
    'troubleshooting.md': troubleshooting(),
    'imgtrawl.1': manPage(COMMANDS),
    'imgtrawl.schema.json': `${JSON.stringify(configSchema(), undefined, 2)}\n`,
  };
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

function reference(): string {
  const commands = COMMANDS.map(
    ({ name, usage, describe }) =>
      `| \`${`imgtrawl ${name} ${usage}`.trimEnd()}\` | ${cell(describe)} |`,
  );
  const groups = [...new Set(optionEntries.map(([, option]) => option.group))];
  return `# Reference

<!-- Made by npm run docs. Changes here are lost with the next one. -->

## Commands

| command | what it does |
| --- | --- |
${commands.join('\n')}

${COMMANDS.filter(({ flags }) => flags !== undefined)
  .map(({ name, flags = {} }) => ownFlags(name, flags))
  .join('\n')}
## Options

Each is a flag, a key of the config file of the same name, and (but for those marked *flag only*) an
environment variable: flags win over the environment, that over the job, that over \`defaults\`.

${groups.map(groupText).join('\n')}`;
}

function ownFlags(
  command: string,
  flags: Readonly<Record<string, { describe?: string | undefined }>>,
): string {
  const rows = Object.entries(flags).map(
    ([name, { describe = '' }]) => `| \`--${name}\` | ${cell(describe)} |`,
  );
  return `Only of \`${command}\`:

| flag | |
| --- | --- |
${rows.join('\n')}
`;
}

function groupText(group: Group): string {
  const rows = optionEntries
    .filter(([, option]) => option.group === group)
    .map(([name, option]) => {
      const { fallback } = option.takes;
      const shown =
        fallback === undefined || JSON.stringify(fallback) === '[]' ? '' : `\`${fallback}\``;
      const flag = `--${flagName(name)}${option.alias ? `, -${option.alias}` : ''}`;
      const variable = option.flagOnly ? '*flag only*' : `\`${variableName(name)}\``;
      return `| \`${flag}\` | ${cell(option.describe)} | ${shown} | ${commandsOf(option.on)} | ${variable} |`;
    });
  return `### ${group}

| flag | | default | commands | variable |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

const commandsOf = (on: readonly CommandName[]): string => on.join(', ');

const KINDS = {
  retry: 'tried again',
  skip: 'this one is lost, the run goes on',
  abort: 'ends the run',
} as const;

function troubleshooting(): string {
  const rows = Object.entries(ERROR_CODES).map(([code, { kind, meaning, advice }]) => {
    return `| \`${code}\` | ${meaning} | ${KINDS[kind]} | ${cell(advice)} |`;
  });
  return `# Troubleshooting

<!-- Made by npm run docs. Changes here are lost with the next one. -->

Every failure has a code, in brackets on the terminal and as \`error.code\` in JSON.

| code | meaning | what happens | what you can do |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}
