import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  type CollectOptions,
  collect,
  duplicatesSection,
  writeReport,
} from '../../src/report/mod.ts';
import { timeText } from '../../src/report/text.ts';
import { thumbnailUrl } from '../../src/report/thumbnail-png.ts';
import { Catalog, folderAt } from '../../src/store/mod.ts';
import { folderWith, type Given } from './folder.ts';

function collected(list: readonly Given[], options: Partial<CollectOptions> = {}) {
  using catalog = Catalog.open(folderAt(folderWith(list)).catalog, { readOnly: true });
  return collect(catalog, { title: 'photos', base: '../', ...options });
}

describe('what a report tells', () => {
  test('each address with its file, failures by cause, hosts by number', () => {
    const error = { error: 'http-status', message: 'https://b.test/gone.png answered 404' };
    const data = collected([
      {
        url: 'https://a.test/1.png',
        file: 'größe #1.png',
        row: { alt: 'One', page: 'https://a.test/' },
      },
      { url: 'https://a.test/2.png', file: '2.png', status: 'unchanged' },
      { url: 'https://b.test/small.png', status: 'filtered' },
      { url: 'https://b.test/gone.png', status: 'failed', row: error },
    ]);
    expect(data.counts).toEqual({ saved: 1, unchanged: 1, duplicate: 0, filtered: 1, failed: 1 });
    expect(data.items[0]).toMatchObject({
      src: '../gr%C3%B6%C3%9Fe%20%231.png',
      alt: 'One',
      page: 'https://a.test/',
      host: 'a.test',
      format: 'png',
    });
    expect(data.failures).toMatchObject([
      { code: 'http-status', count: 1, rows: [{ url: 'https://b.test/gone.png', attempts: 1 }] },
    ]);
    expect(data.hosts).toMatchObject([
      { host: 'a.test', addresses: 2, saved: 2, failed: 0, medianMs: 500 },
      { host: 'b.test', addresses: 2, saved: 0, filtered: 1, failed: 1 },
    ]);
  });

  test('copies of one picture in a group, the same bytes and near ones', () => {
    const { groups } = collected([
      { url: 'https://a.test/kept.png', file: 'kept.png' },
      { url: 'https://a.test/near.png', status: 'duplicate', near: 0 },
      { url: 'https://a.test/same.png', status: 'duplicate', row: { sha256: '0'.repeat(64) } },
    ]);
    expect(groups).toHaveLength(1);
    expect(groups[0]?.kept).toMatchObject({ name: 'kept.png', src: '../kept.png' });
    expect(groups[0]?.others).toMatchObject([
      { urls: ['https://a.test/same.png'], kind: 'exact', distance: 0 },
      { urls: ['https://a.test/near.png'], kind: 'near', distance: 12, likeness: true },
    ]);
    const { text } = duplicatesSection(groups);
    expect(text).toMatch(/1 picture came more than once: 2 further copies/);
    expect(text).toMatch(/12 bits apart/);
  });

  test('the downloads of the last run, as they lay in time', () => {
    const at = (sent: number, wireMs: number) => ({ row: { sent, wireMs } });
    const { timeline } = collected([
      { url: 'https://a.test/1', file: '1.png', ...at(5000, 100) },
      { url: 'https://a.test/2', file: '2.png', ...at(4950, 200) },
      { url: 'https://a.test/3', status: 'failed' },
    ]);
    expect(timeline).toMatchObject({
      rough: false,
      downloads: [
        { url: 'https://a.test/2', start: 0, ms: 200 },
        { url: 'https://a.test/1', start: 50, ms: 100 },
      ],
    });
  });

  test('of rows without a start, from their end and length', () => {
    const { timeline } = collected([
      { url: 'https://a.test/1', file: '1.png', row: { fetched: 2000, ms: 500 } },
      { url: 'https://a.test/2', file: '2.png', row: { fetched: 2100, ms: 800 } },
    ]);
    expect(timeline).toMatchObject({
      rough: true,
      downloads: [
        { start: 0, ms: 800 },
        { start: 200, ms: 500 },
      ],
    });
  });

  test('says how many addresses it leaves out', () => {
    const many = Array.from({ length: 7 }, (_, n) => ({
      url: `https://a.test/${n}`,
      file: `${n}.png`,
    }));
    const { items, itemsLeft, counts } = collected(many, { mostItems: 5 });
    expect([items.length, itemsLeft, counts.saved]).toEqual([5, 2, 7]);
  });
});

test('many duplicates are folded, so that what follows them can be reached', () => {
  const copy = { name: 'a', urls: [], format: 'png', width: 1, height: 1, bytes: 1 };
  const near = { ...copy, kind: 'near', distance: 1 } as const;
  const groups = Array.from({ length: 120 }, () => ({ kept: copy, others: [near] }));
  const { text } = duplicatesSection(groups);
  expect(text.match(/<details open>/g)).toHaveLength(1);
  expect(text.match(/<details>/g)).toHaveLength(2);
  expect(text).toContain('Pictures 101 to 120');
  expect(text.match(/<article/g)).toHaveLength(120);
});

test.each([
  [0, '0 ms'],
  [999.6, '1.0 s'],
  [59_949, '59.9 s'],
  [59_950, '1 min'],
  [200_000, '3 min 20 s'],
  [7_260_000, '2 h 1 min'],
])('%d ms read %j', (ms, text) => expect(timeText(ms)).toBe(text));

describe('the file', () => {
  const one = [{ url: 'https://a.test/1.png', file: '1.png' }];

  test('lies in the folder unless another place is named; images are named from there', async () => {
    const root = folderWith(one);
    const path = await writeReport(root);
    expect(path).toBe(join(root, '.imgtrawl', 'report.html'));
    expect(readFileSync(path, 'utf8')).toContain('"i":"./../1.png"');
    const other = join(folderWith([]), 'deep er');
    mkdirSync(other);
    await writeReport(root, join(other, 'r.html'));
    const text = readFileSync(join(other, 'r.html'), 'utf8');
    expect(text).toContain(`"i":"./../../${basename(root)}/1.png"`);
    expect(readdirSync(other)).toEqual(['r.html']);
  });

  test('takes the place of a link that lies there, and writes nothing through it', async () => {
    const root = folderWith(one);
    writeFileSync(join(root, 'victim'), 'mine');
    symlinkSync(join(root, 'victim'), join(root, '.imgtrawl', 'report.html'));
    await writeReport(root);
    expect(readFileSync(join(root, 'victim'), 'utf8')).toBe('mine');
  });

  test('is refused for a folder that no run has filled', async () => {
    await expect(writeReport('/usr')).rejects.toMatchObject({ code: 'usage' });
  });

  test('loads nothing from anywhere: one policy, and neither link nor style nor script beside it', async () => {
    const text = readFileSync(await writeReport(folderWith(one)), 'utf8');
    expect(text).toMatch(
      /<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; img-src &#39;self&#39; file: data:; style-src &#39;sha256-[\w+/=]+&#39;; script-src &#39;sha256-[\w+/=]+&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;">/,
    );
    expect(text.match(/<link\b[^>]*>/g)).toEqual(['<link rel="icon" href="data:,">']);
    expect(text).not.toMatch(/<(?:script|iframe|object|embed)\b[^>]*\bsrc=|style="|\bon\w+="/);
  });
});

test('a thumbnail is a PNG in the shape of its image', () => {
  const pixels = new Uint8Array(2816).fill(128).fill(200, 0, 48 * 48);
  const url = thumbnailUrl(pixels, { width: 1200, height: 600 }) as string;
  const png = Buffer.from(url.slice('data:image/png;base64,'.length), 'base64');
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([48, 24]);
  const at = png.indexOf('IDAT');
  const rows = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
  expect(rows.length).toBe(24 * (1 + 48 * 3));
  expect([...rows.subarray(0, 4)]).toEqual([0, 200, 200, 200]);
  expect(thumbnailUrl(new Uint8Array(3), { width: 1, height: 1 })).toBeUndefined();
});
