/**
 * What runs in the report: filters, pages of the gallery, the large view. Text of the network only
 * ever becomes `textContent`, `alt` or the address of an image.
 */
export const SCRIPT = String.raw`'use strict';
(() => {
const PAGE = 120;
const byId = (id) => document.getElementById(id);
const { statuses, hosts, pages, rows } = JSON.parse(byId('data').textContent);
const filters = byId('filters'), cards = byId('cards'), viewer = byId('viewer');
const format = new Intl.NumberFormat('en');
let shown = rows, page = 0, open = -1, texts;

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children.filter((child) => child !== undefined && child !== ''));
  return made;
}

function bytesText(bytes) {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  for (; bytes >= 999.5 && unit < 4; unit++) bytes /= 1000;
  return (unit > 0 && bytes < 9.95 ? bytes.toFixed(1) : Math.round(bytes)) + ' ' + units[unit];
}

function shorten(text) {
  return text.length <= 300 ? text : text.slice(0, 240) + '…' + text.slice(-59);
}

function link(url) {
  const text = element('bdi', { textContent: shorten(url) });
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  if (protocol !== 'https:' && protocol !== 'http:') return text;
  return element('a', { href: url, rel: 'noreferrer noopener' }, text);
}

function nameOf(row) {
  if (row.f) return row.f;
  const path = row.u.split(/[?#]/, 1)[0];
  return shorten(path.slice(path.lastIndexOf('/') + 1) || row.u);
}

function sizeOf(row) {
  const parts = [];
  if (row.x) parts.push(row.x + '×' + row.y);
  if (row.t) parts.push(row.t);
  if (row.b !== undefined) parts.push(bytesText(row.b));
  return parts.join(', ');
}

function fate(row) {
  const name = statuses[row.s][1];
  if (statuses[row.s][0] === 'duplicate') {
    return row.n ? name + ', ' + row.n + (row.n === 1 ? ' bit apart' : ' bits apart') : name + ', same picture';
  }
  return row.e ? name + ': ' + row.e : name;
}

function picture(row) {
  const image = element('img', { alt: row.a || nameOf(row), loading: 'lazy', decoding: 'async' });
  image.addEventListener('error', () => {
    image.replaceWith(element('span', { className: 'none', textContent: 'not shown by this browser, or gone' }));
  });
  image.src = row.i;
  return image;
}

function card(row, at) {
  const name = nameOf(row);
  const face = row.i
    ? element('button', { type: 'button', className: 'frame' }, picture(row))
    : element('div', { className: 'frame' }, element('span', { className: 'none', textContent: fate(row) }));
  if (row.i) {
    face.setAttribute('aria-label', (row.a ? row.a + ', ' : '') + name + ', show large');
    face.addEventListener('click', () => show(at));
  }
  const status = element('span', { className: 'status ' + statuses[row.s][0], textContent: fate(row) });
  return element('li', { className: 'card' }, face,
    element('strong', { className: 'name' }, element('bdi', { textContent: name })),
    element('span', { className: 'note', textContent: sizeOf(row) }),
    status,
    element('span', { className: 'address' }, link(row.u)));
}

function draw() {
  const most = Math.max(1, Math.ceil(shown.length / PAGE));
  page = Math.min(Math.max(page, 0), most - 1);
  const first = page * PAGE;
  cards.replaceChildren(...shown.slice(first, first + PAGE).map((row, at) => card(row, first + at)));
  byId('pager').hidden = most === 1;
  byId('place').textContent = 'Page ' + format.format(page + 1) + ' of ' + format.format(most);
  byId('previous').disabled = page === 0;
  byId('next').disabled = page === most - 1;
  const last = Math.min(first + PAGE, shown.length);
  byId('count').textContent = shown.length === 0
    ? 'No image matches.'
    : format.format(first + 1) + '–' + format.format(last) + ' of ' + format.format(shown.length) +
      (shown.length === rows.length ? '' : ' that match, of ' + format.format(rows.length));
}

function textOf(row) {
  return [row.u, row.f, row.a, row.m, row.p === undefined ? '' : pages[row.p]].join('\n').toLowerCase();
}

function filter() {
  const words = byId('search').value.toLowerCase().split(/\s+/).filter(Boolean);
  const status = byId('status').value, kind = byId('format').value, host = byId('host').value;
  if (words.length > 0) texts ??= rows.map(textOf);
  shown = rows.filter((row, at) =>
    (status === '' || (status === 'folder' ? row.i !== undefined : statuses[row.s][0] === status)) &&
    (kind === '' || row.t === kind) && (host === '' || hosts[row.h] === host) &&
    words.every((word) => texts[at].includes(word)));
  page = 0;
  draw();
}

function turn(by) {
  page += by;
  draw();
  byId('gallery').scrollIntoView();
  // A button that has just been disabled cannot keep the focus.
  const [wanted, other] = by < 0 ? ['previous', 'next'] : ['next', 'previous'];
  (byId(wanted).disabled ? byId(other) : byId(wanted)).focus({ preventScroll: true });
}

function fact(name, value) {
  return value === undefined || value === '' ? [] : [element('dt', { textContent: name }), element('dd', {}, value)];
}

function show(at) {
  const row = shown[at];
  open = at;
  const image = byId('viewer-image');
  image.src = row.i;
  image.alt = row.a || nameOf(row);
  byId('viewer-name').replaceChildren(element('bdi', { textContent: nameOf(row) }));
  byId('viewer-facts').replaceChildren(
    ...fact('Size', sizeOf(row)),
    ...fact('Status', fate(row)),
    ...fact('Description', row.a && element('bdi', { textContent: row.a })),
    ...fact('Address', link(row.u)),
    ...fact('Named by', row.p === undefined ? undefined : link(pages[row.p])));
  byId('viewer-previous').disabled = step(-1) < 0;
  byId('viewer-next').disabled = step(1) < 0;
  if (!viewer.open) viewer.showModal();
}

function step(by) {
  let at = open + by;
  while (at >= 0 && at < shown.length && shown[at].i === undefined) at += by;
  return at < shown.length ? at : -1;
}

function go(by) {
  const at = step(by);
  if (at >= 0) show(at);
}

let timer;
byId('search').addEventListener('input', () => {
  clearTimeout(timer);
  timer = setTimeout(filter, 150);
});
for (const id of ['status', 'format', 'host']) byId(id).addEventListener('change', filter);
filters.addEventListener('submit', (event) => {
  event.preventDefault();
  filter();
});
filters.addEventListener('reset', () => setTimeout(filter));
byId('previous').addEventListener('click', () => turn(-1));
byId('next').addEventListener('click', () => turn(1));
byId('viewer-previous').addEventListener('click', () => go(-1));
byId('viewer-next').addEventListener('click', () => go(1));
byId('viewer-close').addEventListener('click', () => viewer.close());
viewer.addEventListener('keydown', (event) => {
  if (event.key === 'ArrowLeft') go(-1);
  else if (event.key === 'ArrowRight') go(1);
});
viewer.addEventListener('close', () => {
  byId('viewer-image').removeAttribute('src');
  const first = page * PAGE;
  if (open < first || open >= first + PAGE) {
    page = Math.floor(open / PAGE);
    draw();
  }
  cards.children[open - page * PAGE]?.querySelector('button')?.focus();
});
filter();
})();
`;
