/**
 * Metrics of the last run of each job, in Prometheus' text format, for the textfile collector of
 * node_exporter (https://prometheus.io/docs/instrumenting/exposition_formats/).
 */
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';
import type { Summary } from '../pipeline/events.ts';

export interface RunEnd {
  /** Value of the `job` label. */
  readonly job: string;
  readonly exitCode: number;
  /** Length of the run, in seconds. */
  readonly seconds: number;
  /** When it ended, in ms since 1970. */
  readonly at: number;
  /** Absent when the run ended before it began, for want of the folder. */
  readonly summary?: Summary | undefined;
}

const FAMILIES = {
  imgtrawl_exit_code: 'Exit code of the last run: 0 means that all was well.',
  imgtrawl_last_run_timestamp_seconds: 'When the last run ended, in seconds since 1970.',
  imgtrawl_last_success_timestamp_seconds: 'When a run last ended with exit code 0.',
  imgtrawl_run_duration_seconds: 'Length of the last run.',
  imgtrawl_images: 'Images of the last run, by what became of them.',
  imgtrawl_sources: 'Pages, lists and manifests of the last run, by whether they could be read.',
  imgtrawl_received_bytes: 'Bytes of bodies that the last run received.',
} as const;
type Family = keyof typeof FAMILIES;

const LAST_SUCCESS = 'imgtrawl_last_success_timestamp_seconds';

/**
 * Puts the run into the file, beside the other jobs' last runs, and leaves no moment at which a reader
 * finds half of it. Throws the file system's error.
 */
export function writeMetrics(file: string, run: RunEnd): void {
  mkdirSync(dirname(file), { recursive: true });
  const unlock = lock(`${file}.lock`);
  try {
    const samples = readSamples(file);
    const own = label('job', run.job);
    const success = samples.find(([family, labels]) => family === LAST_SUCCESS && labels === own);
    const others = samples.filter(([, labels]) => labels !== own && !labels.startsWith(`${own},`));
    const kept = run.exitCode !== 0 && success ? [success] : [];
    const made = `${file}.${process.pid}`;
    try {
      writeFileSync(made, metricsText([...others, ...samplesOf(run), ...kept]));
      renameSync(made, file);
    } catch (error) {
      rmSync(made, { force: true });
      throw error;
    }
  } finally {
    unlock();
  }
}

/** Family, labels as they are written, value. */
type Sample = readonly [family: Family, labels: string, value: string];

function samplesOf({ job, exitCode, seconds, at, summary }: RunEnd): Sample[] {
  const own = label('job', job);
  const sample = (family: Family, value: number, further?: [string, string]): Sample => [
    family,
    further ? `${own},${label(...further)}` : own,
    String(value),
  ];
  const ended = at / 1000;
  return [
    sample('imgtrawl_exit_code', exitCode),
    sample('imgtrawl_last_run_timestamp_seconds', ended),
    ...(exitCode === 0 ? [sample(LAST_SUCCESS, ended)] : []),
    sample('imgtrawl_run_duration_seconds', seconds),
    ...(summary === undefined
      ? []
      : [
          sample('imgtrawl_images', summary.saved, ['status', 'saved']),
          sample('imgtrawl_images', summary.unchanged, ['status', 'unchanged']),
          sample('imgtrawl_images', summary.duplicates, ['status', 'duplicate']),
          sample('imgtrawl_images', summary.filtered, ['status', 'filtered']),
          sample('imgtrawl_images', summary.failed, ['status', 'failed']),
          sample('imgtrawl_sources', summary.sources, ['state', 'read']),
          sample('imgtrawl_sources', summary.sourcesFailed, ['state', 'failed']),
          sample('imgtrawl_received_bytes', summary.bytes),
        ]),
  ];
}

/** Samples of one family stand together, below its help; all are gauges: each run sets them anew. */
function metricsText(samples: readonly Sample[]): string {
  return Object.entries(FAMILIES)
    .map(([family, help]) => {
      const lines = samples
        .filter((sample) => sample[0] === family)
        .map(([name, labels, value]) => `${name}{${labels}} ${value}\n`);
      return `# HELP ${family} ${help}\n# TYPE ${family} gauge\n${lines.join('')}`;
    })
    .join('');
}

const label = (name: string, value: string): string =>
  `${name}="${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;

/** What stands in the file and is ours; nothing when there is none, or it cannot be understood. */
function readSamples(file: string): Sample[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line): Sample[] => {
    const [, family = '', labels = '', value = ''] = /^(\w+)\{(.+)\} (\S+)$/.exec(line) ?? [];
    return family in FAMILIES ? [[family as Family, labels, value]] : [];
  });
}

/** A lock that is older was left behind. Nobody holds it for longer than it takes to write a page. */
const STALE_MS = 5000;

/** Two jobs of cron end in the same second: the file is read, changed and written by one at a time. */
function lock(path: string): () => void {
  for (;;) {
    try {
      closeSync(openSync(path, 'wx'));
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const since = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
      // An age below zero: the clock was set back meanwhile.
      if (since !== undefined && Math.abs(Date.now() - since) > STALE_MS)
        rmSync(path, { force: true });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}
