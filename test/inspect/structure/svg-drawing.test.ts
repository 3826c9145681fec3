/** What an SVG may draw: references, depth, entities and pictures within are counted, never followed out. */
import { describe, expect, it } from 'vitest';
import { be32, bytes, chunk, png, SIGNATURE } from '../../../fixtures/assemble.ts';
import { inspectHeader } from '../../../src/inspect/mod.ts';
import { inspectStructure } from '../../../src/inspect/structure/mod.ts';

const read = (inside: string, before = '') =>
  inspectStructure(
    bytes(
      `${before}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">${inside}</svg>`,
    ),
  );

const TOO_MUCH = { state: 'damaged', detail: expect.stringContaining('1000000 elements') };
const TOO_DEEP = { state: 'damaged', detail: expect.stringContaining('deeper than 100') };
const TOO_LONG = { state: 'damaged', detail: expect.stringContaining('entities') };

/** `levels` groups, each of which shows the one before ten times, by `refer`. */
function tenfold(levels: number, refer: (id: string) => string): string {
  let text = '<g id="n0"><path d="M0 0"/></g>';
  for (let i = 1; i <= levels; i++) text += `<g id="n${i}">${refer(`n${i - 1}`).repeat(10)}</g>`;
  return text;
}

describe('what an SVG draws', () => {
  it.each<[string, (id: string) => string]>([
    ['use', (id) => `<use href="#${id}"/>`],
    ['use in the old way', (id) => `<use xlink:href=" #${id} "/>`],
    ['use by a reference to a character', (id) => `<use href="&#35;${id}"/>`],
    ['masks', (id) => `<path mask="url(#${id})"/>`],
    ['masks in a style', (id) => `<path style="stroke:#000;mask:url( '#${id}' )"/>`],
    ['patterns', (id) => `<path fill="url(&quot;#${id}&quot;) red"/>`],
    ['two kinds at once', (id) => `<path fill="url(#${id})" clip-path="url(#${id})"/>`],
  ])('is counted with what is shown by %s', (_, refer) => {
    expect(read(tenfold(4, refer)).state).toBe('whole');
    expect(read(tenfold(7, refer))).toMatchObject(TOO_MUCH);
  });

  it('counts what the file itself holds', () => {
    expect(read('<a/>'.repeat(999_000)).state).toBe('whole');
    expect(read('<a/>'.repeat(1_000_001))).toMatchObject(TOO_MUCH);
  });

  it('leaves out what would contain itself, as decoders do', () => {
    const circle = '<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/><use href="#b"/></g>';
    expect(read(circle).state).toBe('whole');
    expect(read('<use href="#none"/><path fill="url(#none)"/>').state).toBe('whole');
  });

  it('does not count the gradients of many elements', () => {
    const stops = '<stop offset="1"/>'.repeat(20);
    const gradient = `<defs><linearGradient id="g">${stops}</linearGradient></defs>`;
    expect(read(gradient + '<path fill="url(#g)"/>'.repeat(100_000)).state).toBe('whole');
  });

  it('counts filters by their steps', () => {
    const shown = (steps: string, times: number) =>
      read(`<filter id="f">${steps}</filter>${'<path filter="url(#f)"/>'.repeat(times)}`);
    const shadow = '<feOffset/><feGaussianBlur/><feBlend/>';
    expect(shown(shadow, 1_000).state).toBe('whole');
    expect(shown(shadow, 10_000)).toMatchObject(TOO_MUCH);
    expect(shown('<feTurbulence numOctaves="5"/>', 10).state).toBe('whole');
    expect(shown('<feTurbulence numOctaves="100000"/>', 1)).toMatchObject(TOO_MUCH);
    expect(shown('<feMorphology radius="1e9"/>', 1)).toMatchObject(TOO_MUCH);
  });
});

describe('the depth of an SVG', () => {
  const groups = (count: number, inside = '') =>
    '<g>'.repeat(count) + inside + '</g>'.repeat(count);

  it('is that of its elements', () => {
    expect(read(groups(99)).state).toBe('whole');
    expect(read(groups(100))).toMatchObject(TOO_DEEP);
  });

  it('is that of the elements referred to, where they are shown', () => {
    const shown = (above: number, below: number) =>
      read(`<g id="a">${groups(below, '<path/>')}</g>${groups(above, '<use href="#a"/>')}`);
    expect(shown(30, 30).state).toBe('whole');
    expect(shown(96, 0).state).toBe('whole');
    expect(shown(48, 48).state).toBe('whole');
    expect(shown(49, 48)).toMatchObject(TOO_DEEP);
    const chain = Array.from({ length: 200 }, (_, i) => `<use id="u${i + 1}" href="#u${i}"/>`);
    expect(read(`<path id="u0"/>${chain.join('')}`)).toMatchObject(TOO_DEEP);
  });
});

describe('entities of an SVG', () => {
  const dtd = (...declarations: string[]) => `<!DOCTYPE svg [${declarations.join('')}]>`;

  it('may stand for text and attributes', () => {
    const before = dtd('<!ENTITY red "#f00">', "<!ENTITY ns 'http://example.org/'>");
    expect(read('<a b="&ns;" c="&red;"/>'.repeat(9_000), before).state).toBe('whole');
  });

  it('must not multiply', () => {
    const laughs = Array.from(
      { length: 9 },
      (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`,
    );
    expect(read('<text>&l9;</text>', dtd('<!ENTITY l0 "ha">', ...laughs))).toMatchObject(TOO_LONG);
    expect(read('<text a="&l9;"/>', dtd('<!ENTITY l0 "ha">', ...laughs))).toMatchObject(TOO_LONG);
    const long = dtd(`<!ENTITY a "${'a'.repeat(10_000)}">`);
    expect(read(`<text>${'&a;'.repeat(99)}</text>`, long).state).toBe('whole');
    expect(read(`<text>${'&a;'.repeat(101)}</text>`, long)).toMatchObject(TOO_LONG);
  });

  it('must not contain themselves', () => {
    const circle = dtd('<!ENTITY a "&b;">', '<!ENTITY b "&a;">');
    expect(read('<text>&a;</text>', circle)).toMatchObject(TOO_LONG);
    const chain = Array.from({ length: 60 }, (_, i) => `<!ENTITY c${i + 1} "&c${i};">`);
    expect(read('<text>&c60;</text>', dtd(...chain))).toMatchObject(TOO_LONG);
  });
});

describe('pictures within an SVG', () => {
  const base64 = (data: Uint8Array) => Buffer.from(data).toString('base64');
  const image = (address: string) => `<image href="${address}"/>`;

  it('count by their pixels', () => {
    const inside = image(`data:image/png;base64,${base64(png({ width: 30, height: 20 }))}`);
    expect(read(inside)).toMatchObject({ state: 'whole', width: 9, embeddedPixels: 600 });
    const file = bytes(`<svg xmlns="http://www.w3.org/2000/svg">${inside}</svg>`);
    expect(inspectHeader(file, 599 * 100)).toMatchObject({ width: 300, height: 150 });
    const small = bytes(
      `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">${inside}</svg>`,
    );
    expect(() => inspectHeader(small, 599)).toThrow(/holds a picture of 600 pixels/);
  });

  it('count as often as they are shown', () => {
    const header = chunk('IHDR', bytes(be32(5_000), be32(5_000), [8, 2, 0, 0, 0]));
    const start = bytes(SIGNATURE, header, chunk('IDAT'));
    const address = `data:image/png;base64,${base64(start)}`;
    const inside = `<image id="a" href="${address}"/>`;
    expect(read(inside + '<use href="#a"/>'.repeat(100)).state).toBe('whole');
    expect(read(inside + '<use href="#a"/>'.repeat(1_000))).toMatchObject(TOO_MUCH);
  });

  it('may be drawings, with pictures of their own', () => {
    const inner = `<svg xmlns="http://www.w3.org/2000/svg">${image(`data:image/png;base64,${base64(png())}`)}</svg>`;
    const plain = `data:image/svg+xml,${encodeURIComponent(inner)}`;
    expect(read(image(plain))).toMatchObject({ state: 'whole', embeddedPixels: 200 });
    let nested = '<path/>';
    for (let level = 0; level < 3; level++) {
      const svg = bytes(`<svg xmlns="http://www.w3.org/2000/svg">${nested}</svg>`);
      const address = `data:image/svg+xml;base64,${base64(svg)}`;
      nested = `<image id="a" href="${address}"/>${'<use href="#a"/>'.repeat(120)}`;
    }
    expect(read(nested)).toMatchObject(TOO_MUCH);
  });

  it('that are none are left out', () => {
    for (const address of ['data:image/png;base64,!!', 'data:,', 'data:image/svg+xml,%E9', '#a']) {
      expect(read(image(address)).state).toBe('whole');
    }
  });
});
