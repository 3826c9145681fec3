import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  Catalog,
  type Folder,
  lockFolder,
  makeFolder,
  pathIn,
  removeFile,
  saveBody,
  sizeOf,
} from '../../src/store/mod.ts';
import { bytesOf, testFolder, testPath } from './folder.ts';

const shaOf = (text: string) => createHash('sha256').update(text).digest('hex');

const save = (folder: Folder, text: string, names: string[], replaces?: string) =>
  saveBody(folder, { in: 'memory', bytes: bytesOf(text) }, shaOf(text), names, { replaces });

describe('saving a file', () => {
  it('puts a body from memory under its name', async () => {
    const folder = testFolder();
    const bytes = bytesOf('picture');
    const saved = await saveBody(folder, { in: 'memory', bytes }, shaOf('picture'), ['a.jpg'], {
      sync: true,
    });
    expect(saved).toEqual({ name: 'a.jpg', existed: false, replaced: false });
    expect(readFileSync(join(folder.root, 'a.jpg'), 'utf8')).toBe('picture');
    expect(readdirSync(folder.partial)).toEqual([]);
  });

  it('moves a partial file', async () => {
    const folder = testFolder();
    const path = join(folder.partial, 'x.whole');
    writeFileSync(path, 'large');
    await saveBody(folder, { in: 'file', path }, shaOf('large'), ['a.jpg'], { sync: true });
    expect(readFileSync(join(folder.root, 'a.jpg'), 'utf8')).toBe('large');
    expect(readdirSync(folder.partial)).toEqual([]);
  });

  it('never writes over another file, and takes the next name', async () => {
    const folder = testFolder();
    writeFileSync(join(folder.root, 'a.jpg'), 'of the user');
    expect(await save(folder, 'ours', ['a.jpg', 'a-1.jpg'])).toMatchObject({ name: 'a-1.jpg' });
    expect(readFileSync(join(folder.root, 'a.jpg'), 'utf8')).toBe('of the user');
    await expect(save(folder, 'other', ['a.jpg', 'a-1.jpg'])).rejects.toMatchObject({
      code: 'output-not-writable',
    });
    expect(readdirSync(folder.partial)).toEqual([]);
  });

  it('recognises the same bytes, which a killed run left', async () => {
    const folder = testFolder();
    await save(folder, 'same', ['a.jpg']);
    expect(await save(folder, 'same', ['a.jpg', 'b.jpg'])).toMatchObject({
      name: 'a.jpg',
      existed: true,
    });
    expect(readdirSync(folder.root)).toEqual(['.imgtrawl', 'a.jpg']);
  });

  it('writes over the earlier version of the same image, unless the user has changed it', async () => {
    const folder = testFolder();
    await save(folder, 'monday', ['cam.jpg']);
    const tuesday = await save(folder, 'tuesday', ['cam.jpg', 'cam-1.jpg'], shaOf('monday'));
    expect(tuesday).toEqual({ name: 'cam.jpg', existed: false, replaced: true });
    writeFileSync(join(folder.root, 'cam.jpg'), 'retouched');
    const wednesday = await save(folder, 'wednesday', ['cam.jpg', 'cam-1.jpg'], shaOf('tuesday'));
    expect(wednesday).toMatchObject({ name: 'cam-1.jpg', replaced: false });
    expect(readFileSync(join(folder.root, 'cam.jpg'), 'utf8')).toBe('retouched');
  });

  it('gives one name to one of many that want it at once', async () => {
    const folder = testFolder();
    const texts = Array.from({ length: 20 }, (_, n) => `picture ${n}`);
    const saved = await Promise.all(
      texts.map((text, n) => save(folder, text, ['a.jpg', `b${n}.jpg`])),
    );
    expect(saved.filter((one) => one.name === 'a.jpg')).toHaveLength(1);
    for (const [n, { name }] of saved.entries()) {
      expect(readFileSync(join(folder.root, name), 'utf8')).toBe(texts[n]);
    }
  });

  it('follows no link out of the folder', async () => {
    const outside = testPath();
    const folder = testFolder();
    symlinkSync(join(outside, 'target'), join(folder.root, 'a.jpg'));
    writeFileSync(join(outside, 'other'), 'same');
    symlinkSync(join(outside, 'other'), join(folder.root, 'b.jpg'));
    expect(await save(folder, 'same', ['a.jpg', 'b.jpg', 'c.jpg'])).toMatchObject({
      name: 'c.jpg',
    });
    expect(readdirSync(outside)).toEqual(['other']);
    expect(await sizeOf(folder, 'b.jpg')).toBeUndefined();
    const trap = testPath();
    symlinkSync(outside, join(trap, '.imgtrawl'));
    expect(() => makeFolder(trap)).toThrow('symbolic link');
    const deeper = testPath();
    mkdirSync(join(deeper, '.imgtrawl'));
    symlinkSync(outside, join(deeper, '.imgtrawl', 'partial'));
    expect(() => makeFolder(deeper)).toThrow('symbolic link');
  });

  it('takes no path for a name', () => {
    for (const name of ['', '.', '..', '../x', 'a/b', 'a\\b', 'a\0']) {
      expect(() => pathIn('/tmp', name)).toThrow();
    }
  });

  it('removes a file, and does not mind when it is gone', async () => {
    const folder = testFolder();
    await save(folder, 'x', ['a.jpg']);
    expect(await removeFile(folder, 'a.jpg')).toBe(true);
    expect(await removeFile(folder, 'a.jpg')).toBe(false);
  });
});

describe('a folder that cannot be used', () => {
  it('a file stands where the folder should be', () => {
    const file = join(testPath(), 'file');
    writeFileSync(file, '');
    for (const path of [file, join(file, 'out')]) {
      expect(() => makeFolder(path)).toThrow(
        expect.objectContaining({ code: 'output-not-a-folder' }),
      );
    }
    const own = testPath();
    writeFileSync(join(own, '.imgtrawl'), '');
    expect(() => makeFolder(own)).toThrow(expect.objectContaining({ code: 'output-not-a-folder' }));
  });

  it.skipIf(process.getuid?.() === 0)('no permission to write (root may write everywhere)', () => {
    const path = testPath();
    chmodSync(path, 0o500);
    expect(() => makeFolder(join(path, 'out'))).toThrow(
      expect.objectContaining({ code: 'output-not-writable' }),
    );
  });

  it('a file system of the kernel takes no folders', () => {
    expect(() => makeFolder('/proc/imgtrawl')).toThrow(
      expect.objectContaining({ kind: 'abort', exitCode: 2 }),
    );
  });
});

/** A file system of so many bytes; undefined where only root could make one. */
function smallDisk(size: string): string | undefined {
  const path = testPath();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'imgtrawl', path], {
      stdio: 'ignore',
    });
  } catch {
    return undefined;
  }
  onTestFinished(() => void execFileSync('umount', ['-l', path]));
  return path;
}

describe('a read-only disk', () => {
  it('is told as such, and can still be read', async (context) => {
    const disk = smallDisk('4m');
    if (disk === undefined) return context.skip('mounting a small file system needs root');
    const folder = makeFolder(join(disk, 'out'));
    Catalog.open(folder.catalog).close();
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const refused = expect.objectContaining({ code: 'output-not-writable', exitCode: 2 });
    expect(() => makeFolder(join(disk, 'other'))).toThrow(refused);
    expect(() => Catalog.open(folder.catalog)).toThrow(refused);
    await expect(lockFolder(folder)).rejects.toEqual(refused);
    await expect(save(folder, 'x', ['a.jpg'])).rejects.toEqual(refused);
    using catalog = Catalog.open(folder.catalog, { readOnly: true });
    expect(catalog.counts()).toMatchObject({ images: 0 });
  });
});

describe('a full disk', () => {
  it('is told as such, leaves no part behind, and the catalog whole', async (context) => {
    const disk = smallDisk('1m');
    if (disk === undefined) return context.skip('mounting a small file system needs root');
    const folder = makeFolder(join(disk, 'out'));
    const catalog = Catalog.open(folder.catalog, { batch: 10 });
    const run = catalog.beginRun({ command: 'get', sources: [] });
    await save(folder, 'fits', ['fits.jpg']);
    catalog.recordAddress({
      url: 'https://x.test/fits',
      status: 'saved',
      attempts: 1,
      ms: 1,
      run,
      fetched: 0,
    });
    catalog.flush();
    await expect(save(folder, 'x'.repeat(2e6), ['large.jpg'])).rejects.toMatchObject({
      code: 'disk-full',
    });
    expect(readdirSync(folder.partial)).toEqual([]);
    const fill = () => {
      for (let n = 0; n < 1e5; n++) {
        const url = `https://x.test/${n}/${'long'.repeat(50)}`;
        catalog.recordAddress({ url, status: 'saved', attempts: 1, ms: 1, run, fetched: 0 });
      }
    };
    expect(fill).toThrow(expect.objectContaining({ code: 'disk-full' }));
    try {
      catalog.close();
    } catch (error) {
      expect(error).toMatchObject({ code: 'disk-full' });
    }
    await removeFile(folder, 'fits.jpg');
    using again = Catalog.open(folder.catalog);
    expect(again.address('https://x.test/fits')?.status).toBe('saved');
  });
});
