/** The gallery's frame and its data; script.ts fills it. */
import type { ImageStatus } from '../../model.ts';
import type { Item } from '../data.ts';
import { type Html, html, jsonForScript } from '../html.ts';
import { countText, plural } from '../text.ts';

/** How each status is called. Its place in this list is its number in the data. */
export const STATUS_NAMES: readonly (readonly [ImageStatus, string])[] = [
  ['saved', 'Saved'],
  ['unchanged', 'Unchanged'],
  ['duplicate', 'Duplicate'],
  ['filtered', 'Left out'],
  ['failed', 'Failed'],
];

export function gallerySection(items: readonly Item[], left: number): Html {
  const count = (value: (item: Item) => string | undefined) => {
    const counts = new Map<string, number>();
    for (const item of items) {
      const key = value(item);
      if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  };
  const statuses = new Map(count(({ status }) => status));
  const inFolder = items.filter(({ src }) => src !== undefined).length;
  const all = html`<option value="">All (${countText(items.length)})</option>`;
  return html`<section id="gallery" aria-labelledby="gallery-title">
<h2 id="gallery-title">Images</h2>
<form id="filters" role="search" aria-label="Filter the images">
<label>Search <input id="search" type="search" placeholder="address, file, description" autocomplete="off" spellcheck="false"></label>
<label>Status <select id="status">${all}${inFolder > 0 && html`<option value="folder" selected>In the folder (${countText(inFolder)})</option>`}${STATUS_NAMES.map(
    ([status, name]) =>
      statuses.has(status) &&
      html`<option value="${status}">${name} (${countText(statuses.get(status) ?? 0)})</option>`,
  )}</select></label>
<label>Format <select id="format">${all}${count(({ format }) => format).map(option)}</select></label>
<label>Host <select id="host">${all}${count(({ host }) => host).map(option)}</select></label>
<button type="reset">Reset</button>
</form>
<p id="count" role="status" aria-live="polite"></p>
${left > 0 && html`<p class="note">Another ${plural(left, 'address', 'addresses')} are not in this report.</p>`}
<noscript><p>The gallery needs JavaScript; the other parts of this report do not.</p></noscript>
<ul id="cards"></ul>
<nav id="pager" aria-label="Pages of images" hidden>
<button type="button" id="previous">Previous</button>
<span id="place"></span>
<button type="button" id="next">Next</button>
</nav>
<dialog id="viewer" aria-labelledby="viewer-name">
<div class="stage"><img id="viewer-image" alt=""></div>
<h3 id="viewer-name"></h3>
<dl id="viewer-facts"></dl>
<div class="buttons">
<button type="button" id="viewer-previous">Previous</button>
<button type="button" id="viewer-next">Next</button>
<button type="button" id="viewer-close">Close</button>
</div>
</dialog>
<script type="application/json" id="data">${jsonForScript(galleryData(items))}</script>
</section>`;
}

const option = ([value, count]: [string, number]): Html =>
  html`<option value="${value}">${value} (${countText(count)})</option>`;

/** As short as it can be: hosts and pages by number, nothing that is absent. */
function galleryData(items: readonly Item[]): object {
  const hosts = new Numbers();
  const pages = new Numbers();
  const statuses = STATUS_NAMES.map(([status]) => status);
  const rows = items.map((item) => ({
    u: item.url,
    s: statuses.indexOf(item.status),
    h: hosts.of(item.host),
    p: item.page === undefined ? undefined : pages.of(item.page),
    a: item.alt || undefined,
    i: item.src,
    f: item.file,
    t: item.format,
    x: item.width,
    y: item.height,
    b: item.bytes,
    d: item.duplicateOf,
    n: item.distance,
    e: item.error,
    m: item.message,
  }));
  return { statuses: STATUS_NAMES, hosts: hosts.values, pages: pages.values, rows };
}

class Numbers {
  readonly values: string[] = [];
  readonly #known = new Map<string, number>();

  of(value: string): number {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    this.#known.set(value, this.values.length);
    return this.values.push(value) - 1;
  }
}
