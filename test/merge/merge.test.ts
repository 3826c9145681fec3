import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Deduper } from '../../src/dedupe/mod.ts';
import { mergeFolders } from '../../src/merge/mod.ts';
import { Catalog, type ImageRow, makeFolder } from '../../src/store/mod.ts';
import { scratch } from '../e2e/run.ts';

/** An image as a worker would have stored it; `content` makes its bytes. */
interface Image {
  readonly content: number;
  readonly pdq: string;
  readonly quality: number;
  readonly width: number;
  readonly height: number;
}

const bytesOf = ({ content, width }: Image): string => `image ${content} ${'x'.repeat(width % 7)}`;
const shaOf = (image: Image): string => createHash('sha256').update(bytesOf(image)).digest('hex');

function rowOf(image: Image): ImageRow {
  const { pdq, quality, width, height } = image;
  const sha256 = shaOf(image);
  const bytes = bytesOf(image).length;
  return {
    sha256,
    file: `${sha256}.jpg`,
    format: 'jpeg',
    width,
    height,
    bytes,
    pdq,
    quality,
    run: 1,
  };
}

/** A worker's folder with these images, each from the addresses that are its numbers. */
function folderWith(root: string, images: readonly Image[]): string {
  const folder = makeFolder(root);
  using catalog = Catalog.open(folder.catalog);
  catalog.beginRun({ command: 'get', sources: [] });
  for (const image of images) {
    const row = rowOf(image);
    writeFileSync(join(folder.root, row.file as string), bytesOf(image));
    catalog.recordImage(row);
    catalog.recordAddress({
      url: `http://h.example/${image.content}`,
      status: 'saved',
      sha256: row.sha256,
      attempts: 1,
      ms: 1,
      run: 1,
      fetched: 1,
    });
  }
  return folder.root;
}

const options = (out: string) => ({
  out,
  mode: 'near' as const,
  nearThreshold: 31,
  wait: false,
  signal: new AbortController().signal,
  onMissing: (sha256: string) => expect.fail(`${sha256} is missing`),
});

/** Pictures of a few motifs: hashes some bits apart, so that chains and groups of all kinds come up. */
const image = fc
  .record({
    content: fc.integer({ min: 0, max: 60 }),
    motif: fc.integer({ min: 0, max: 3 }),
    flips: fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 40 }),
    quality: fc.constantFrom(100, 80, 40),
    width: fc.constantFrom(100, 200, 300),
  })
  .map(({ content, motif, flips, quality, width }): Image => {
    const bits = Buffer.alloc(32, createHash('sha256').update(String(motif)).digest());
    for (const bit of flips) bits[bit >> 3] = (bits[bit >> 3] as number) ^ (1 << (bit & 7));
    return { content, pdq: bits.toString('hex'), quality, width, height: width };
  });

describe('merged folders', () => {
  test('hold what one machine would have kept, however the images were spread', async () => {
    const root = scratch();
    let round = 0;
    const spread = fc.array(fc.record({ image, worker: fc.integer({ min: 0, max: 2 }) }), {
      minLength: 1,
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(spread, async (spreadImages) => {
        // The same bytes are the same picture.
        const known = new Map<string, Image>();
        const given = spreadImages.map(({ image: one, worker }) => {
          const sha256 = shaOf(one);
          if (!known.has(sha256)) known.set(sha256, one);
          return { image: known.get(sha256) as Image, worker };
        });
        const here = join(root, String(round++));
        mkdirSync(here);
        const folders = [0, 1, 2].map((worker) =>
          folderWith(
            join(here, `w${worker}`),
            given.filter((one) => one.worker === worker).map((one) => one.image),
          ),
        );
        const out = join(here, 'out');
        const merged = await mergeFolders(folders, options(out));

        const single = new Deduper({ mode: 'near', nearThreshold: 31 });
        for (const one of known.values())
          single.add({ ...rowOf(one), name: rowOf(one).file as string });
        const kept = [...known.keys()].filter(
          (sha256) => single.keptFor(sha256)?.sha256 === sha256,
        );
        const files = readdirSync(out).filter((name) => name !== '.imgtrawl');
        expect(files.sort()).toEqual(kept.map((sha256) => `${sha256}.jpg`).sort());
        expect(merged).toMatchObject({
          images: known.size,
          kept: kept.length,
          missing: 0,
          elsewhere: 0,
        });
        using catalog = Catalog.open(join(out, '.imgtrawl/catalog.sqlite'), { readOnly: true });
        for (const sha256 of known.keys()) {
          const of = single.keptFor(sha256)?.sha256;
          expect(catalog.imageBySha(sha256)?.kept ?? sha256).toBe(of);
        }
        const again = await mergeFolders([...folders].reverse(), options(out));
        expect(again).toEqual(merged);
        rmSync(here, { recursive: true });
      }),
      { numRuns: 10 },
    );
  });

  test('take over an image that a killed worker had claimed but not yet named', async () => {
    const root = scratch();
    const one: Image = { content: 1, pdq: '0'.repeat(64), quality: 0, width: 10, height: 10 };
    const folder = folderWith(join(root, 'w'), [one]);
    const name = rowOf(one).file as string;
    mkdirSync(join(folder, '.imgtrawl/staged'));
    writeFileSync(join(folder, '.imgtrawl/staged', name), bytesOf(one));
    rmSync(join(folder, name));
    const merged = await mergeFolders([folder], options(join(root, 'out')));
    expect(merged).toMatchObject({ kept: 1, missing: 0 });
    expect(readdirSync(join(root, 'out'))).toContain(name);
  });

  test('take an image from another folder when the first that tells of it has lost it', async () => {
    const root = scratch();
    const one: Image = { content: 1, pdq: '0'.repeat(64), quality: 0, width: 10, height: 10 };
    const name = rowOf(one).file as string;
    const folders = ['a', 'b', 'c'].map((worker) => folderWith(join(root, worker), [one]));
    rmSync(join(root, 'a', name));
    writeFileSync(join(root, 'b', name), 'cut');
    const merged = await mergeFolders(folders, options(join(root, 'out')));
    expect(merged).toMatchObject({ kept: 1, missing: 0 });
    expect(readdirSync(join(root, 'out'))).toContain(name);
  });

  test('tell what is missing, and which images lie in a folder that was not given', async () => {
    const root = scratch();
    const made = (content: number): Image => ({
      content,
      pdq: createHash('sha256').update(String(content)).digest('hex'),
      quality: 100,
      width: 10,
      height: 10,
    });
    const folder = folderWith(join(root, 'w'), [made(1), made(2)]);
    rmSync(join(folder, rowOf(made(1)).file as string));
    {
      using catalog = Catalog.open(join(folder, '.imgtrawl/catalog.sqlite'));
      const about = { attempts: 1, ms: 1, run: 1, fetched: 1 };
      const sha256 = shaOf(made(9));
      catalog.recordAddress({ url: 'http://h.example/9', status: 'duplicate', sha256, ...about });
    }
    const missing: string[] = [];
    const out = join(root, 'out');
    const merged = await mergeFolders([folder], {
      ...options(out),
      onMissing: (sha256) => missing.push(sha256),
    });
    expect(missing).toEqual([shaOf(made(1))]);
    expect(merged).toMatchObject({ kept: 1, missing: 1, elsewhere: 1 });
  });

  test('are not the result at the same time', async () => {
    const root = scratch();
    const folder = folderWith(join(root, 'w'), []);
    await expect(mergeFolders([folder], options(folder))).rejects.toMatchObject({ code: 'usage' });
    await expect(
      mergeFolders([join(root, 'no')], options(join(root, 'out'))),
    ).rejects.toMatchObject({
      code: 'source-unreadable',
    });
  });
});
