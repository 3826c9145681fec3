/** The progress block as text: pure, so that each screen can be looked at in a test. */
import stringWidth from 'string-width';
import { plain } from '../output.ts';
import { bytesText, durationText } from '../text.ts';
import type { HostProgress, ProgressState } from './tracker.ts';

export interface Look {
  /** Escape sequences for colours. Default false. */
  readonly color?: boolean;
}

/** The widest bar: beyond it nothing more can be read from it. */
const WIDEST_BAR = 40;
const NARROWEST_BAR = 8;
const GAP = '   ';

/** Lines of at most `columns - 1`, because some terminals wrap in the last column already. */
export function render(
  state: ProgressState,
  columns: number,
  { color = false }: Look = {},
): string {
  const width = Math.max(1, columns - 1);
  const paint = color ? painted : (text: string) => text;
  const lines = [
    barLine(state, width, paint),
    ...flow(parts(state), width, 2).map((line) => red(line, state, paint)),
  ];
  const hosts = hostLine(state.hosts, width);
  if (hosts !== '') lines.push(paint(hosts, 'dim'));
  return lines.join('\n');
}

function barLine(state: ProgressState, width: number, paint: typeof painted): string {
  const { known, done, complete } = state;
  if (known === 0) return cut(complete ? 'No image was found' : 'Looking for images …', width);
  const share = done / known;
  const percent = complete ? `${GAP}${Math.floor(share * 100)} %` : '';
  // While pages are still being read, there will be more.
  const counts = `${done}/${known}${complete ? '' : '+'} images${percent}`;
  const room = Math.min(WIDEST_BAR, width - stringWidth(counts) - GAP.length);
  if (room < NARROWEST_BAR) return cut(counts, width);
  const full = Math.round(share * room);
  const bar = paint('━'.repeat(full), 'cyan') + paint('─'.repeat(room - full), 'dim');
  return `${bar}${GAP}${counts}`;
}

/** The most important first: on a narrow terminal the last ones go. */
function parts(state: ProgressState): string[] {
  const { bytes, rate, left, failed, inFlight, waiting, retrying, decoding } = state;
  return [
    rate >= 1 ? `${bytesText(bytes)} at ${bytesText(rate)}/s` : bytesText(bytes),
    left !== undefined && `${durationText(left)} left`,
    failed > 0 && failedText(failed),
    inFlight > 0 && `${inFlight} in flight`,
    waiting > 0 && `${waiting} waiting`,
    retrying > 0 && `${retrying} to be tried again`,
    decoding > 0 && `${decoding} decoding`,
  ].filter((part) => part !== false);
}

const failedText = (failed: number): string => `${failed} failed`;

function hostLine(hosts: readonly HostProgress[], width: number): string {
  const shown: string[] = [];
  for (const [place, host] of hosts.entries()) {
    const text = hostText(host, width);
    const more = hosts.length - place - 1;
    const line = [...shown, text, ...(more > 0 ? [moreText(more)] : [])].join(GAP);
    if (stringWidth(line) > width && shown.length > 0) {
      shown.push(moreText(more + 1));
      break;
    }
    shown.push(text);
  }
  return cut(shown.join(GAP), width);
}

const moreText = (count: number): string => `and ${count} more`;

function hostText({ host, inFlight, pausedFor }: HostProgress, width: number): string {
  const what =
    pausedFor > 0
      ? ` waits ${durationText(pausedFor)} as it asked`
      : inFlight > 0
        ? ` ${inFlight}`
        : '';
  return `${cut(plain(host), Math.max(10, width - what.length))}${what}`;
}

/** Parts side by side, in as many lines as it takes but not more than `most`. */
function flow(all: readonly string[], width: number, most: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const part of all) {
    const longer = line === '' ? part : `${line}${GAP}${part}`;
    if (stringWidth(longer) <= width) {
      line = longer;
      continue;
    }
    if (lines.length === most - 1) break;
    if (line !== '') lines.push(line);
    line = cut(part, width);
  }
  return line === '' ? lines : [...lines, line];
}

/** So much of the beginning as fits. */
function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    used += stringWidth(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

const SGR = { dim: [2, 22], cyan: [36, 39], red: [31, 39] } as const;

function painted(text: string, style: keyof typeof SGR): string {
  const [on, off] = SGR[style];
  return text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`;
}

function red(line: string, { failed }: ProgressState, paint: typeof painted): string {
  const text = failedText(failed);
  return failed > 0 ? line.replace(text, () => paint(text, 'red')) : line;
}
