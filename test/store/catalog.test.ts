import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AddressRow, Catalog, fileNames, type ImageRow } from '../../src/store/mod.ts';
import { testFolder, testPath } from './folder.ts';

const address = (url: string, more: Partial<AddressRow> = {}): AddressRow => ({
  url,
  status: 'saved',
  attempts: 1,
  ms: 12,
  run: 1,
  fetched: 1_700_000_000_000,
  ...more,
});

const image = (sha256: string, more: Partial<ImageRow> = {}): ImageRow => ({
  sha256,
  format: 'jpeg',
  width: 40,
  height: 30,
  bytes: 1000,
  run: 1,
  ...more,
});

describe('Catalog', () => {
  it('gives back what was put in, after it was closed', () => {
    const { catalog: file } = testFolder();
    const row = address('https://x.test/a?b=ä', {
      page: 'https://x.test/',
      alt: 'Ein "Bild"',
      sha256: 'ab',
      http: 200,
      etag: '"1"',
      lastModified: 'yesterday',
      contentType: 'image/jpeg',
      attempts: 3,
    });
    const full = image('ab', {
      file: 'a.jpg',
      orientation: 6,
      frames: 2,
      pdq: 'f'.repeat(64),
      quality: 100,
    });
    {
      using catalog = Catalog.open(file);
      const run = catalog.beginRun({ command: 'get', sources: ['https://x.test/'] }, 5);
      catalog.recordAddress(row);
      catalog.recordImage(full, new Uint8Array([1, 2, 3]));
      catalog.recordPage({ url: 'https://x.test/', etag: '"p"', fetched: 7, run });
      catalog.endRun(run, 'done', { saved: 1 }, 9);
    }
    using catalog = Catalog.open(file);
    expect(catalog.address(row.url)).toEqual(row);
    expect(catalog.address('https://x.test/other')).toBeUndefined();
    expect(catalog.imageBySha('ab')).toEqual(full);
    expect(catalog.imageByFile('a.jpg')).toEqual(full);
    expect([...(catalog.thumbnail('ab') ?? [])]).toEqual([1, 2, 3]);
    expect(catalog.page('https://x.test/')).toEqual({
      url: 'https://x.test/',
      etag: '"p"',
      fetched: 7,
      run: 1,
    });
    expect([...catalog.runs()]).toEqual([
      {
        id: 1,
        started: 5,
        ended: 9,
        command: 'get',
        sources: ['https://x.test/'],
        outcome: 'done',
        counts: { saved: 1 },
      },
    ]);
    expect(catalog.counts()).toEqual({
      addresses: 1,
      failed: 0,
      images: 1,
      files: 1,
      bytes: 1000,
      pages: 1,
      runs: 1,
    });
  });

  it('keeps one row for each address, whatever is written and in what order', () => {
    const writes = fc.array(
      fc.record({ url: fc.constantFrom('a', 'b', 'c', 'd'), ms: fc.nat(), run: fc.nat(5) }),
      { maxLength: 50 },
    );
    fc.assert(
      fc.property(writes, (list) => {
        const { catalog: file } = testFolder();
        const model = new Map<string, AddressRow>();
        {
          using catalog = Catalog.open(file, { batch: 7 });
          for (const one of list) {
            const row = address(one.url, one);
            catalog.recordAddress(row);
            model.set(row.url, row);
            expect(catalog.address(row.url)).toEqual(row);
            expect(catalog.seenInRun(row.url, row.run)).toBe(true);
            expect(catalog.seenInRun(row.url, row.run + 1)).toBe(false);
          }
        }
        using catalog = Catalog.open(file);
        expect([...catalog.addresses()]).toEqual([...model.values()]);
      }),
      { numRuns: 10 },
    );
  });

  it('tells failures, addresses of an image, copies and what no run has come by', () => {
    using catalog = Catalog.open(testFolder().catalog);
    catalog.recordAddress(address('u1', { sha256: 'aa', run: 2 }));
    catalog.recordAddress(address('u2', { sha256: 'aa', file: 'copy.jpg', run: 2 }));
    catalog.recordAddress(
      address('u3', { status: 'failed', error: 'timeout', message: 'slow', run: 2 }),
    );
    catalog.recordAddress(address('u4', { run: 1 }));
    expect(catalog.addressesOf('aa').map((row) => row.url)).toEqual(['u1', 'u2']);
    expect([...catalog.failures()].map((row) => [row.url, row.error])).toEqual([['u3', 'timeout']]);
    expect([...catalog.copies()].map((row) => row.file)).toEqual(['copy.jpg']);
    expect(catalog.copyAt('copy.jpg')?.url).toBe('u2');
    expect([...catalog.unnamedSince(2)].map((row) => row.url)).toEqual(['u4']);
    catalog.removeAddress('u4');
    expect(catalog.counts()).toMatchObject({ addresses: 3, failed: 1 });
  });

  it('an image gives way to another', () => {
    using catalog = Catalog.open(testFolder().catalog);
    catalog.recordImage(image('small', { file: 'a.jpg' }));
    catalog.recordImage(image('tiny', { kept: 'small', kind: 'near', distance: 4 }));
    catalog.recordImage(image('large', { file: 'b.jpg' }));
    catalog.markDuplicate('small', { kept: 'large', kind: 'near', distance: 9 });
    expect(catalog.droppedFor('small').map((row) => row.sha256)).toEqual(['tiny']);
    expect(catalog.imageBySha('small')).toEqual(
      image('small', { kept: 'large', kind: 'near', distance: 9 }),
    );
    expect([...catalog.images()].map((row) => row.sha256)).toEqual(['small', 'tiny', 'large']);
    catalog.forgetFile('large');
    expect(catalog.counts()).toMatchObject({ images: 3, files: 0 });
  });

  it('can be written while it is walked', () => {
    using catalog = Catalog.open(testFolder().catalog);
    for (let n = 0; n < 50; n++) catalog.recordAddress(address(`u${n}`, { status: 'failed' }));
    let seen = 0;
    for (const row of catalog.failures()) {
      catalog.recordAddress({ ...row, ms: 99 });
      catalog.flush();
      seen++;
    }
    expect(seen).toBe(50);
  });

  it('writes of the last moments are there without a close, after flushMs', async () => {
    const { catalog: file } = testFolder();
    using catalog = Catalog.open(file, { flushMs: 5 });
    catalog.recordAddress(address('u1'));
    await expect
      .poll(() => {
        using other = new DatabaseSync(file, { readOnly: true });
        return other.prepare('SELECT count(*) AS n FROM address').get()?.['n'];
      })
      .toBe(1);
  });

  it('reads only where it shall only read', () => {
    const { catalog: file } = testFolder();
    expect(() => Catalog.open(file, { readOnly: true })).toThrow('no catalog');
    expect(existsSync(file)).toBe(false);
    Catalog.open(file).close();
    using catalog = Catalog.open(file, { readOnly: true });
    expect(() => catalog.recordAddress(address('u1'))).toThrow(
      expect.objectContaining({ kind: 'abort' }),
    );
  });
});

describe('names in the catalog', () => {
  it('do not depend on when downloads end, and are the same in a later run', () => {
    const { catalog: file } = testFolder();
    const urls = [
      'https://a.test/Photo.jpg',
      'https://b.test/photo.png',
      'https://c.test/PHOTO',
      'https://a.test/x',
    ];
    let first: string[];
    {
      using catalog = Catalog.open(file);
      first = urls.map((url) => catalog.names.reserve(url));
    }
    using catalog = Catalog.open(file);
    expect(
      urls
        .toReversed()
        .map((url) => catalog.names.reserve(url))
        .toReversed(),
    ).toEqual(first);
    expect(first[0]).toBe('Photo');
    expect(first[1]).toMatch(/^photo-[0-9a-f]{8}$/);
    expect(first[2]).toMatch(/^PHOTO-[0-9a-f]{8}$/);
    expect(first[3]).toBe('x');
  });

  it('are all different, also without case', () => {
    using catalog = Catalog.open(testFolder().catalog);
    const stems = new Set<string>();
    for (let n = 0; n < 500; n++) {
      stems.add(
        catalog.names.reserve(`https://h${n}.test/${n % 2 ? 'a' : 'A'}${n % 7}.jpg`).toLowerCase(),
      );
    }
    expect(stems.size).toBe(500);
  });

  it('always have one left that only the same bytes can hold', () => {
    const sha = 'c'.repeat(64);
    const names = [...fileNames('https://x.test/a.png', 'a', 'png', sha)];
    expect(names[0]).toBe('a.png');
    expect(names.at(-1)).toBe(`a-${sha}.png`);
    expect(new Set(names).size).toBe(5);
    const long = [...fileNames('https://x.test/a', 'ä'.repeat(96), 'png', sha)];
    for (const name of long) expect(new TextEncoder().encode(name).length).toBeLessThanOrEqual(200);
  });
});

describe('a catalog that is not whole', () => {
  function filled(): string {
    const { catalog: file } = testFolder();
    using catalog = Catalog.open(file);
    const run = catalog.beginRun({ command: 'get', sources: [] });
    for (let n = 0; n < 2000; n++)
      catalog.recordAddress(address(`https://x.test/${n}/${'path'.repeat(20)}`));
    catalog.endRun(run, 'done');
    return file;
  }

  const damages: [string, (file: string) => void][] = [
    ['noise', (file) => writeFileSync(file, randomBytes(50_000))],
    [
      'noise in the middle',
      (file) => {
        const bytes = readFileSync(file);
        randomBytes(20_000).copy(bytes, 40_000);
        writeFileSync(file, bytes);
      },
    ],
    ['a cut', (file) => truncateSync(file, 50_000)],
    ['a cut to nothing', (file) => truncateSync(file, 0)],
    ['text', (file) => writeFileSync(file, 'not a database')],
  ];

  it.each(damages)('%s is told, and the file is left as it is', (_, damage) => {
    const file = filled();
    damage(file);
    const before = readFileSync(file);
    for (const readOnly of [true, false]) {
      expect(() => Catalog.open(file, { readOnly })).toThrow(
        expect.objectContaining({
          code: 'catalog',
          message: expect.stringContaining('verify --repair'),
        }),
      );
    }
    expect(readFileSync(file)).toEqual(before);
  });

  it('is from a newer version', () => {
    const file = filled();
    {
      using db = new DatabaseSync(file);
      db.exec('PRAGMA user_version = 99');
    }
    expect(() => Catalog.open(file)).toThrow(
      expect.objectContaining({ code: 'catalog', message: expect.stringContaining('newer') }),
    );
  });

  it('is the database of another program', () => {
    const file = join(testPath(), 'catalog.sqlite');
    {
      using db = new DatabaseSync(file);
      db.exec('CREATE TABLE bookmarks (url)');
    }
    expect(() => Catalog.open(file)).toThrow(
      expect.objectContaining({
        code: 'catalog',
        message: expect.stringContaining('not a catalog'),
      }),
    );
  });

  it('was deleted without its log: the log is not replayed into the new one', () => {
    const file = filled();
    const copies = ['', '-wal', '-shm'];
    {
      using catalog = Catalog.open(file);
      catalog.recordAddress(address('https://x.test/late'));
      catalog.flush();
      for (const rest of copies) copyFileSync(file + rest, `${file}.copy${rest}`);
    }
    rmSync(file);
    copyFileSync(`${file}.copy-wal`, `${file}-wal`);
    using fresh = Catalog.open(file);
    expect(fresh.counts()).toMatchObject({ addresses: 0 });
  });
});
