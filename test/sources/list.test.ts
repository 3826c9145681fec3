import { describe, expect, test } from 'vitest';
import { readManifest } from '../../src/sources/mod.ts';
import { itemsOf, stream, urlsOf } from './support.ts';

describe('text lists', () => {
  test('hold one address a line, comments and blank lines', async () => {
    const text =
      '# photos\nhttps://a.test/1.jpg\r\n\r\n  https://a.test/2.jpg  # the second\nhttps://a.test/3#top';
    expect(await itemsOf(text)).toEqual([
      { kind: 'address', url: 'https://a.test/1.jpg', from: 'list', line: 2 },
      { kind: 'address', url: 'https://a.test/2.jpg', from: 'list', line: 4 },
      { kind: 'address', url: 'https://a.test/3', from: 'list', line: 5 },
    ]);
  });

  test('report a malformed line with its number and go on', async () => {
    expect(
      await urlsOf(
        'https://a.test/1\nftp://a.test/2\nnonsense\nhttps://a.test/4\nhttps://a.test/5',
      ),
    ).toEqual([
      'https://a.test/1',
      '2: not an http(s) address: ftp://a.test/2',
      '3: not an absolute address: nonsense (give --base-url to resolve relative ones)',
      'https://a.test/4',
      'https://a.test/5',
    ]);
  });

  test('never name files of this machine', async () => {
    expect(await urlsOf('https://a.test/1\nfile:///etc/passwd\n')).toEqual([
      'https://a.test/1',
      '2: not an http(s) address: file:///etc/passwd',
    ]);
  });

  test('resolve relative lines against the manifest or --base-url', async () => {
    const list = '/a.jpg\nb/c.jpg\n//d.test/e.jpg\n';
    const expected = ['https://m.test/a.jpg', 'https://m.test/x/b/c.jpg', 'https://d.test/e.jpg'];
    expect(await urlsOf(list, { url: 'https://m.test/x/list.txt' })).toEqual(expected);
    expect(await urlsOf(list, {}, { baseUrl: 'https://m.test/x/' })).toEqual(expected);
  });

  test('skip a line of many megabytes without keeping it', async () => {
    async function* endless() {
      yield new TextEncoder().encode('https://a.test/1\nhttps://a.test/');
      const part = new Uint8Array(1 << 20).fill(0x61);
      for (let i = 0; i < 40; i++) yield part;
      yield new TextEncoder().encode('\nhttps://a.test/3\n');
    }
    const urls = await urlsOf(endless());
    expect(urls[0]).toBe('https://a.test/1');
    expect(urls[1]).toMatch(
      /^2: the line is longer than 1048576 characters: https:\/\/a\.test\/aaa/,
    );
    expect(urls[2]).toBe('https://a.test/3');
    expect(urls).toHaveLength(3);
  });

  test('read the same whatever the chunks are', async () => {
    const text =
      '\ufeff# ä comment\r\nhttps://a.test/ü.jpg\nhttps://a.test/日本.png\r\n\nbad line\n';
    const whole = await itemsOf(text);
    expect(whole).toHaveLength(3);
    for (const size of [1, 2, 3, 5, 7]) expect(await itemsOf(stream(text, size))).toEqual(whole);
  });

  test('start before the stream has ended, when someone may be typing', async () => {
    let sent = 0;
    async function* slow() {
      sent++;
      yield new TextEncoder().encode('# first\nhttps://a.test/1\n');
      sent++;
      yield new TextEncoder().encode('https://a.test/2\n');
    }
    const reading = await readManifest(slow(), { name: 'slow', eager: true });
    if (reading.kind !== 'items') throw new Error('expected a list');
    const first = await reading.batches[Symbol.asyncIterator]().next();
    expect(first.value).toHaveLength(1);
    expect(sent).toBe(1);
  });
});
