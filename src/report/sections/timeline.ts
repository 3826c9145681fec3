/** The downloads of a run, drawn one after the other as a staircase, and overlapped as they ran. */
import type { Download, Timeline } from '../data.ts';
import { Html, html, type Part } from '../html.ts';
import { Lanes } from '../lanes.ts';
import { dateText, plural, timeText } from '../text.ts';

/** Drawings are so wide and high in their own units; the page stretches them. */
const WIDTH = 1000;
const HEIGHT = 160;
/** With more, bars have no titles and are drawn as one path. */
const MOST_TITLED = 300;
const MOST_LANES = 256;

interface Bar {
  readonly x: number;
  readonly width: number;
  /** Row from the top, from 0. */
  readonly row: number;
  readonly title: string;
}

export function timelineSection(timeline: Timeline | undefined): Html {
  if (timeline === undefined) {
    return html`<section id="timeline" aria-labelledby="timeline-title">
<h2 id="timeline-title">Timeline</h2><p>Nothing was downloaded yet.</p></section>`;
  }
  const { downloads, rough, run } = timeline;
  const inTurn = staircase(downloads);
  const { bars, rows } = overlapped(downloads);
  const ran = Math.max(1, ...bars.map(({ x, width }) => x + width));
  const alone = Math.max(1, endOf(inTurn));
  const scale = Math.max(alone, ran);
  const faster = alone / ran;
  const words = `${plural(downloads.length, 'download')} of the run of ${dateText(run.started)}. One after another: ${timeText(alone)}. As they ran: ${timeText(ran)}, ${comparison(faster)}, with up to ${rows} at once.`;
  return html`<section id="timeline" aria-labelledby="timeline-title">
<h2 id="timeline-title">Timeline</h2>
<p>${words}</p>
<p class="note">${explanation(rough)}</p>
${figure('One after another', inTurn, downloads.length, scale, 'staircase')}
${figure('As they ran, on the same scale', bars, rows, scale, 'overlapped')}
${ran < scale / 1.5 && figure('As they ran, closer', bars, rows, ran, 'overlapped')}
</section>`;
}

function comparison(faster: number): string {
  if (faster < 1.05) return 'about the same';
  return `${faster < 9.95 ? faster.toFixed(1) : Math.round(faster)} times as fast`;
}

const explanation = (rough: boolean): string =>
  rough
    ? 'Older runs noted only the whole time of each image, so waits for a turn and decoding are part of it.'
    : 'Each bar lasts from the request to the last byte, further tries included; waits for a turn and decoding are not part of it. Alone, a download may be faster than among others, so the time one after another is an estimate.';

function staircase(downloads: readonly Download[]): Bar[] {
  let x = 0;
  return downloads.map(({ url, ms }, row) => {
    const bar = { x, width: ms, row, title: `${url}: ${timeText(ms)}` };
    x += ms;
    return bar;
  });
}

function overlapped(downloads: readonly Download[]): { bars: Bar[]; rows: number } {
  const lanes = new Lanes(MOST_LANES);
  const bars = downloads.map(({ url, start, ms }) => {
    const row = lanes.take(start, start + ms);
    const title = `${url}: ${timeText(ms)}, from ${timeText(start)} on`;
    return { x: start, width: ms, row, title };
  });
  return { bars, rows: lanes.size };
}

const endOf = (bars: readonly Bar[]): number => {
  const last = bars.at(-1);
  return last ? last.x + last.width : 0;
};

function figure(
  caption: string,
  bars: readonly Bar[],
  rows: number,
  scale: number,
  kind: string,
): Html {
  // Ten thousand steps are still a line that can be seen; rows that lie beside each other stay apart.
  const leastHeight = kind === 'staircase' ? 2 : 0.4;
  const shape = { scaleX: WIDTH / scale, rowHeight: HEIGHT / Math.max(rows, 8), leastHeight };
  const height = fixed(Math.max(shape.rowHeight * rows, 2));
  const drawn =
    bars.length <= MOST_TITLED ? bars.map((bar) => rect(bar, shape)) : path(bars, shape);
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => html`<span>${timeText(scale * part)}</span>`);
  return html`<figure class="timeline">
<figcaption>${caption}</figcaption>
<svg class="${kind}" viewBox="0 0 ${WIDTH} ${height}" height="${height}" preserveAspectRatio="none" role="img" aria-label="${caption}: ${plural(bars.length, 'bar')} on ${timeText(scale)}">${drawn}</svg>
<div class="axis" aria-hidden="true">${ticks}</div>
</figure>`;
}

interface Shape {
  readonly scaleX: number;
  readonly rowHeight: number;
  readonly leastHeight: number;
}

function rect(bar: Bar, shape: Shape): Part {
  const { x, y, width, height } = box(bar, shape);
  return html`<rect x="${x}" y="${y}" width="${width}" height="${height}"><title>${bar.title}</title></rect>`;
}

function path(bars: readonly Bar[], shape: Shape): Part {
  const steps = bars.map((bar) => {
    const { x, y, width, height } = box(bar, shape);
    return `M${x} ${y}h${width}v${height}h-${width}z`;
  });
  return html`<path d="${new Html(steps.join(''))}"/>`;
}

function box({ x, width, row }: Bar, { scaleX, rowHeight, leastHeight }: Shape) {
  // A bar is seen even when it is shorter than a pixel.
  return {
    x: fixed(Math.min(x * scaleX, WIDTH - 1)),
    y: fixed(row * rowHeight),
    width: fixed(Math.max(width * scaleX, 1)),
    height: fixed(Math.max(rowHeight * 0.85, leastHeight)),
  };
}

const fixed = (value: number): string => String(Math.round(value * 100) / 100);
