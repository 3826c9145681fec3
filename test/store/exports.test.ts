import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { parse } from 'csv-parse/sync';
import { parquetReadObjects } from 'hyparquet';
import { extract } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import {
  Catalog,
  csvLines,
  type Folder,
  jsonLines,
  recordsOf,
  writeParquet,
  writeWebdataset,
} from '../../src/store/mod.ts';
import { testFolder, testPath } from './folder.ts';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);
const C = 'c'.repeat(64);

function filled(): { folder: Folder; catalog: Catalog } {
  const folder = testFolder();
  const catalog = Catalog.open(folder.catalog);
  const facts = { format: 'jpeg', width: 40, height: 30, run: 1 } as const;
  const told = { attempts: 1, ms: 5, run: 1, fetched: 0 };
  catalog.recordImage({
    ...facts,
    sha256: A,
    file: 'a.jpg',
    bytes: 5,
    pdq: 'f'.repeat(64),
    quality: 99,
  });
  catalog.recordImage({ ...facts, sha256: B, bytes: 3, kept: A, kind: 'near', distance: 7 });
  catalog.recordImage({ ...facts, sha256: C, file: '=cmd(),"x".png', format: 'png', bytes: 6 });
  catalog.recordAddress({
    ...told,
    url: 'https://x.test/a',
    page: 'https://x.test/',
    alt: 'A cat',
    status: 'saved',
    sha256: A,
  });
  // Saved at first, and then gave way.
  catalog.recordAddress({ ...told, url: 'https://x.test/b', status: 'saved', sha256: B });
  catalog.recordAddress({ ...told, url: 'https://x.test/a2', status: 'duplicate', sha256: A });
  catalog.recordAddress({ ...told, url: 'https://x.test/c', status: 'saved', sha256: C });
  catalog.recordAddress({
    ...told,
    url: 'https://x.test/d',
    status: 'failed',
    error: 'http-status',
    message: 'said "404",\nno more',
    attempts: 2,
  });
  catalog.flush();
  writeFileSync(join(folder.root, 'a.jpg'), 'bytes');
  writeFileSync(join(folder.root, '=cmd(),"x".png'), '<png/>');
  return { folder, catalog };
}

const image = { format: 'jpeg', width: 40, height: 30 };
const EXPECTED = [
  {
    url: 'https://x.test/a',
    page: 'https://x.test/',
    status: 'saved',
    file: 'a.jpg',
    sha256: A,
    ...image,
    bytes: 5,
    pdq: 'f'.repeat(64),
    quality: 99,
    attempts: 1,
    ms: 5,
  },
  {
    url: 'https://x.test/b',
    status: 'duplicate',
    sha256: B,
    ...image,
    bytes: 3,
    duplicateOf: 'a.jpg',
    distance: 7,
    attempts: 1,
    ms: 5,
  },
  {
    url: 'https://x.test/a2',
    status: 'duplicate',
    sha256: A,
    ...image,
    bytes: 5,
    pdq: 'f'.repeat(64),
    quality: 99,
    duplicateOf: 'a.jpg',
    distance: 0,
    attempts: 1,
    ms: 5,
  },
  {
    url: 'https://x.test/c',
    status: 'saved',
    file: '=cmd(),"x".png',
    sha256: C,
    ...image,
    format: 'png',
    bytes: 6,
    attempts: 1,
    ms: 5,
  },
  {
    url: 'https://x.test/d',
    status: 'failed',
    error: { code: 'http-status', message: 'said "404",\nno more' },
    attempts: 2,
    ms: 5,
  },
];

describe('exports', () => {
  it('JSON lines have a row for each address, with the keys of get --json', () => {
    const { catalog } = filled();
    const lines = [...jsonLines(recordsOf(catalog))];
    expect(lines.map((line) => JSON.parse(line))).toEqual(EXPECTED);
    expect(
      lines.every((line) => line.endsWith('}\n') && line.indexOf('\n') === line.length - 1),
    ).toBe(true);
    catalog.close();
  });

  it('CSV is read back by a CSV reader, and no name of a file is a formula', () => {
    const { catalog } = filled();
    const rows = parse([...csvLines(recordsOf(catalog))].join(''), { columns: true }) as Record<
      string,
      string
    >[];
    expect(rows.map((row) => row['url'])).toEqual(EXPECTED.map((row) => row.url));
    expect(rows[1]).toMatchObject({ duplicateOf: 'a.jpg', distance: '7', file: '' });
    expect(rows[3]?.['file']).toBe(`'=cmd(),"x".png`);
    expect(rows[4]).toMatchObject({
      errorCode: 'http-status',
      errorMessage: 'said "404",\nno more',
    });
    catalog.close();
  });

  it('Parquet is read back by a Parquet reader', async () => {
    const { catalog } = filled();
    const file = join(testPath(), 'out.parquet');
    expect(await writeParquet(recordsOf(catalog), file)).toBe(5);
    const bytes = readFileSync(file);
    const rows = await parquetReadObjects({
      file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
    });
    expect(rows).toHaveLength(5);
    expect(rows[0]).toMatchObject({
      url: 'https://x.test/a',
      width: 40,
      bytes: 5n,
      pdq: 'f'.repeat(64),
    });
    expect(rows[1]).toMatchObject({ status: 'duplicate', distance: 7 });
    expect(rows[1]?.['file'] ?? null).toBeNull();
    catalog.close();
  });

  it('Parquet of nothing is a file without rows, and a failure leaves none', async () => {
    const path = testPath();
    expect(await writeParquet([], join(path, 'none.parquet'))).toBe(0);
    await expect(writeParquet([], join(path, 'no/such/folder'))).rejects.toMatchObject({
      code: 'output-not-writable',
    });
    expect(readdirSync(path)).toEqual(['none.parquet']);
  });

  async function entries(path: string): Promise<Record<string, string>> {
    const all: Record<string, string> = {};
    for await (const entry of Readable.from([readFileSync(path)]).pipe(extract())) {
      all[entry.header.name] = Buffer.concat(
        await Array.fromAsync(entry as AsyncIterable<Buffer>),
      ).toString();
    }
    return all;
  }

  it('WebDataset shards hold each kept image and a JSON beside it', async () => {
    const { folder, catalog } = filled();
    const out = join(testPath(), 'shards');
    const { shards, images, skipped } = await writeWebdataset(folder, catalog, { out });
    expect([shards, images, skipped]).toEqual([[join(out, 'images-000000.tar')], 2, 0]);
    const all = await entries(shards[0] as string);
    expect(Object.keys(all)).toEqual([`${A}.jpg`, `${A}.json`, `${C}.png`, `${C}.json`]);
    expect(all[`${A}.jpg`]).toBe('bytes');
    expect(JSON.parse(all[`${A}.json`] as string)).toMatchObject({
      url: 'https://x.test/a',
      urls: ['https://x.test/a', 'https://x.test/a2'],
      alt: 'A cat',
      width: 40,
      file: 'a.jpg',
    });
    const again = await writeWebdataset(folder, catalog, { out: join(testPath(), 'again') });
    expect(readFileSync(again.shards[0] as string)).toEqual(readFileSync(shards[0] as string));
    catalog.close();
  });

  it('WebDataset begins a new shard by size, and leaves out what is missing or changed', async () => {
    const { folder, catalog } = filled();
    const out = join(testPath(), 'shards');
    const two = await writeWebdataset(folder, catalog, { out, shardBytes: 1, prefix: 'cats' });
    expect(two.shards.map((path) => path.slice(out.length + 1))).toEqual([
      'cats-000000.tar',
      'cats-000001.tar',
    ]);
    rmSync(join(folder.root, 'a.jpg'));
    writeFileSync(join(folder.root, '=cmd(),"x".png'), 'longer than before');
    const left: string[] = [];
    const none = await writeWebdataset(folder, catalog, {
      out: join(testPath(), 'none'),
      onSkip: (file) => left.push(file),
    });
    expect([none, left]).toEqual([
      { shards: [], images: 0, skipped: 2 },
      ['a.jpg', '=cmd(),"x".png'],
    ]);
    catalog.close();
  });

  it('WebDataset tells when it cannot be written', async () => {
    const { folder, catalog } = filled();
    const file = join(testPath(), 'file');
    writeFileSync(file, '');
    await expect(writeWebdataset(folder, catalog, { out: file })).rejects.toMatchObject({
      code: 'output-not-a-folder',
    });
    catalog.close();
  });
});
