import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plain } from '../../src/cli/output.ts';
import { bytesText, recordText, summaryText } from '../../src/cli/text.ts';

describe('text from the network', () => {
  test('loses control sequences before it reaches a terminal', () => {
    expect(plain('a\u001b[31mred\u001b[0m b')).toBe('ared b');
    expect(plain('\u001b]0;title\u0007name.jpg')).toBe('name.jpg');
    expect(plain('abc\u202egpj.exe')).toBe('abc gpj.exe');
    expect(plain('one\r\ntwo\u009b2J')).toBe('one  two 2J');
  });

  test('holds no control character, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(plain(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });

  test('of good will stays as it is', () => {
    expect(plain('Überraschung – 写真 4000×3000 🎉')).toBe('Überraschung – 写真 4000×3000 🎉');
  });
});

describe('lines for people', () => {
  test.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1000, '1.0 KB'],
    [1_234_567, '1.2 MB'],
    [99_960, '100 KB'],
    [999_960, '1.0 MB'],
  ])('%d bytes read %j', (bytes, text) => expect(bytesText(bytes)).toBe(text));

  const common = { url: 'https://a.example/x.jpg', attempts: 1, ms: 5 };

  test('a saved image', () => {
    const record = {
      ...common,
      status: 'saved',
      file: 'x.jpg',
      bytes: 1.2e6,
      width: 4000,
      height: 3000,
    } as const;
    expect(recordText(record)).toBe('x.jpg was downloaded (1.2 MB, 4000×3000)');
  });

  test('a failed image, its address once', () => {
    const error = { code: 'http-status', message: 'https://a.example/x.jpg answered 404' };
    expect(recordText({ ...common, status: 'failed', error })).toBe(
      'https://a.example/x.jpg failed: answered 404 [http-status]',
    );
  });

  test('the counts, without those that are zero', () => {
    const zero = { images: 0, saved: 0, unchanged: 0, duplicates: 0, filtered: 0, failed: 0 };
    const summary = { ...zero, named: 0, sources: 1, sourcesFailed: 0, bytes: 0, seconds: 1 };
    expect(summaryText({ ...summary, images: 1, saved: 1, bytes: 2000 })).toBe(
      '1 image: 1 saved; 2.0 KB',
    );
    expect(summaryText({ ...summary, images: 3, duplicates: 1, failed: 2 })).toBe(
      '3 images: 0 saved, 1 duplicate, 2 failed; 0 bytes',
    );
  });
});
