/** Copies of one picture side by side, the kept one first. Used by the report and by dedupe. */
import type { Copy, DuplicateGroup } from '../data.ts';
import { type Html, html, linkTo, type Part } from '../html.ts';
import { bytesText, countText, plural } from '../text.ts';

/** @param left groups that are not among them */
export function duplicatesSection(groups: readonly DuplicateGroup[], left = 0): Html {
  const copies = groups.reduce((sum, { others }) => sum + others.length, 0);
  const summary =
    groups.length === 0
      ? 'No picture came twice.'
      : `${plural(groups.length, 'picture')} came more than once: ${plural(copies, 'further copy', 'further copies')}.`;
  return html`<section id="duplicates" aria-labelledby="duplicates-title">
<h2 id="duplicates-title">Duplicates</h2>
<p>${summary}${left > 0 && ` Another ${plural(left, 'picture')} with fewer copies are left out here.`}</p>
${folded(groups.map(group))}
</section>`;
}

/** So many pictures are shown at once; a thousand would bury what follows them. */
const FOLD = 50;

function folded(articles: readonly Html[]): Part {
  if (articles.length <= FOLD) return articles;
  const folds: Html[] = [];
  for (let first = 0; first < articles.length; first += FOLD) {
    const part = articles.slice(first, first + FOLD);
    const range = `Pictures ${countText(first + 1)} to ${countText(first + part.length)}`;
    folds.push(
      html`<details${first === 0 && html` open`}><summary>${range}</summary>${part}</details>
`,
    );
  }
  return folds;
}

function group({ number, kept, others, left = 0 }: DuplicateGroup, at: number): Html {
  return html`<article class="group" aria-labelledby="group-${at}">
<h3 id="group-${at}">${number !== undefined && `${countText(number)}. `}<bdi>${kept.name}</bdi></h3>
<div class="copies">${copy(kept)}${others.map((one) => copy(one, kept))}</div>
${left > 0 && html`<p>Another ${plural(left, 'copy', 'copies')} are left out here.</p>`}
</article>
`;
}

function copy(one: Copy, kept?: Copy): Html {
  const { name, urls, src, likeness, href, format, width, height, bytes, frames = 1 } = one;
  const how = relation(one);
  const size = height > 0 ? shapeOf(width, height) : { width: 1, height: 1 };
  const picture = src
    ? html`<img src="${src}" alt="${how}: ${name}" width="${size.width}" height="${size.height}" loading="lazy" decoding="async">`
    : html`<span class="none">no picture</span>`;
  const differences = kept && differencesOf(one, kept);
  return html`<figure class="copy${one.kind === undefined && ' kept'}${likeness && ' likeness'}">
<div class="frame">${href === undefined ? picture : html`<a href="${href}">${picture}</a>`}</div>
<figcaption><strong>${how}</strong>
<span>${width}×${height} ${format}, ${frames > 1 && `${countText(frames)} frames, `}${bytesText(bytes)}${likeness && html`<span class="small"> (shown as a small likeness)</span>`}</span>
${differences !== undefined && differences !== '' && html`<span>${differences}</span>`}
${urls.length === 0 && html`<span class="address"><bdi>${name}</bdi></span>`}${urls.map((url) => html`<span class="address">${linkTo(url)}</span>`)}</figcaption>
</figure>`;
}

function relation({ kind, distance = 0 }: Copy): string {
  if (kind === undefined) return 'Kept';
  if (kind === 'exact') return 'Same bytes';
  if (distance === 0) return 'Same picture, 0 bits apart';
  return `${plural(distance, 'bit')} apart`;
}

/** What is other than in the kept copy, for people. */
function differencesOf(one: Copy, kept: Copy): string {
  if (one.kind === 'exact') return '';
  const parts: string[] = [];
  if (one.format !== kept.format) parts.push(`${one.format} instead of ${kept.format}`);
  const [own, whole] = [one.width * one.height, kept.width * kept.height];
  if (own > 0 && whole > 0) {
    if (own !== whole) parts.push(`${share(own, whole)} of the pixels`);
    // Rounding to whole pixels alone changes the ratio by less.
    const turn = (one.width * kept.height) / (one.height * kept.width);
    const rounding = 1 / one.width + 1 / one.height;
    if (Math.abs(Math.log(turn)) > rounding) {
      parts.push(`${percent(Math.abs(turn - 1))} ${turn > 1 ? 'wider' : 'narrower'} in shape`);
    }
  }
  if (one.bytes !== kept.bytes) parts.push(`${share(one.bytes, kept.bytes)} of the bytes`);
  return parts.join(', ');
}

/** Up to twice as a percentage, from there on as a multiple. */
const share = (part: number, whole: number): string =>
  part < 2 * whole ? percent(part / whole) : `${(part / whole).toFixed(1)} times`;

const percent = (value: number): string => {
  const hundredths = value * 100;
  // Never 0 %, nor 100 % of what is not the same.
  if (hundredths < 1) return 'less than 1 %';
  const rounded = Math.round(hundredths);
  return rounded === 100 ? `${hundredths.toFixed(1)} %` : `${rounded} %`;
};

/** The size within 480 × 360. */
function shapeOf(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(480 / width, 360 / height);
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}
