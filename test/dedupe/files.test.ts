import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  applySteps,
  type CandidateImage,
  FileCache,
  type FileReport,
  groupFiles,
  type PictureFile,
  parseRemedy,
  planSteps,
} from '../../src/dedupe/mod.ts';
import { TrawlError } from '../../src/errors.ts';

/** Files are texts: `picture width`; two of one picture are copies, the wider one is the better. */
const HASHES: Readonly<Record<string, string>> = {
  cat: '5a3c96e1'.repeat(8),
  dog: 'c3a51e87'.repeat(8),
};

let folder: string;
let reads: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'imgtrawl-dedupe-'));
  reads = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function inspect(path: string): Promise<CandidateImage> {
  reads.push(path);
  const bytes = await readFile(path);
  const [what, width] = bytes.toString().split(' ');
  const pdq = HASHES[what as string];
  if (pdq === undefined) throw new TrawlError('not-an-image', 'it is no image');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const size = { width: Number(width), height: Number(width) };
  return { sha256, name: '', format: 'jpeg', ...size, bytes: bytes.length, pdq, quality: 90 };
}

async function files(contents: Readonly<Record<string, string>>): Promise<string[]> {
  for (const [name, content] of Object.entries(contents)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return Object.keys(contents).map((name) => join(folder, name));
}

async function report(paths: string[], cache = new FileCache(':memory:')): Promise<FileReport> {
  using open = cache;
  return await groupFiles(paths, { inspect, cache: open });
}

async function apply(paths: string[], how: string, between = async () => {}) {
  const { groups } = await report(paths);
  const steps = planSteps(groups, parseRemedy(how));
  await between();
  return await Array.fromAsync(applySteps(steps));
}

const content = (name: string) => readFile(join(folder, name), 'utf8');

describe('groupFiles', () => {
  it('groups copies under the best one, exact and near apart', async () => {
    const { groups, pictures } = await report(
      await files({
        'a.jpg': 'cat 10',
        'b/big.jpg': 'cat 90',
        'd1.jpg': 'dog 5',
        'd.jpg': 'dog 5',
      }),
    );
    const told = groups.map((g) => [
      g.group,
      g.kind,
      g.keep.path.slice(folder.length),
      g.duplicates.map((file) => [file.path.slice(folder.length), file.distance]),
    ]);
    expect(told).toEqual([
      [1, 'near', '/b/big.jpg', [['/a.jpg', 0]]],
      [2, 'exact', '/d.jpg', [['/d1.jpg', 0]]],
    ]);
    expect(pictures).toBe(4);
  });

  it('answers alike for any order, and counts a path once', async () => {
    const paths = await files({ a: 'cat 10', b: 'cat 20', c: 'dog 7', d: 'dog 7', e: 'cat 10' });
    const first = await report(paths);
    expect(await report([...paths.toReversed(), ...paths])).toEqual(first);
  });

  it('tells which files show no picture', async () => {
    const paths = await files({ 'note.txt': 'hello', 'a.jpg': 'cat 3' });
    const { unread } = await report([...paths, join(folder, 'missing.jpg')]);
    expect(unread.map(({ code }) => code)).toEqual(['source-unreadable', 'not-an-image']);
    expect(unread[1]?.message).toContain('note.txt');
  });

  it('takes one file under several names for one, by its plainest name', async () => {
    const [path] = (await files({ 'a/photo.jpg': 'cat 10' })) as [string];
    await symlink('photo.jpg', join(folder, 'a/l'));
    await symlink('a', join(folder, 'b'));
    const names = [
      `${folder}/./a/photo.jpg`,
      join(folder, 'a/l'),
      join(folder, 'b/photo.jpg'),
      path,
    ];
    for (const order of [names, names.toReversed()]) {
      expect(await report(order)).toMatchObject({ groups: [], pictures: 1 });
    }
    const [other] = (await files({ 'a/long-name.jpg': 'cat 10' })) as [string];
    for (const order of [
      [...names, other],
      [other, ...names.toReversed()],
    ]) {
      const { groups } = await report(order);
      expect(groups).toMatchObject([{ keep: { path }, duplicates: [{ path: other }] }]);
    }
  });

  it('does not wait for a named pipe, nor read a device or a folder', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe.jpg')]);
    const { unread } = await report([join(folder, 'pipe.jpg'), '/dev/zero', folder]);
    expect(unread.map(({ code }) => code)).toEqual(Array(3).fill('source-unreadable'));
    expect(unread[0]?.message).toMatch(/no regular file/);
    expect(reads).toEqual([]);
  });

  it('shares its cache with other runs at the same time', async () => {
    const path = join(folder, 'cache.sqlite');
    const paths = await files(
      Object.fromEntries(Array.from({ length: 700 }, (_, n) => [`${n}.jpg`, `cat ${n + 1}`])),
    );
    const reports = await Promise.all(
      [1, 2, 3].map(() => report(paths, new FileCache(path)).then(({ groups }) => groups)),
    );
    expect(reports[1]).toEqual(reports[0]);
    expect(reports[2]).toEqual(reports[0]);
    reads = [];
    await report(paths, new FileCache(path));
    expect(reads).toEqual([]);
  });

  it('reads no file twice over two runs, until it changes', async () => {
    const paths = await files({ a: 'cat 10', b: 'cat 20', note: 'hello' });
    const cache = join(folder, 'cache.sqlite');
    const first = await report(paths, new FileCache(cache));
    expect(reads.length).toBe(3);
    expect(await report(paths, new FileCache(cache))).toEqual(first);
    expect(reads.length).toBe(3);
    await writeFile(join(folder, 'a'), 'dog 10');
    await utimes(join(folder, 'a'), 1, 1);
    expect((await report(paths, new FileCache(cache))).groups).toEqual([]);
    expect(reads.length).toBe(4);
  });
});

describe('applySteps', () => {
  const copies = { 'keep.jpg': 'cat 90', 'sub/copy.jpg': 'cat 10', 'sub/same.jpg': 'cat 90' };

  it('deletes the duplicates and leaves the kept file', async () => {
    const outcomes = await apply(await files(copies), 'delete');
    expect(outcomes.map(({ status }) => status)).toEqual(['done', 'done']);
    expect(await readdir(join(folder, 'sub'))).toEqual([]);
    expect(await content('keep.jpg')).toBe('cat 90');
  });

  it('puts hard links in their place, once', async () => {
    const paths = await files(copies);
    await apply(paths, 'hardlink');
    const inode = (await lstat(join(folder, 'keep.jpg'))).ino;
    for (const name of ['copy.jpg', 'same.jpg']) {
      expect((await lstat(join(folder, 'sub', name))).ino).toBe(inode);
    }
    expect(await readdir(join(folder, 'sub'))).toEqual(['copy.jpg', 'same.jpg']);
    const again = await apply(paths, 'hardlink');
    expect(again.map(({ status }) => status)).toEqual(['unneeded', 'unneeded']);
  });

  it('puts symbolic links in their place, relative ones', async () => {
    await apply(await files(copies), 'symlink');
    expect(await readlink(join(folder, 'sub/copy.jpg'))).toBe('../keep.jpg');
    expect(await content('sub/copy.jpg')).toBe('cat 90');
  });

  it('moves them and overwrites nothing', async () => {
    const paths = await files(copies);
    const into = join(folder, 'away');
    await files({ 'away/copy.jpg': 'mine' });
    const outcomes = await apply(paths, `move=${into}`);
    expect(outcomes.map((one) => one.status === 'done' && one.to)).toEqual([
      join(into, 'copy (2).jpg'),
      join(into, 'same.jpg'),
    ]);
    expect(await content('away/copy.jpg')).toBe('mine');
    expect(await content('away/copy (2).jpg')).toBe('cat 10');
    expect(await readdir(join(folder, 'sub'))).toEqual([]);
  });

  it.each<[string, (path: (name: string) => string) => Promise<void>]>([
    ['the duplicate was changed', (path) => writeFile(path('sub/copy.jpg'), 'dog 10')],
    ['the kept file was changed', (path) => writeFile(path('keep.jpg'), 'dog 90')],
    ['the kept file is gone', (path) => rm(path('keep.jpg'))],
  ])('leaves a duplicate alone when %s', async (_, change) => {
    const paths = await files({ 'keep.jpg': 'cat 90', 'sub/copy.jpg': 'cat 10' });
    const at = (name: string) => join(folder, name);
    const outcomes = await apply(paths, 'delete', () => change(at));
    expect(outcomes.map(({ status }) => status)).toEqual(['skipped']);
    expect(await readdir(at('sub'))).toEqual(['copy.jpg']);
  });

  it('notices other bytes behind the same size and time', async () => {
    const paths = await files({ 'keep.jpg': 'cat 90', 'copy.jpg': 'cat 10' });
    for (const path of paths) await utimes(path, 9, 9);
    const outcomes = await apply(paths, 'delete', async () => {
      await writeFile(join(folder, 'keep.jpg'), 'dog 90');
      await utimes(join(folder, 'keep.jpg'), 9, 9);
    });
    expect(outcomes[0]).toMatchObject({ status: 'skipped' });
  });

  it('never removes the last copy when a linked folder shows it twice', async () => {
    await files({ 'real/a.jpg': 'cat 9' });
    await symlink(join(folder, 'real'), join(folder, 'alias'));
    const paths = [join(folder, 'real/a.jpg'), join(folder, 'alias/a.jpg')];
    expect(await apply(paths, 'delete')).toEqual([]);
    expect(await content('real/a.jpg')).toBe('cat 9');
  });

  it('never removes the last copy when a folder becomes a link meanwhile', async () => {
    const paths = await files({ 'a/a.jpg': 'cat 9', 'b/a.jpg': 'cat 9' });
    for (const path of paths) await utimes(path, 9, 9);
    const outcomes = await apply(paths, 'delete', async () => {
      await rm(join(folder, 'b'), { recursive: true });
      await symlink(join(folder, 'a'), join(folder, 'b'));
    });
    expect(outcomes).toMatchObject([{ status: 'unneeded', why: expect.stringMatching(/itself/) }]);
    expect(await content('a/a.jpg')).toBe('cat 9');
  });

  it('links the file itself where the kept one is named by a link', async () => {
    await files({ 'else/big.jpg': 'cat 90', 'in/small.jpg': 'cat 10' });
    await symlink('../else/big.jpg', join(folder, 'in/a.jpg'));
    const paths = ['in/a.jpg', 'in/small.jpg'].map((name) => join(folder, name));
    await apply(paths, 'hardlink');
    expect((await lstat(join(folder, 'in/small.jpg'))).ino).toBe(
      (await lstat(join(folder, 'else/big.jpg'))).ino,
    );
  });

  it('moves no symbolic link, which would then lead elsewhere', async () => {
    await files({ 'else/small.jpg': 'cat 10', 'in/big.jpg': 'cat 90' });
    await symlink('../else/small.jpg', join(folder, 'in/a.jpg'));
    const paths = ['in/a.jpg', 'in/big.jpg'].map((name) => join(folder, name));
    const outcomes = await apply(paths, `move=${join(folder, 'away/deep')}`);
    expect(outcomes).toMatchObject([
      { status: 'failed', why: expect.stringMatching(/symbolic link/) },
    ]);
    expect(await content('in/a.jpg')).toBe('cat 10');
  });

  it('leaves what was moved before where it is', async () => {
    const paths = await files(copies);
    const into = join(folder, 'sub/away');
    await apply(paths, `move=${into}`);
    const moved = ['copy.jpg', 'same.jpg'].map((name) => join(into, name));
    expect(await apply([...moved, join(folder, 'keep.jpg')], `move=${into}`)).toEqual([]);
    expect(await readdir(into)).toEqual(['copy.jpg', 'same.jpg']);
  });

  it('names moved files from the folder they have in common, however they were written', () => {
    const file = (path: string) => ({ path }) as PictureFile;
    const plan = (...paths: string[]) => {
      const duplicates = paths.map((path) => ({ ...file(path), distance: 0 }));
      const group = { group: 1, kind: 'exact' as const, keep: file('keep.jpg'), duplicates };
      return planSteps([group], parseRemedy('move=away')).map(({ to }) => to);
    };
    expect(plan('a.jpg')).toEqual(['away/a.jpg']);
    expect(plan('a.jpg', 'b/c.jpg')).toEqual(['away/a.jpg', 'away/b/c.jpg']);
    expect(plan('../x/a.jpg', '../y/b.jpg')).toEqual(['away/x/a.jpg', 'away/y/b.jpg']);
    expect(plan(join(process.cwd(), 'b/a.jpg'), 'b/c.jpg')).toEqual(['away/a.jpg', 'away/c.jpg']);
  });

  it('may delete a hard link, whose bytes stay', async () => {
    const paths = await files({ 'a.jpg': 'cat 9' });
    await link(join(folder, 'a.jpg'), join(folder, 'b.jpg'));
    await apply([...paths, join(folder, 'b.jpg')], 'delete');
    expect(await readdir(folder)).toEqual(['a.jpg']);
  });

  it('refuses an unknown remedy', () => {
    for (const text of ['burn', 'move=', '']) {
      expect(() => parseRemedy(text)).toThrow(/--apply must be/);
    }
  });
});
