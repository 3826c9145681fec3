/** systemd service and timer units for jobs. */
import type { Job } from '../config/file.ts';
import { type CronTimes, parseCron } from './cron.ts';
import type { Invocation } from './crontab.ts';

export interface Unit {
  /** `imgtrawl-NAME.service` or `.timer`. */
  readonly name: string;
  readonly text: string;
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** One service and one timer. */
export function units(job: Job & { schedule: string }, { command, config }: Invocation): Unit[] {
  const words = [...command, 'run', '-q', '--config', config, job.name];
  const service = `[Unit]
Description=imgtrawl job ${job.name}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart=${words.map(unitQuote).join(' ')}
TimeoutStopSec=15
`;
  const timer = `[Unit]
Description=When imgtrawl job ${job.name} runs

[Timer]
${calendars(job.schedule)
  .map((time) => `OnCalendar=${time}`)
  .join('\n')}
Persistent=true

[Install]
WantedBy=timers.target
`;
  const name = `imgtrawl-${job.name}`;
  return [
    { name: `${name}.service`, text: service },
    { name: `${name}.timer`, text: timer },
  ];
}

/** A word of ExecStart: `%` and `$` are systemd's own, so they are doubled. */
function unitQuote(word: string): string {
  const escaped = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w@+=:,./-]+$/.test(word) ? word : `"${escaped.replace(/["\\]/g, '\\$&')}"`;
}

/**
 * OnCalendar expressions of a cron expression. Where both a day and a weekday are given, cron fires
 * on either and systemd would ask for both, so there are two.
 */
export function calendars(schedule: string): string[] {
  const times = parseCron(schedule);
  const { days, weekdays } = times;
  if (days && weekdays) {
    return [calendar({ ...times, weekdays: undefined }), calendar({ ...times, days: undefined })];
  }
  return [calendar(times)];
}

function calendar({ minutes, hours, days, months, weekdays }: CronTimes): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const list = (values: readonly number[] | undefined): string => values?.map(two).join(',') ?? '*';
  const week = weekdays ? `${weekdays.map((day) => WEEKDAYS[day]).join(',')} ` : '';
  return `${week}*-${list(months)}-${list(days)} ${list(hours)}:${list(minutes)}:00`;
}
