/** Crontab lines for jobs, and our marked block in a crontab that is otherwise the user's. */
import type { Job } from '../config/file.ts';

/** What a scheduled run calls; all paths absolute. */
export interface Invocation {
  /** The program and what comes before `run` (a runtime calls its script). */
  readonly command: readonly string[];
  readonly config: string;
}

/** In single quotes for a POSIX shell, where it needs them. */
export function shellQuote(text: string): string {
  return /^[\w@+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** `%` ends a command in a crontab, in quotes too, unless it has a backslash. */
const cronEscape = (command: string): string => command.replaceAll('%', '\\%');

/** One line. With `-q` only failures are printed, so that cron mails only then. */
export function crontabLine(
  job: Job & { schedule: string },
  { command, config }: Invocation,
): string {
  const words = [...command, 'run', '-q', '--config', config, job.name];
  return `${job.schedule.trim()} ${cronEscape(words.map(shellQuote).join(' '))}`;
}

const begin = (config: string): string => `# BEGIN imgtrawl ${config}`;
const end = (config: string): string => `# END imgtrawl ${config}`;

/** The block of one config file, without a line break at the end. */
export function crontabBlock(
  jobs: readonly (Job & { schedule: string })[],
  invocation: Invocation,
): string {
  const lines = jobs.map((job) => crontabLine(job, invocation));
  const note = '# Made by imgtrawl schedule --install; changes here are lost with the next one.';
  return [begin(invocation.config), note, ...lines, end(invocation.config)].join('\n');
}

/**
 * The crontab with the config file's block replaced, added at the end, or taken out (`block`
 * undefined). Every other byte stays. Throws an Error when the marks do not pair.
 */
export function withBlock(crontab: string, config: string, block: string | undefined): string {
  const lines = crontab.split('\n');
  const first = lines.indexOf(begin(config));
  const last = lines.indexOf(end(config));
  if (first < 0 && last < 0) {
    if (block === undefined) return crontab;
    const before = crontab === '' || crontab.endsWith('\n') ? crontab : `${crontab}\n`;
    return `${before}${block}\n`;
  }
  if (first < 0 || last < first || lines.indexOf(begin(config), first + 1) >= 0) {
    throw new Error(`the marks "${begin(config)}" and "${end(config)}" do not pair`);
  }
  lines.splice(first, last - first + 1, ...(block === undefined ? [] : block.split('\n')));
  return lines.join('\n');
}
