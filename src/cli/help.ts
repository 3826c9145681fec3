/** The help of one command, laid out by yargs. */
import process from 'node:process';
import yargs, { type Argv } from 'yargs';
import type { CommandEntry } from './command.ts';
import { flagsOf } from './flags.ts';

export async function showHelp(entry: CommandEntry): Promise<void> {
  const usage = `${entry.name} ${entry.usage}`.trimEnd();
  const argument = /\w+/.exec(entry.usage)?.[0];
  await yargs()
    .scriptName('imgtrawl')
    .detectLocale(false)
    .exitProcess(false)
    .wrap(Math.min(100, process.stdout.columns ?? 80))
    .version(false)
    .alias('h', 'help')
    .command(usage, entry.describe, (command: Argv) => {
      if (argument) command.positional(argument, { type: 'string', describe: entry.about });
      return command.options(flagsOf(entry));
    })
    .parseAsync([entry.name, '--help'], {}, (_error, _argv, output) => {
      process.stdout.write(`${output}\n`);
    });
}
