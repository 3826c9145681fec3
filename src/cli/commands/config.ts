/** `imgtrawl config init|check|schema`. */
import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { CONFIG_NAME, findConfig, readConfig } from '../../config/file.ts';
import { configSchema } from '../../config/json-schema.ts';
import { TrawlError } from '../../errors.ts';
import type { Command, CommandContext } from '../command.ts';

export const config: Command = async (context) => {
  switch (context.args[0]) {
    case 'init':
      return init(context);
    case 'check':
      return check(context);
    case 'schema':
      process.stdout.write(`${JSON.stringify(configSchema(), undefined, 2)}\n`);
      return 0;
    default:
      throw new TrawlError(
        'usage',
        `config: expected init, check or schema; got "${context.args[0]}"`,
      );
  }
};

function check({ flags, output }: CommandContext): number {
  const file = findConfig(flags.config as string | undefined, process.cwd());
  if (file === undefined)
    throw new TrawlError('config', `there is no ${CONFIG_NAME} here or above`);
  const { jobs } = readConfig(file);
  const names = jobs.map(({ name, schedule }) => (schedule ? `${name} (${schedule})` : name));
  output.line(`${file} is right. Jobs: ${names.join(', ') || 'none'}`);
  return 0;
}

async function init({ flags, output }: CommandContext): Promise<number> {
  const file = resolve((flags.config as string | undefined) ?? CONFIG_NAME);
  if (existsSync(file))
    throw new TrawlError('usage', `${file} is there already; it was left as it is`);
  const answers = process.stdin.isTTY && process.stdout.isTTY ? await ask() : EXAMPLE;
  try {
    writeFileSync(file, template(answers), { flag: 'wx' });
  } catch (cause) {
    throw new TrawlError(
      'usage',
      `${file} cannot be written (${(cause as NodeJS.ErrnoException).code})`,
      { cause },
    );
  }
  output.line(`Wrote ${file}. Next: imgtrawl config check, then imgtrawl run`);
  return 0;
}

interface Answers {
  readonly name: string;
  readonly source: string;
  readonly out: string;
  readonly schedule: string;
}

const EXAMPLE: Answers = {
  name: 'gallery',
  source: 'https://example.org/gallery/',
  out: 'images/gallery',
  schedule: '15 3 * * *',
};

async function ask(): Promise<Answers> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const question = async (text: string, fallback: string) =>
      (await terminal.question(`${text} [${fallback}]: `)).trim() || fallback;
    return {
      source: await question('Page to take images from', EXAMPLE.source),
      name: await question('Name of the job', EXAMPLE.name),
      out: await question('Folder for its images', EXAMPLE.out),
      schedule: await question('When to run it (cron syntax)', EXAMPLE.schedule),
    };
  } finally {
    terminal.close();
  }
}

const template = ({ name, source, out, schedule }: Answers): string => `{
  // Jobs for imgtrawl. Comments and trailing commas are allowed; every option of
  // "imgtrawl get" is a key of the same name. Check it with: imgtrawl config check
  "defaults": {
    // "per-host": 4,        // requests in flight to one host
    // "max-bytes": "50MB",  // refuse larger images
    // "min-width": 200      // leave out small ones
  },
  "jobs": {
    ${JSON.stringify(name)}: {
      "sources": [${JSON.stringify(source)}],
      "out": ${JSON.stringify(out)},
      // minute hour day month weekday; "imgtrawl schedule" makes a crontab of it
      "schedule": ${JSON.stringify(schedule)}
      // "header": ["Authorization: Bearer \${MY_TOKEN}"]  // secrets come from the environment
    }
  }
}
`;
