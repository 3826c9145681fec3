/** Cron expressions of five fields, as Vixie cron reads them. */
import { Cron } from 'croner';

/** The values of each field; undefined is `*`. */
export interface CronTimes {
  readonly minutes: readonly number[] | undefined;
  readonly hours: readonly number[] | undefined;
  readonly days: readonly number[] | undefined;
  readonly months: readonly number[] | undefined;
  /** 0 is Sunday. */
  readonly weekdays: readonly number[] | undefined;
}

const NICKNAMES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Throws an Error that says which field is wrong and what may stand there. */
export function parseCron(expression: string): CronTimes {
  const text = NICKNAMES[expression.trim().toLowerCase()] ?? expression.trim();
  if (text.startsWith('@'))
    throw new Error(`known nicknames are ${Object.keys(NICKNAMES).join(', ')}`);
  const fields = text.split(/\s+/);
  if (fields.length !== 5) {
    throw new Error(`it needs five fields (minute hour day month weekday), not ${fields.length}`);
  }
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields;
  const weekdays = parseField('weekday', weekday, 0, 7, WEEKDAYS, 0);
  return {
    minutes: parseField('minute', minute, 0, 59),
    hours: parseField('hour', hour, 0, 23),
    days: parseField('day', day, 1, 31),
    months: parseField('month', month, 1, 12, MONTHS, 1),
    weekdays: weekdays && [...new Set(weekdays.map((one) => one % 7))].sort((a, b) => a - b),
  };
}

function parseField(
  name: string,
  text: string,
  least: number,
  most: number,
  names: readonly string[] = [],
  nameOffset = 0,
): number[] | undefined {
  if (text === '*') return undefined;
  const wrong = (part: string) =>
    new Error(`the ${name} "${part}" is not *, or numbers from ${least} to ${most} with , - and /`);
  const number = (word: string, part: string): number => {
    const named = names.indexOf(word.toLowerCase());
    const value = named >= 0 ? named + nameOffset : /^\d+$/.test(word) ? Number(word) : Number.NaN;
    if (!(value >= least && value <= most)) throw wrong(part);
    return value;
  };
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^(\*|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part);
    if (!match) throw wrong(part);
    const [, range, from, to, by] = match;
    const step = by === undefined ? 1 : Number(by);
    const first = range === '*' ? least : number(from as string, part);
    const last =
      range === '*' || (to === undefined && by !== undefined)
        ? most
        : number(to ?? (from as string), part);
    if (step < 1 || last < first) throw wrong(part);
    for (let value = first; value <= last; value += step) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

/** The next times at which it fires, local time. Empty when it never does (30 February). */
export function nextRuns(expression: string, count: number, from?: Date): Date[] {
  const text = NICKNAMES[expression.trim().toLowerCase()] ?? expression;
  return new Cron(text, { paused: true, domAndDow: false }).nextRuns(count, from);
}
