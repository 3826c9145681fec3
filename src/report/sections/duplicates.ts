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

function group({ kept, others }: DuplicateGroup, at: number): Html {
  return html`<article class="group" aria-labelledby="group-${at}">
<h3 id="group-${at}"><bdi>${kept.name}</bdi></h3>
<div class="copies">${copy(kept)}${others.map(copy)}</div>
</article>
`;
}

function copy(one: Copy): Html {
  const { name, urls, src, likeness, format, width, height, bytes } = one;
  const how = relation(one);
  const size = height > 0 ? shapeOf(width, height) : { width: 1, height: 1 };
  const picture = src
    ? html`<img src="${src}" alt="${how}: ${name}" width="${size.width}" height="${size.height}" loading="lazy" decoding="async">`
    : html`<span class="none">no picture</span>`;
  return html`<figure class="copy${one.kind === undefined && ' kept'}${likeness && ' likeness'}">
<div class="frame">${picture}</div>
<figcaption><strong>${how}</strong>
<span>${width}×${height} ${format}, ${bytesText(bytes)}${likeness && ' (shown as a small likeness)'}</span>
${urls.map((url) => html`<span class="address">${linkTo(url)}</span>`)}</figcaption>
</figure>`;
}

function relation({ kind, distance = 0 }: Copy): string {
  if (kind === undefined) return 'Kept';
  if (kind === 'exact') return 'Same bytes';
  if (distance === 0) return 'Same picture, 0 bits apart';
  return `${plural(distance, 'bit')} apart`;
}

/** The size within 480 × 360. */
function shapeOf(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(480 / width, 360 / height);
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}
