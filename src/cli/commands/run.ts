/** `imgtrawl run`: the jobs of a config file. */
import { dirname, join } from 'node:path';
import process from 'node:process';
import { map } from '../../concurrency/mod.ts';
import { type Config, type Job, readConfig, requireConfig } from '../../config/file.ts';
import { type Layer, resolveLayers } from '../../config/layers.ts';
import { nearest } from '../../config/nearest.ts';
import { ERROR_CODES, TrawlError, toTrawlError } from '../../errors.ts';
import { monitored } from '../../monitor/mod.ts';
import { download } from '../../pipeline/download.ts';
import type { Command, CommandContext } from '../command.ts';
import { confirmPrune } from '../confirm.ts';
import { exitCodeOf } from '../exit-code.ts';
import { leaveReport, startTrace, type Tracing } from '../leave.ts';
import { jsonLines, textLines, trouble, watchSources } from '../present.ts';
import { configText } from '../print-config.ts';
import { type Progress, startProgress } from '../progress/mod.ts';
import { summaryText } from '../text.ts';
import { warnOf } from '../warn.ts';

interface JobEnd {
  readonly code: number;
  readonly text: string;
}

export const run: Command = async (context) => {
  const { args, flags, output } = context;
  const file = requireConfig(flags.config as string | undefined, process.cwd());
  const config = readConfig(file);
  const jobs = chooseJobs(config, args);
  const parallel = Number(flags.parallel ?? 1);
  if (!Number.isInteger(parallel) || parallel < 1) {
    throw new TrawlError(
      'usage',
      `--parallel: expected a whole number of at least 1; got "${flags.parallel}"`,
    );
  }
  if (flags['print-config'] === true) {
    for (const job of jobs) {
      const layered = resolveLayers(jobLayers(job, config, context.layers));
      process.stdout.write(`# job ${job.name}\n${configText(layered, 'get')}`);
    }
    return 0;
  }
  const ends: [Job, JobEnd][] = [];
  using progress = await startProgress(output, context.options.progress);
  using trace = await startTrace(output, context.options.trace);
  const outcomes = map(jobs, {
    submit: (job) => runJob(job, config, context, { progress, trace }),
    window: parallel,
  });
  for await (const outcome of outcomes) {
    if (!outcome.ok) throw outcome.error;
    ends.push([outcome.task, outcome.value]);
  }
  if (jobs.length > 1) for (const [job, end] of ends) output.line(`${job.name}: ${end.text}`);
  return Math.max(0, ...ends.map(([, end]) => end.code));
};

/** The named jobs, or all. Throws TrawlError `usage` with the nearest name. */
export function chooseJobs(config: Config, names: readonly string[]): readonly Job[] {
  if (config.jobs.length === 0) throw new TrawlError('config', `${config.file} has no jobs`);
  if (names.length === 0) return config.jobs;
  return [...new Set(names)].map((name) => {
    const job = config.jobs.find((one) => one.name === name);
    if (job) return job;
    const known = config.jobs.map((one) => one.name);
    const near = nearest(name, known);
    const hint = near === undefined ? `there are ${known.join(', ')}` : `did you mean "${near}"?`;
    throw new TrawlError('usage', `${config.file} has no job "${name}"; ${hint}`);
  });
}

/** What a job runs with. Its folder is named after it unless it says otherwise. */
export function jobLayers(job: Job, config: Config, layers: readonly Layer[]): Layer[] {
  const [flag, environment] = layers;
  return [
    ...(flag ? [flag] : []),
    ...(environment ? [environment] : []),
    { origin: `job ${job.name}`, values: job.options },
    { origin: 'defaults', values: config.defaults },
    // Not the working folder: cron's is the home folder, and jobs do not share one.
    { origin: 'built-in', values: { out: join(dirname(config.file), 'images', job.name) } },
  ];
}

async function runJob(
  job: Job,
  config: Config,
  context: CommandContext,
  { progress, trace }: { readonly progress: Progress; readonly trace: Tracing },
): Promise<JobEnd> {
  const { output, signal, layers } = context;
  const { options } = resolveLayers(jobLayers(job, config, layers));
  let text = '';
  const about = { job: job.name, sources: job.sources, signal, onTrouble: trouble(output) };
  try {
    output.detail(`job ${job.name}`);
    warnOf(options, output);
    const code = await monitored(options, about, async (monitor) => {
      const summary = await download(job.sources, options, {
        signal,
        confirmPrune: confirmPrune(output, options.yes),
        watch: [
          watchSources(output),
          output.json ? jsonLines(output, job.name) : textLines(output),
          progress.watch(),
          trace.watch(job.name),
          monitor,
        ],
      });
      await leaveReport(output, options);
      if (summary.named === 0)
        output.failure(`imgtrawl: job ${job.name}: no image was found [no-images]`);
      text = summaryText(summary);
      return exitCodeOf(summary);
    });
    return { code, text };
  } catch (thrown) {
    const error = toTrawlError(thrown);
    if (signal.aborted) throw error;
    text = `${error.message} [${error.code}]`;
    output.failure(`imgtrawl: job ${job.name}: ${text}. ${ERROR_CODES[error.code].advice}`);
    if (output.json) {
      output.record({
        type: 'error',
        job: job.name,
        error: { code: error.code, message: error.message },
      });
    }
    return { code: error.exitCode, text };
  }
}
