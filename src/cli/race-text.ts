/** A race as people read it. */

import { type Floor, floorOf, type Mode, median, type RaceRun } from '../pipeline/race.ts';
import { inFlightOver } from '../pipeline/race-watch.ts';
import { bytesText } from './text.ts';
import { verdictText } from './verdict-text.ts';

const MODES = ['sequential', 'concurrent'] as const;
/** Images that are shown of both orders. */
const FIRST = 5;
/** A source may be a page or a list; the request does not know yet. */
const WORDS = {
  manifest: 'source',
  page: 'page',
  sheet: 'style sheet',
  robots: 'robots.txt',
  image: 'image',
} as const;
/** Columns of a line beside its picture of requests in flight. */
const BESIDE = 47;
/** With fewer columns that picture gets a line of its own. */
const NARROW = 64;
const BLOCKS = '▁▂▃▄▅▆▇█';

/** Of the runs of one mode: the one whose time is the median, or the faster of the two next to it. */
export function middleRun(runs: readonly RaceRun[], mode: Mode): RaceRun {
  const own = runs.filter((run) => run.mode === mode);
  own.sort((a, b) => a.summary.seconds - b.summary.seconds);
  return own[Math.ceil(own.length / 2) - 1] as RaceRun;
}

export function secondsOf(runs: readonly RaceRun[], mode: Mode): number {
  return median(runs.filter((run) => run.mode === mode).map(({ summary }) => summary.seconds));
}

/** The whole answer, in lines of at most `columns` as far as names allow. */
export function raceText(runs: readonly RaceRun[], columns: number): string[] {
  const shown = MODES.map((mode) => middleRun(runs, mode));
  const [sequential = 0, concurrent = 0] = MODES.map((mode) => secondsOf(runs, mode));
  const last = shown[1] as RaceRun;
  const { images, bytes, verdict } = last.summary;
  const each = runs.length > 2 ? `, the median of ${runs.length / 2} runs each` : '';
  const speedup = `${(sequential / concurrent).toFixed(1)} ×`.padStart(10);
  return [
    `${images} images, ${bytesText(bytes)}${each}`,
    ...timelines(shown, columns),
    `${'Speed-up'.padEnd(10)}${speedup}`,
    floorText(floorOf(runs)),
    '',
    ...firstTable(shown, columns),
    ...(verdict ? ['', verdictText(verdict)] : []),
  ];
}

/** Time, requests in flight over time, and most of them, of both on one axis of time. */
function timelines(shown: readonly RaceRun[], columns: number): string[] {
  const longest = Math.max(...shown.map(({ summary }) => summary.seconds));
  const peak = Math.max(...shown.map(peakOf));
  const isNarrow = columns < NARROW;
  const width = isNarrow ? columns - 2 : Math.min(40, columns - BESIDE);
  return shown.flatMap((run) => {
    const { seconds } = run.summary;
    const cells = Math.max(1, Math.round((width * seconds) / longest));
    const line = sparkline(inFlightOver(run.watch.steps, seconds, cells), peak);
    const time = `${title(run.mode)}${`${seconds.toFixed(2)} s`.padStart(10)}`;
    const most = `at most ${peakOf(run)} in flight`;
    return isNarrow
      ? [`${time} up to ${peakOf(run)} at once`, line]
      : [`${time}   ${line.padEnd(width)}   ${most}`];
  });
}

const title = (mode: Mode): string => (mode[0] as string).toUpperCase() + mode.slice(1);

export const peakOf = ({ watch }: RaceRun): number =>
  watch.steps.reduce((most, { inFlight }) => Math.max(most, inFlight), 0);

/** A character a number, as high as its share of `peak`; a space for none. */
export function sparkline(numbers: readonly number[], peak: number): string {
  return numbers
    .map((number) => {
      if (number < 0.05 || peak <= 0) return ' ';
      const step = Math.ceil((number / peak) * BLOCKS.length - 1e-6) - 1;
      return BLOCKS[Math.max(0, Math.min(BLOCKS.length - 1, step))];
    })
    .join('');
}

function floorText({ seconds, chain, answersMs, bytes, bytesPerSecond }: Floor): string {
  const time = `${seconds.toFixed(2)} s`.padStart(10);
  const answers = `${Math.round(answersMs)} ms for ${chain.map((purpose) => WORDS[purpose]).join(', ') || 'nothing'} to answer`;
  const bodies =
    bytesPerSecond > 0 ? `, ${bytesText(bytes)} at ${bytesText(bytesPerSecond)}/s at best` : '';
  return `${'Floor'.padEnd(10)}${time}   ${answers}${bodies}`;
}

function firstTable(shown: readonly RaceRun[], columns: number): string[] {
  const names = shown.map(({ watch }) => watch.order.slice(0, FIRST).map(shortName));
  const room = Math.max(8, Math.floor((columns - 8) / 2) - 1);
  const cut = (text: string) => (text.length > room ? `${text.slice(0, room - 1)}…` : text);
  const rows = Array.from({ length: Math.max(...names.map(({ length }) => length)) }, (_, row) => {
    const [one = '', two = ''] = names.map((column) => cut(column[row] ?? ''));
    return `${String(row + 1).padStart(6)}  ${one.padEnd(room)}  ${two}`;
  });
  return [`First   ${'sequential'.padEnd(room)}  concurrent`, ...rows];
}

/** The last segment of the path, else the address. */
function shortName(url: string): string {
  const path = URL.parse(url)?.pathname.split('/').at(-1);
  return path === undefined || path === '' ? url : path;
}
