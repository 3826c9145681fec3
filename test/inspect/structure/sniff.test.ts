import { describe, expect, it } from 'vitest';
import { bmp, bytes, gif, heif, icon, ispe, png } from '../../../fixtures/assemble.ts';
import { inspectStructure, sniff } from '../../../src/inspect/structure/mod.ts';
import { fixture } from './fixture.ts';

const text = (s: string) => new TextEncoder().encode(s);
const SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>';

describe('sniff', () => {
  it.each([
    ['jpeg', fixture('baseline.jpg')],
    ['png', png()],
    ['gif', gif(1, 1)],
    ['webp', fixture('lossy.webp')],
    ['avif', fixture('picture.avif')],
    ['heic', heif([ispe(1, 1)], { brand: 'heic', codec: 'hvc1' })],
    ['tiff', fixture('strips.tiff')],
    ['tiff', fixture('tiles.tiff')],
    ['bmp', bmp()],
    ['ico', icon(1, [{ width: 1, height: 1, data: png() }])],
    ['cur', icon(2, [{ width: 1, height: 1, data: png() }])],
    ['jxl', bytes([0xff, 0x0a, 0, 0])],
    ['jxl', bytes('\0\0\0\x0cJXL \r\n\x87\n')],
    ['jp2', bytes('\0\0\0\x0cjP  \r\n\x87\n')],
    ['psd', bytes('8BPS\0\x01')],
    ['qoi', bytes('qoif')],
    ['pnm', text('P6\n1 1\n255\n')],
    ['dds', bytes('DDS |\0\0\0')],
    ['hdr', text('#?RADIANCE\n')],
    ['exr', bytes('\x76\x2f\x31\x01')],
    ['farbfeld', text('farbfeld')],
    ['svg', text(SVG)],
  ])('knows %s by its first 64 bytes', (format, file) => {
    expect(sniff(file.subarray(0, 64))).toBe(format);
  });

  it.each([
    ['a byte-order mark', `\ufeff${SVG}`],
    ['white space', `\n\n  ${SVG}`],
    ['a declaration', `<?xml version="1.0"?>\n${SVG}`],
    ['a long comment', `<!-- ${'x'.repeat(20_000)} > <html> -->${SVG}`],
    ['a DOCTYPE with entities', `<!DOCTYPE svg [<!ENTITY a "b>"> <!-- ]> -->]>${SVG}`],
    ['a prefix', '<s:svg xmlns:s="http://www.w3.org/2000/svg"/>'],
  ])('finds SVG behind %s', (_, file) => {
    expect(sniff(text(file))).toBe('svg');
  });

  it('finds SVG in UTF-16 by its mark', () => {
    expect(sniff(bytes(Buffer.from(`\ufeff${SVG}`, 'utf16le')))).toBe('svg');
  });

  it.each([
    ['an HTML page with a drawing', `<!doctype html><html><body>${SVG}`],
    ['a page that comments on SVG', `<!-- ${SVG} --><html></html>`],
    ['another XML document', `<?xml version="1.0"?><feed>${SVG}</feed>`],
    ['an element that only begins so', '<svgfoo/>'],
    ['text that begins with BM', 'BM is the beginning of this text'],
    ['an empty cursor, as TGA files begin', '\0\0\x02\0\0\0\0\0\0\0'],
    ['a movie', '\0\0\0\x18ftypmp42\0\0\0\0mp42isom'],
  ])('is not fooled by %s', (_, file) => {
    expect(sniff(text(file))).toBeUndefined();
  });
});

describe('bytes that are no image', () => {
  const message = (file: Uint8Array | string) => {
    try {
      inspectStructure(typeof file === 'string' ? text(file) : file);
    } catch (error) {
      return `${(error as { code: string }).code}: ${(error as Error).message}`;
    }
    return 'accepted';
  };

  it.each([
    ['', 'empty-body: The body has no bytes.'],
    ['<!DOCTYPE html><title>Not\n found</title>', /HTML page titled “Not found”/],
    ['<html><body>', /an HTML page\./],
    ['{"error":"gone"}', /JSON: “{"error":"gone"}”/],
    ['<?xml version="1.0"?><Error/>', /an XML document/],
    ['Access denied', /text: “Access denied”/],
    ['   \n ', /white space/],
    ['%PDF-1.7', /a PDF document/],
  ])('are named: %j', (file, expected) => {
    const got = message(file);
    if (typeof expected === 'string') expect(got).toBe(expected);
    else expect(got).toMatch(expected);
    expect(got).toMatch(/^(not-an-image|empty-body): /);
  });

  it('are quoted without anything that acts on a terminal', () => {
    const evil = '\x1b[2Jerase \u202eturned\u200b \x07bell\u2028next';
    const got = message(`<title>${evil}${'x'.repeat(500)}</title><html>`);
    expect(got).not.toMatch(/[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e]/);
    expect(got.length).toBeLessThan(200);
  });

  it('are told by their kind when they are binary', () => {
    expect(message(bytes([1, 2, 3, 0, 255, 254]))).toMatch(/6 bytes of unknown binary data/);
    expect(message(new Uint8Array(10))).toMatch(/zeros/);
  });
});
