import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { encode, resize } from '../../fixtures/encode.ts';
import { photo } from '../../fixtures/photo.ts';
import { imgtrawl, scratch } from './run.ts';

const files = new Map<string, Uint8Array>();
beforeAll(async () => {
  const original = photo(61, 900, 600);
  files.set('a/original.jpg', await encode(original, '.jpg[Q=90]'));
  files.set('a/again.jpg', files.get('a/original.jpg') as Uint8Array);
  files.set('b/small.webp', await encode(await resize(original, 600), '.webp[Q=80]'));
  files.set('b/other.jpg', await encode(photo(62, 900, 600), '.jpg'));
});

function folder(): string {
  const cwd = scratch();
  for (const name of ['a', 'b']) mkdirSync(join(cwd, name));
  for (const [name, bytes] of files) writeFileSync(join(cwd, name), bytes);
  writeFileSync(join(cwd, 'b/notes.txt'), 'no picture');
  return cwd;
}

const env = (cwd: string) => ({ XDG_CACHE_HOME: join(cwd, '.cache') });

describe('dedupe', () => {
  test('reports groups of local images and changes nothing', async () => {
    const cwd = folder();
    const ran = await imgtrawl(['dedupe', 'a', 'b/*', '--json'], { cwd, env: env(cwd) });
    expect(ran.code).toBe(0);
    expect(ran.lines).toMatchObject([
      {
        group: 1,
        kind: 'near',
        duplicates: [{ distance: expect.any(Number) }, { distance: expect.any(Number) }],
      },
    ]);
    const [{ keep, duplicates }] = ran.lines;
    expect([keep, ...duplicates.map(({ file }: { file: string }) => file)].sort()).toEqual([
      'a/again.jpg',
      'a/original.jpg',
      'b/small.webp',
    ]);
    for (const name of files.keys()) expect(existsSync(join(cwd, name))).toBe(true);
  });

  test('--html writes a page of the groups, and refuses a name that is no page', async () => {
    const cwd = folder();
    const ran = await imgtrawl(['dedupe', 'a', 'b', '--html', 'page.html'], { cwd, env: env(cwd) });
    expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining('page.html') });
    const page = readFileSync(join(cwd, 'page.html'), 'utf8');
    expect(page.match(/<figure/g)).toHaveLength(3);
    expect(page).toContain('600×400 webp');
    expect(page).toMatch(/<a href="\.\/b\/small\.webp"><img src="data:image\/png/);
    const odd = await imgtrawl(['dedupe', 'b', '--html', 'a/again.jpg'], { cwd, env: env(cwd) });
    expect(odd).toMatchObject({ code: 2, stderr: expect.stringMatching(/must end in \.html/) });
    expect(statSync(join(cwd, 'a/again.jpg')).size).toBe(files.get('a/again.jpg')?.length);
  });

  test('reads nothing but directories the second time', async () => {
    const cwd = folder();
    await imgtrawl(['dedupe', 'a', 'b'], { cwd, env: env(cwd) });
    const { stderr } = await imgtrawl(['dedupe', 'a', 'b', '-v'], { cwd, env: env(cwd) });
    expect(stderr.match(/\(cached\)/g)).toHaveLength(5);
  });

  test('--apply lists first and needs --yes away from a terminal', async () => {
    const cwd = folder();
    const asked = await imgtrawl(['dedupe', 'a', 'b', '--apply', 'delete'], { cwd, env: env(cwd) });
    expect(asked.code).toBe(1);
    expect(asked.stderr).toMatch(/delete .*small\.webp[\s\S]*it needs --yes/);
    expect(existsSync(join(cwd, 'b/small.webp'))).toBe(true);
    const done = await imgtrawl(['dedupe', 'a', 'b', '--apply', 'delete', '--yes'], {
      cwd,
      env: env(cwd),
    });
    expect(done.code).toBe(0);
    expect([...files.keys()].filter((name) => existsSync(join(cwd, name)))).toHaveLength(2);
    expect(existsSync(join(cwd, 'b/other.jpg'))).toBe(true);
  });

  test('--apply hardlink leaves one copy on the disk under both names', async () => {
    const cwd = folder();
    const args = ['dedupe', 'a', '--dedupe', 'exact', '--apply', 'hardlink', '--yes'];
    expect((await imgtrawl(args, { cwd, env: env(cwd) })).code).toBe(0);
    const inode = (name: string) => statSync(join(cwd, name)).ino;
    expect(inode('a/again.jpg')).toBe(inode('a/original.jpg'));
    expect(
      readFileSync(join(cwd, 'a/again.jpg')).equals(files.get('a/again.jpg') as Uint8Array),
    ).toBe(true);
  });

  test('a remedy that is none is refused', async () => {
    const ran = await imgtrawl(['dedupe', '.', '--apply', 'shred'], { cwd: folder() });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(
      /--apply must be delete, hardlink, symlink or move=DIR, not "shred"/,
    );
  });
});
