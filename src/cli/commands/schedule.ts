/** `imgtrawl schedule`: crontab lines or systemd units for the jobs that have a schedule. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { type Job, readConfig, requireConfig } from '../../config/file.ts';
import { TrawlError } from '../../errors.ts';
import { ownCommand } from '../../runtime/own-command.ts';
import {
  asBytes,
  crontabBlock,
  crontabLine,
  editCrontab,
  type Invocation,
  nextRuns,
  units,
  withBlock,
} from '../../schedule/mod.ts';
import type { Command, CommandContext } from '../command.ts';
import { chooseJobs } from './run.ts';

type Scheduled = Job & { readonly schedule: string };

export const schedule: Command = async (context) => {
  const { args, flags } = context;
  const file = requireConfig(flags.config as string | undefined, process.cwd());
  const config = readConfig(file);
  const jobs = chooseJobs(config, args).filter(
    (job): job is Scheduled => job.schedule !== undefined,
  );
  const invocation = { command: ownCommand(), config: resolve(file) };
  if (flags.remove === true) return remove(invocation, config.jobs, context);
  if (jobs.length === 0) throw new TrawlError('config', `${file}: no job has a "schedule"`);
  if (flags.systemd === true) systemd(jobs, invocation, context);
  else crontab(jobs, invocation, context);
  for (const job of jobs) {
    const times = nextRuns(job.schedule, 3).map((time) => time.toLocaleString('sv'));
    context.output.note(`${job.name} runs next: ${times.join(', ') || 'never'}`);
  }
  return 0;
};

function crontab(
  jobs: readonly Scheduled[],
  invocation: Invocation,
  { flags, output }: CommandContext,
): void {
  if (flags.install !== true) {
    for (const job of jobs) process.stdout.write(`${crontabLine(job, invocation)}\n`);
    return;
  }
  install(invocation, crontabBlock(jobs, invocation));
  output.line(`Installed ${jobs.length} job(s) of ${invocation.config} in your crontab`);
}

function systemd(
  jobs: readonly Scheduled[],
  invocation: Invocation,
  { flags, output }: CommandContext,
): void {
  const folder = unitFolder();
  if (flags.install === true) mkdirSync(folder, { recursive: true });
  for (const unit of jobs.flatMap((job) => units(job, invocation))) {
    if (flags.install === true) writeFileSync(join(folder, unit.name), unit.text);
    else process.stdout.write(`# ${unit.name}\n${unit.text}\n`);
  }
  if (flags.install === true) {
    const timers = jobs.map((job) => `imgtrawl-${job.name}.timer`).join(' ');
    output.line(
      `Wrote units to ${folder}. Next: systemctl --user daemon-reload && systemctl --user enable --now ${timers}`,
    );
  }
}

function remove(
  invocation: Invocation,
  jobs: readonly Job[],
  { flags, output }: CommandContext,
): number {
  if (flags.systemd === true) {
    for (const job of jobs) {
      for (const kind of ['service', 'timer'])
        rmSync(join(unitFolder(), `imgtrawl-${job.name}.${kind}`), { force: true });
    }
    output.line(`Removed the units of ${invocation.config}. Next: systemctl --user daemon-reload`);
    return 0;
  }
  install(invocation, undefined);
  output.line(`Removed the jobs of ${invocation.config} from your crontab`);
  return 0;
}

function install({ config }: Invocation, block: string | undefined): void {
  try {
    editCrontab((table) =>
      withBlock(table, asBytes(config), block === undefined ? undefined : asBytes(block)),
    );
  } catch (cause) {
    if (cause instanceof TrawlError) throw cause;
    throw new TrawlError('usage', `your crontab was left as it is: ${(cause as Error).message}`, {
      cause,
    });
  }
}

const unitFolder = (): string =>
  join(
    process.env.XDG_CONFIG_HOME || join(process.env.HOME || homedir(), '.config'),
    'systemd',
    'user',
  );
