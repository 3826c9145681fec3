import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImageFormat } from '../../src/model.ts';
import { cleanName, fileName, foldName, MAX_NAME_BYTES, nameParts } from '../../src/store/mod.ts';

const nameOf = (url: string, format: ImageFormat) => {
  const { stem, extension } = nameParts(url);
  return fileName(stem, extension, format);
};

describe('the name of an image', () => {
  it.each<[url: string, format: ImageFormat, name: string]>([
    [
      'https://x.test/photo-1516117172878-fd2c41f4a759',
      'jpeg',
      'photo-1516117172878-fd2c41f4a759.jpg',
    ],
    ['https://x.test/a.jpeg', 'jpeg', 'a.jpeg'],
    ['https://x.test/IMG_1.JPG', 'jpeg', 'IMG_1.JPG'],
    ['https://x.test/a.png', 'jpeg', 'a.jpg'],
    ['https://x.test/image.php?id=3', 'png', 'image.png'],
    ['https://x.test/v2.1', 'gif', 'v2.1.gif'],
    ['https://x.test/a/b/', 'png', 'b.png'],
    ['https://x.test/', 'png', 'x.test.png'],
    ['https://x.test/../..', 'png', 'x.test.png'],
    ['https://[::1]:80/', 'png', '1.png'],
    ['data:image/png;base64,AAAA', 'png', 'image.png'],
    ['not a url', 'webp', 'image.webp'],
    ['https://x.test/%C3%A4%20b.jpg', 'jpeg', 'ä b.jpg'],
    ['https://x.test/a%CC%88.jpg', 'jpeg', 'ä.jpg'],
    ['https://x.test/caf%E9.jpg', 'jpeg', 'café.jpg'],
    ['https://x.test/100%.jpg', 'jpeg', '100%.jpg'],
    ['https://x.test/..%2F..%2Fetc%2Fpasswd', 'jpeg', 'etc-passwd.jpg'],
    ['https://x.test/..%5Cwindows%5Cx.png', 'png', 'windows-x.png'],
    ['https://x.test/%00%0A.hidden.jpg', 'jpeg', 'hidden.jpg'],
    ['https://x.test/-rf.jpg', 'jpeg', 'rf.jpg'],
    ['https://x.test/con.jpg', 'jpeg', '_con.jpg'],
    ['https://x.test/COM1.backup.png', 'png', '_COM1.backup.png'],
    ['https://x.test/a%3Ab%3Fc%2A.png', 'png', 'a-b-c-.png'],
    ['https://x.test/photo%E2%80%AEgpj.exe', 'jpeg', 'photogpj.jpg'],
    ['https://x.test/a%E2%80%8Bb.png', 'png', 'ab.png'],
    ['https://x.test/name.%20.%20', 'png', 'name.png'],
    ['https://x.test/%E2%80%8B/', 'png', 'x.test.png'],
    ['https://x.test/dir/.jpg', 'jpeg', 'jpg.jpg'],
    ['https://x.test/a.farbfeld', 'farbfeld', 'a.farbfeld.ff'],
  ])('%s as %s is %s', (url, format, name) => {
    expect(nameOf(url, format)).toBe(name);
  });

  it('is cut between code points, extension and all, to 200 bytes', () => {
    const name = nameOf(`https://x.test/${encodeURIComponent('🖼'.repeat(500))}.tiff`, 'tiff');
    expect(name).toBe(`${'🖼'.repeat(48)}.tiff`);
    expect(nameOf(`https://x.test/${'a'.repeat(100_000)}`, 'jpeg').length).toBeLessThanOrEqual(200);
  });

  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({
      unit: fc.constantFrom(
        '.',
        '/',
        '\\',
        ' ',
        '-',
        '\0',
        'con',
        'LPT1',
        '\u202e',
        '\u200d',
        'é',
        '\ud800',
        ':',
        '🖼',
        'a',
      ),
      maxLength: 120,
    }),
  );

  it('never leads anywhere, hides, is reserved or too long, whatever the text', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 4, max: 250 }), (text, max) => {
        const name = cleanName(text, max);
        expect(name).not.toMatch(/[/\\<>:"|?*\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
        expect(name).not.toMatch(/^[.\-\s]|[.\s]$/);
        expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
        expect(new TextEncoder().encode(name).length).toBeLessThanOrEqual(max);
        expect(name.normalize('NFC')).toBe(name);
      }),
      { numRuns: 2000 },
    );
  });

  it('cleaning a clean name changes nothing', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const name = cleanName(text);
        expect(cleanName(name)).toBe(name);
      }),
      { numRuns: 2000 },
    );
  });

  it('is usable for any address', () => {
    const formats = fc.constantFrom<ImageFormat>('jpeg', 'png', 'farbfeld', 'svg');
    fc.assert(
      fc.property(
        fc.webUrl({ withQueryParameters: true }),
        hostile,
        formats,
        (url, text, format) => {
          const encoded = text.replace(
            /[^a-z]/gi,
            (c) => `%${(c.charCodeAt(0) & 0xff).toString(16).padStart(2, '0')}`,
          );
          for (const address of [url, `https://x.test/${encoded}`]) {
            const name = nameOf(address, format);
            expect(name).toMatch(/^[^.].*\.[a-z0-9]+$/i);
            expect(cleanName(name)).toBe(name);
            expect(new TextEncoder().encode(name).length).toBeLessThanOrEqual(MAX_NAME_BYTES);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('folds what some file system holds for one', () => {
    for (const [one, other] of [
      ['A.jpg', 'a.JPG'],
      ['é', 'e\u0301'],
      ['STRASSE', 'straße'],
      ['K', '\u212a'],
    ]) {
      expect(foldName(one as string)).toBe(foldName(other as string));
    }
    expect(foldName('a')).not.toBe(foldName('b'));
  });
});
