/**
 * Extraction of a 1 MB page with 2,000 images, in CPU time, and its ratio to cheerio's bare `load` of
 * the same page. Run it as `node scripts/bench/extract.ts`; the first figure is that of a cold start.
 */

import { extractPage } from '../../src/extract/mod.ts';

const IMAGES = 2_000;
const BYTES = 1_000_000;

/** A gallery as CMSs write it: picture or srcset or lazy, each with text around. */
function galleryPage(): string {
  const cards: string[] = [];
  for (let at = 0; at < IMAGES; at++) cards.push(card(at));
  const room = Math.max(0, Math.floor((BYTES - cards.join('').length) / IMAGES));
  const text = 'Lorem ipsum dolor sit amet, consectetur. '
    .repeat(1 + Math.floor(room / 41))
    .slice(0, room);
  const body = cards.map((html) => html.replace('TEXT', text)).join('\n');
  return `<!doctype html><html><head><meta charset="utf-8"><title>Gallery</title>
<style>.hero { background: url("/hero.jpg") no-repeat }</style></head><body>${body}</body></html>`;
}

function card(at: number): string {
  const name = `/uploads/2024/photo-${at}`;
  const set = `${name}-300x200.jpg 300w, ${name}-768x512.jpg 768w, ${name}-1024x683.jpg 1024w`;
  const image = [
    `<img src="${name}-300x200.jpg" srcset="${set}" alt="Photo ${at}">`,
    `<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="${name}.jpg" class="lazy">`,
    `<picture><source type="image/webp" srcset="${name}.webp"><img src="${name}.jpg"></picture>`,
  ][at % 3]!;
  return `<article class="card" id="p${at}"><a href="${name}.html" class="link">${image}</a><p>TEXT</p></article>`;
}

const cpu = (work: () => void): number => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};
const median = (numbers: number[]) =>
  numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

const html = new TextEncoder().encode(galleryPage());
const url = 'https://gallery.example/';
const extract = () => {
  const { images } = extractPage({ html, url });
  if (images.length < IMAGES) throw new Error(`${images.length} of ${IMAGES} images found`);
};

const coldStart = performance.now();
const cold = cpu(extract);
const coldWall = performance.now() - coldStart;
const { load } = await import('cheerio');
const text = new TextDecoder().decode(html);
const bare = () => void load(text, { scriptingEnabled: false });
const warm: number[] = [];
const baseline: number[] = [];
for (let round = 0; round < 15; round++) {
  warm.push(cpu(extract));
  baseline.push(cpu(bare));
}
const [own, theirs] = [median(warm), median(baseline)];
console.log(
  JSON.stringify({
    bytes: html.length,
    images: IMAGES,
    coldMs: Math.round(coldWall),
    coldCpuMs: Math.round(cold),
    warmCpuMs: Math.round(own),
    cheerioLoadCpuMs: Math.round(theirs),
    ratio: Number((own / theirs).toFixed(2)),
  }),
);
