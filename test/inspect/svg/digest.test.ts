/** The SVG fast path beside sharp (native libvips and librsvg): sizes, encodings, and what it leaves to wasm-vips. */
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { random } from '../../../fixtures/photo.ts';
import { distanceHex, hashBuffer } from '../../../src/inspect/pdq/mod.ts';
import { digestPng } from '../../../src/inspect/png/mod.ts';
import { digestSvg } from '../../../src/inspect/svg/mod.ts';
import { ensureWorker } from '../assets.ts';
import { provideParts } from '../parts.ts';

beforeAll(() => ensureWorker());
provideParts();

const NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"';
const utf8 = (text: string) => new TextEncoder().encode(text);

/** Discs, lines and words of a picture that is 100 wide and high, whatever its size. */
function shapes(seed: number): string {
  const next = random(seed);
  const number = (below: number) => Math.round(next() * below);
  const color = () => `rgb(${number(255)},${number(255)},${number(255)})`;
  return Array.from({ length: 60 }, (_, i) =>
    i % 3 === 0
      ? `<path d="M${number(99)} ${number(99)}L${number(99)} ${number(99)}" stroke="${color()}"/>`
      : `<circle cx="${number(99)}" cy="${number(99)}" r="${3 + number(20)}" fill="${color()}"/>`,
  ).join('');
}

function drawing(width: number, height: number, inside: string, namespace = NAMESPACE): string {
  const box = 'viewBox="0 0 100 100" preserveAspectRatio="none"';
  return `<svg ${namespace} width="${width}" height="${height}" ${box}>${inside}</svg>`;
}

/** As a PNG of its own size. */
async function digestOther(file: Uint8Array) {
  const flat = sharp(file).flatten({ background: 'white' }).toColourspace('srgb');
  return digestPng(new Uint8Array(await flat.png({ compressionLevel: 1 }).toBuffer()));
}

test.each([
  [1600, 1200],
  [2000, 300],
  [310, 900],
  [512, 512],
  [500, 480],
  [200, 150],
  [64, 64],
  [33, 3],
])('a drawing of %i × %i is as sharp draws it', async (width, height) => {
  for (let seed = 1; seed < 4; seed++) {
    const file = utf8(drawing(width, height, shapes(seed)));
    const [ours, other] = [await digestSvg(file, { width, height }), await digestOther(file)];
    const far = ours!.thumbnail.map((value, i) => Math.abs(value - other!.thumbnail[i]!));
    // How edges are smoothed tells where a pixel is large.
    const most = Math.min(width, height) < 64 ? 8 : 3;
    expect(far.reduce((sum, value) => sum + value, 0) / far.length).toBeLessThan(most);
    expect(!ours!.buffer).toBe(!other!.buffer);
    if (!ours!.buffer || Math.min(width, height) < 64) continue;
    const [a, b] = [hashBuffer(ours!.buffer), hashBuffer(other!.buffer!)];
    expect(distanceHex(a.hex, b.hex)).toBeLessThanOrEqual(8);
  }
});

describe('the same drawing, written otherwise', () => {
  const size = { width: 200, height: 150 };
  const text = drawing(200, 150, shapes(5));
  const latin = (label: string) =>
    Uint8Array.from(`<?xml version="1.0" encoding="${label}"?><!-- \xe9 -->${text}`, (letter) =>
      letter.charCodeAt(0),
    );
  test.each([
    ['without a namespace', utf8(drawing(200, 150, shapes(5), ''))],
    ['in UTF-16', new Uint8Array(Uint16Array.from(`\ufeff${text}`, (c) => c.charCodeAt(0)).buffer)],
    ['in ISO 8859-1', latin('iso-8859-1')],
    ['behind a DOCTYPE', utf8(`<!DOCTYPE svg [<!ENTITY a "b">]>${text}`)],
  ])('%s', async (_, file) => {
    expect(await digestSvg(file, size)).toEqual(await digestSvg(utf8(text), size));
  });
});

describe('left to wasm-vips', () => {
  const size = { width: 90, height: 90 };
  test.each([
    '<image width="9" height="9" href="data:image/png;base64,"/>',
    '<filter id="a"><feGaussianBlur stdDeviation="9"/></filter>',
    '<symbol id="a"/>',
    '<rect fill="url(\'#a\')"/>',
    '<rect style="fill:url(&quot;#a&quot;)"/>',
    '<rect style="transform-origin: 5px"/>',
    '<style>rect { fill: red ! important }</style>',
    '<path marker-start="url(#a)" style="paint-order: stroke markers"/>',
    '<radialGradient fr=".1"/>',
    '<rect fill="rgb(1.5, 2, 3)"/>',
    '<rect fill="hsl(120.5deg, 20%, 30%)"/>',
  ])('%s', async (inside) => {
    expect(await digestSvg(utf8(drawing(90, 90, inside)), size)).toBeUndefined();
  });

  test('a line that is long and thin', async () => {
    const file = utf8(drawing(17_000, 1000, shapes(1)));
    expect(await digestSvg(file, { width: 17_000, height: 1000 })).toBeUndefined();
  });

  test('a drawing that resvg says has another size', async () => {
    const file = utf8(`<svg ${NAMESPACE}><rect x="9" y="9" width="250" height="50"/></svg>`);
    expect(await digestSvg(file, { width: 300, height: 150 })).toBeUndefined();
  });

  test('what resvg refuses', async () => {
    expect(await digestSvg(utf8('<svg'), size)).toBeUndefined();
    expect(await digestSvg(utf8(drawing(90, 90, '<a:b/>')), size)).toBeUndefined();
  });
});

test.each([
  '<rect fill="rgba(1, 2, 3, 0.5)"/>',
  '<rect fill="rgb(10.5%, 20.5%, 30%)"/>',
  '<rect style="paint-order: fill stroke" marker-start="none"/>',
])('%s is drawn here', async (inside) => {
  const digest = await digestSvg(utf8(drawing(90, 90, inside)), { width: 90, height: 90 });
  expect(digest).toBeDefined();
});

test('after a trap the next one is drawn', async () => {
  const size = { width: 90, height: 90 };
  const deep = `${'<g>'.repeat(9000)}<rect/>${'</g>'.repeat(9000)}`;
  expect(await digestSvg(utf8(drawing(90, 90, deep)), size)).toBeUndefined();
  expect(await digestSvg(utf8(drawing(90, 90, shapes(1))), size)).toBeDefined();
});
