/** The manual page, made from the commands, the option table and the error codes. */
import { flagName, optionEntries } from '../config/schema.ts';
import type { CommandEntry } from './command.ts';

/** roff with the man macros. */
export function manPage(commands: readonly CommandEntry[]): string {
  const groups = [...new Set(optionEntries.map(([, { group }]) => group))];
  return [
    '.\\" Made by npm run docs. Changes here are lost with the next one.',
    '.TH IMGTRAWL 1 "" imgtrawl "User Commands"',
    // Set ragged and without hyphens: what is looked up here is often copied.
    '.nh',
    '.ad l',
    '.SH NAME',
    'imgtrawl \\- turns a web page into a clean folder of images',
    '.SH SYNOPSIS',
    '.B imgtrawl',
    '[\\fIcommand\\fR] [\\fIoptions\\fR] \\fIsource\\fR ...',
    '.SH DESCRIPTION',
    text(
      'Finds every image that a browser would show, downloads them concurrently and politely, decodes and hashes them in sandboxed workers, and keeps one good copy of each picture. A source is the address of a page or image, a manifest (address or file), a local file or glob, or - for a list on standard input.',
    ),
    '.SH COMMANDS',
    ...commands.flatMap(({ name, usage, describe, about }) => [
      '.TP',
      `.B ${text(name)} ${text(usage)}`.trimEnd(),
      `${text(`${describe}.`)}${about ? `\n${text(`${about}.`)}` : ''}`,
      ...ownFlags(name, commands),
    ]),
    '.SH OPTIONS',
    text(
      'Each is also a key of the config file and a variable IMGTRAWL_ with its name in capitals, but for those of single runs. Flags win over the environment, that over the job, that over the defaults of the file.',
    ),
    ...groups.flatMap((group) => [
      `.SS ${text(group)}`,
      ...optionEntries
        .filter(([, option]) => option.group === group)
        .flatMap(([name, { alias, value, describe, on, takes }]) => {
          const { choices, fallback } = takes;
          const usual = ['string', 'number'].includes(typeof fallback) ? `; ${fallback}` : '';
          // A long row of choices cannot be broken where it stands beside the flag.
          const isLong = choices !== undefined && choices.length > 6;
          const what = value ?? (isLong ? 'NAME' : choices?.join('|'));
          return [
            '.TP',
            flagHead(flagName(name), alias, what),
            text(`${describe}.${isLong ? ` One of ${choices.join(', ')}.` : ''}`),
            `(${text(on.join(', '))}${usual})`,
          ];
        }),
    ]),
    '.SH "EXIT STATUS"',
    ...EXIT.flatMap(([code, meaning]) => ['.TP', `.B ${code}`, text(meaning)]),
    '.SH FILES',
    '.TP',
    '.I imgtrawl.json',
    text('Jobs and defaults: the nearest one in the working folder or above it.'),
    '.TP',
    '.I DIR/.imgtrawl/',
    text('Catalog, lock and partial downloads of an output folder.'),
    '.SH EXAMPLES',
    ...EXAMPLES.flatMap((line) => ['.PP', '.EX', text(line), '.EE']),
    '',
  ].join('\n');
}

const EXIT = [
  ['0', 'All done; nothing new is also 0.'],
  ['1', 'Some images failed.'],
  ['2', 'Wrong usage or config.'],
  ['3', 'Nothing could be read.'],
  ['4', 'Another run holds the folder.'],
  ['130', 'Interrupted; what was done is kept.'],
] as const;

const EXAMPLES = [
  'imgtrawl https://example.org/gallery/ -o images',
  'imgtrawl list https://example.org/gallery/',
  'imgtrawl config init && imgtrawl run',
];

function ownFlags(name: string, commands: readonly CommandEntry[]): string[] {
  const { flags = {} } = commands.find((entry) => entry.name === name) ?? {};
  const rows = Object.entries(flags).flatMap(([flag, { alias, type, describe = '' }]) => [
    '.TP',
    flagHead(flag, [alias].flat()[0], type === 'boolean' ? undefined : 'VALUE'),
    text(`${describe}.`),
  ]);
  return rows.length === 0 ? [] : ['.RS', ...rows, '.RE'];
}

function flagHead(name: string, alias: string | undefined, value: string | undefined): string {
  const short = alias === undefined ? '' : `, \\fB\\-${alias}\\fR`;
  const what = value === undefined ? '' : ` \\fI${text(value)}\\fR`;
  return `\\fB\\-\\-${text(name)}\\fR${short}${what}`;
}

/** Nothing in it is taken for a request or an escape; dashes stay what a shell wants. */
function text(words: string): string {
  return words.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^[.']/gm, '\\&$&');
}
