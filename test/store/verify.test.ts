import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  Catalog,
  type Finding,
  type Folder,
  type Looked,
  rebuildCatalog,
  saveBody,
  verifyFolder,
} from '../../src/store/mod.ts';
import { bytesOf, testFolder } from './folder.ts';

const shaOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function add(folder: Folder, catalog: Catalog, url: string, text: string): Promise<string> {
  const bytes = bytesOf(text);
  const sha256 = shaOf(bytes);
  const file = `${catalog.names.reserve(url)}.png`;
  await saveBody(folder, { in: 'memory', bytes }, sha256, [file]);
  catalog.recordImage({
    sha256,
    file,
    format: 'png',
    width: 1,
    height: 1,
    bytes: bytes.length,
    run: 1,
  });
  catalog.recordAddress({
    url,
    status: 'saved',
    sha256,
    etag: '"e"',
    attempts: 1,
    ms: 1,
    run: 1,
    fetched: 0,
  });
  return file;
}

const look = async (path: string): Promise<Looked> => {
  const bytes = readFileSync(path);
  if (!bytes.toString().startsWith('picture')) throw new Error('no picture');
  return {
    sha256: shaOf(bytes),
    bytes: bytes.length,
    inspection: { format: 'png', width: 1, height: 1 },
  };
};

async function states(folder: Folder, catalog: Catalog): Promise<Record<string, Finding['state']>> {
  const found = await Array.fromAsync(verifyFolder(folder, catalog));
  return Object.fromEntries(found.map(({ file, state }) => [file, state]));
}

describe('verifyFolder', () => {
  it('tells what is as it was, missing, changed and unknown', async () => {
    const folder = testFolder();
    using catalog = Catalog.open(folder.catalog);
    for (const name of ['a', 'b', 'c', 'd'])
      await add(folder, catalog, `https://x.test/${name}`, `picture ${name}`);
    rmSync(join(folder.root, 'b.png'));
    writeFileSync(join(folder.root, 'c.png'), 'picture X');
    writeFileSync(join(folder.root, 'notes.txt'), 'mine');
    writeFileSync(join(folder.root, 'copy.png'), 'picture a');
    const copy = { url: 'https://y.test/', status: 'duplicate', file: 'copy.png' } as const;
    catalog.recordAddress({
      ...copy,
      sha256: shaOf(bytesOf('picture a')),
      attempts: 1,
      ms: 1,
      run: 1,
      fetched: 0,
    });
    expect(await states(folder, catalog)).toEqual({
      'a.png': 'ok',
      'b.png': 'missing',
      'c.png': 'changed',
      'd.png': 'ok',
      'copy.png': 'ok',
      'notes.txt': 'unknown',
    });
  });

  it('hashes where it is told to', async () => {
    const folder = testFolder();
    using catalog = Catalog.open(folder.catalog);
    await add(folder, catalog, 'https://x.test/a', 'picture a');
    const hashed: string[] = [];
    const hash = async (path: string) => {
      hashed.push(path);
      return undefined;
    };
    const found = await Array.fromAsync(verifyFolder(folder, catalog, { hash }));
    expect(found).toEqual([
      { file: 'a.png', state: 'changed', sha256: shaOf(bytesOf('picture a')) },
    ]);
    expect(hashed).toEqual([join(folder.root, 'a.png')]);
  });
});

describe('rebuildCatalog', () => {
  async function filled(count: number): Promise<Folder> {
    const folder = testFolder();
    using catalog = Catalog.open(folder.catalog);
    for (let n = 0; n < count; n++)
      await add(folder, catalog, `https://x.test/${n}/pic?${'q'.repeat(60)}`, `picture ${n}`);
    writeFileSync(join(folder.root, 'notes.txt'), 'mine');
    return folder;
  }

  it('makes a new catalog from the files and sets the old one aside', async () => {
    const folder = await filled(20);
    const noise = randomBytes(30_000);
    writeFileSync(folder.catalog, noise);
    const rebuilt = await rebuildCatalog(folder, { look });
    expect(rebuilt).toMatchObject({ images: 20, others: 1, addresses: 0 });
    expect(rebuilt.setAside).toMatch(/catalog\.sqlite\.damaged-/);
    expect(readFileSync(rebuilt.setAside as string)).toEqual(noise);
    using catalog = Catalog.open(folder.catalog);
    const after = await states(folder, catalog);
    expect(Object.values(after).filter((state) => state === 'ok')).toHaveLength(20);
    expect(after['notes.txt']).toBe('unknown');
  });

  it('saves of the addresses what can still be read', async () => {
    const folder = await filled(400);
    const bytes = readFileSync(folder.catalog);
    randomBytes(8192).copy(bytes, Math.floor(bytes.length / 2 / 4096) * 4096);
    writeFileSync(folder.catalog, bytes);
    expect(() => Catalog.open(folder.catalog)).toThrow('damaged');
    const { images, addresses } = await rebuildCatalog(folder, { look });
    expect(images).toBe(400);
    expect(addresses).toBeGreaterThan(0);
    using catalog = Catalog.open(folder.catalog);
    expect(catalog.counts().addresses).toBe(addresses);
    for (const row of catalog.addresses())
      expect(row).toMatchObject({ run: 0, etag: '"e"', status: 'saved' });
  });

  it('a healthy catalog loses no address', async () => {
    const folder = await filled(30);
    const rebuilt = await rebuildCatalog(folder, { look });
    expect(rebuilt).toMatchObject({ images: 30, addresses: 30 });
    using catalog = Catalog.open(folder.catalog);
    // The name is still the address's own.
    expect(catalog.names.reserve(`https://x.test/0/pic?${'q'.repeat(60)}`)).toBe('pic');
  });

  it('leaves the old catalog when it is ended in between', async () => {
    const folder = await filled(5);
    const before = readFileSync(folder.catalog);
    const controller = new AbortController();
    const stop = async (path: string) => {
      controller.abort(new Error('stop'));
      return look(path);
    };
    await expect(rebuildCatalog(folder, { look: stop, signal: controller.signal })).rejects.toThrow(
      'stop',
    );
    expect(readFileSync(folder.catalog)).toEqual(before);
    expect(await rebuildCatalog(folder, { look })).toMatchObject({ images: 5 });
    expect(readdirSync(folder.own).filter((name) => name.includes('rebuilt'))).toEqual([]);
  });
});

describe('a run that is killed', () => {
  it('leaves whole files only, and all that it had committed', async () => {
    const folder = testFolder();
    for (let round = 0; round < 3; round++) {
      const script = join(import.meta.dirname, 'children/write-rows.ts');
      const writer = spawn(process.execPath, [script, folder.root], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      onTestFinished(() => void writer.kill('SIGKILL'));
      let told = -1;
      for await (const line of createInterface({ input: writer.stdout })) {
        told = Number(line);
        // Somewhere in the midst of the next writes.
        if (told >= 40 * (round + 1)) break;
      }
      writer.kill('SIGKILL');
      await once(writer, 'exit');
      using catalog = Catalog.open(folder.catalog);
      for (let n = 0; n <= told; n++) {
        const row = catalog.address(`https://x.test/${n}`);
        const image = row?.sha256 === undefined ? undefined : catalog.imageBySha(row.sha256);
        expect(image?.file, `picture ${n}`).toBeDefined();
        expect(existsSync(join(folder.root, image?.file as string))).toBe(true);
      }
      for await (const { file, state } of verifyFolder(folder, catalog)) {
        expect(['ok', 'unknown'], file).toContain(state);
        const text = readFileSync(join(folder.root, file), 'utf8');
        expect(text).toMatch(/^(picture \d+ )\1{499}$/);
      }
    }
  });
});
