/** What goes wrong in years of nights. Nothing that was saved is lost, and the next run completes. */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { SiteFile } from '../../fixtures/gallery.ts';
import { random } from '../../fixtures/photo.ts';
import { type Served, serve } from '../../fixtures/serve.ts';
import { png } from '../support/png.ts';
import { images, imgtrawl, scratch } from './run.ts';

const COUNT = 60;
const NAMES = Array.from({ length: COUNT }, (_, n) => `image-${n}.png`);

let site: Map<string, SiteFile>;
beforeAll(() => {
  site = new Map(
    NAMES.map((name, n) => [`/${name}`, { type: 'image/png', body: png(16, n, 20_000) }] as const),
  );
  site.set('/', { type: 'text/html', body: NAMES.map((name) => `<img src="${name}">`).join('') });
});

/** One run on the site; files of the same picture are wanted, so that there are many. */
function night(
  server: Served,
  cwd: string,
  args: string[] = [],
  out = 'out',
  started?: (child: import('node:child_process').ChildProcess) => void,
) {
  const all = [`${server.origin}/`, '-o', out, '--json', '--dedupe', 'exact', ...args];
  return imgtrawl(all, { cwd, ...(started && { started }) });
}

/** The bytes of every image in the folder, which must be those of the site. */
function soundImages(folder: string): string[] {
  const names = images(folder);
  for (const name of names) {
    const body = site.get(`/${name}`)?.body as Uint8Array;
    expect(readFileSync(join(folder, name)).equals(body), name).toBe(true);
  }
  return names;
}

/** All images are there and known; nothing else is. */
async function expectComplete(cwd: string, out = 'out'): Promise<void> {
  expect(soundImages(join(cwd, out))).toEqual([...NAMES].sort());
  const verify = await imgtrawl(['verify', out, '--json'], { cwd });
  expect(verify.lines.map(({ state }) => state)).toEqual(NAMES.map(() => 'ok'));
  expect(verify.code).toBe(0);
}

test('kill -9 at random moments, again and again', async () => {
  await using server = await serve(site, { latencyMs: 40 });
  const cwd = scratch();
  const [seed] = fc.sample(fc.nat(), 1) as [number];
  const next = random(seed);
  const kept = new Set<string>();
  for (let round = 0; round < 5; round++) {
    const seen = kept.size;
    const ran = await night(server, cwd, ['-j', '2'], 'out', async (child) => {
      // From the start of the program to the middle of its work.
      const least = round < 2 ? 0 : seen + 1 + Math.floor(next() * 10);
      while (child.exitCode === null && count(join(cwd, 'out')) < least) await sleep(5);
      await sleep(next() * 300);
      child.kill('SIGKILL');
    });
    expect([ran.signal, ran.code], `seed ${seed}`).toContain('SIGKILL');
    if (!exists(join(cwd, 'out'))) continue;
    const names = soundImages(join(cwd, 'out'));
    for (const name of kept) expect(names, `seed ${seed}`).toContain(name);
    for (const name of names) kept.add(name);
  }
  const last = await night(server, cwd);
  expect(last.code, `seed ${seed}: ${last.stderr}`).toBe(0);
  await expectComplete(cwd);
  // Nothing is left of what was under way.
  const own = join(cwd, 'out/.imgtrawl');
  const left = readdirSync(own).filter((name) => !/-(?:wal|shm)$/.test(name));
  expect(left.sort()).toEqual(['catalog.sqlite', 'lock', 'partial']);
  expect(readdirSync(join(own, 'partial'))).toEqual([]);
});

const exists = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;
const count = (folder: string): number => (exists(folder) ? images(folder).length : 0);

test('two runs started in the same moment: one gets the folder, the other ends with 4', async () => {
  await using server = await serve(site, { latencyMs: 300 });
  for (let round = 0; round < 3; round++) {
    const cwd = scratch();
    const ran = await Promise.all([night(server, cwd), night(server, cwd)]);
    expect(ran.map(({ code }) => code).sort()).toEqual([0, 4]);
    expect(ran.find(({ code }) => code === 4)?.stderr).toMatch(/held by another run/);
    expect(soundImages(join(cwd, 'out'))).toHaveLength(COUNT);
  }
});

describe('a clock that was set back', () => {
  test('makes no lock immortal and no image unknown', async () => {
    await using server = await serve(site);
    const cwd = scratch();
    await night(server, cwd);
    const future = Date.now() + 400 * 86_400_000;
    // A run of next year, killed, on a machine that has started anew since.
    const lock = new DatabaseSync(join(cwd, 'out/.imgtrawl/lock'));
    lock
      .prepare('INSERT OR REPLACE INTO holder VALUES (1, ?, ?, ?, ?, ?, ?, ?, 7)')
      .run(...['token', 1, 'elsewhere', 'boot', '1', future, future]);
    lock.close();
    const catalog = new DatabaseSync(join(cwd, 'out/.imgtrawl/catalog.sqlite'));
    catalog.exec(`UPDATE address SET fetched = ${future}; UPDATE page SET fetched = ${future};
      UPDATE run SET started = ${future}, ended = NULL`);
    catalog.close();
    server.log.length = 0;
    const again = await night(server, cwd, ['--max-age', '1d']);
    expect(again.code, again.stderr).toBe(0);
    expect(again.lines.at(-1)).toMatchObject({ unchanged: COUNT, bytes: 0 });
    await expectComplete(cwd);
  });
});

describe('a catalog', () => {
  const damages: readonly [string, (file: string) => void][] = [
    ['cut in half', (file) => truncateSync(file, statSync(file).size >> 1)],
    ['of no bytes', (file) => truncateSync(file, 0)],
    ['of noise', (file) => writeFileSync(file, noise(statSync(file).size))],
    [
      'with noise in its middle',
      (file) => {
        const bytes = readFileSync(file);
        noise(bytes.length >> 1).copy(bytes, bytes.length >> 2);
        writeFileSync(file, bytes);
      },
    ],
    ['with noise for a log', (file) => appendFileSync(`${file}-wal`, noise(50_000))],
  ];

  test.each(damages)('%s is never replaced in silence', async (_, damage) => {
    await using server = await serve(site);
    const cwd = scratch();
    await night(server, cwd);
    const file = join(cwd, 'out/.imgtrawl/catalog.sqlite');
    damage(file);
    const damaged = readFileSync(file);
    const ran = await night(server, cwd);
    if (ran.code === 0) {
      // SQLite could tell that the noise is no log of its.
      expect(ran.lines.at(-1)).toMatchObject({ unchanged: COUNT, bytes: 0 });
    } else {
      expect(ran.code).toBe(2);
      expect(ran.stderr).toMatch(/catalog\.sqlite is damaged.*verify --repair/i);
      expect(readFileSync(file).equals(damaged)).toBe(true);
      expect(soundImages(join(cwd, 'out'))).toHaveLength(COUNT);
      const repair = await imgtrawl(['verify', 'out', '--repair'], { cwd });
      expect(repair.code, repair.stderr).toBe(0);
      expect(readdirSync(join(cwd, 'out/.imgtrawl')).join()).toMatch(
        /catalog\.sqlite.+damaged|damaged/,
      );
      expect((await night(server, cwd)).code).toBe(0);
    }
    await expectComplete(cwd);
  });
});

function noise(length: number): Buffer {
  const next = random(length);
  return Buffer.from(Uint8Array.from({ length }, () => next() * 256));
}

test('a disk that is full keeps what it has, and takes the rest when there is room', async (context) => {
  const cwd = scratch();
  if (!mount(cwd, 'size=900k')) return context.skip('no tmpfs can be mounted here');
  await using server = await serve(site);
  const full = await night(server, cwd, [], 'disk/out');
  expect(full.code).toBe(1);
  expect(full.stderr).toMatch(/No space is left/);
  expect(full.stderr).not.toMatch(/\n\s+at /);
  const kept = soundImages(join(cwd, 'disk/out'));
  expect(kept.length).toBeLessThan(COUNT);
  execFileSync('mount', ['-o', 'remount,size=20m', join(cwd, 'disk')]);
  const next = await night(server, cwd, [], 'disk/out');
  expect(next.code, next.stderr).toBe(0);
  await expectComplete(cwd, 'disk/out');
});

test('a folder that became read-only is left as it is, and goes on when it is not', async (context) => {
  const cwd = scratch();
  const asRoot = process.getuid?.() === 0;
  if (asRoot && !mount(cwd, 'size=20m')) return context.skip('no tmpfs can be mounted here');
  if (!asRoot) mkdirSync(join(cwd, 'disk'));
  await using server = await serve(site);
  await night(server, cwd, [], 'disk/out');
  const disk = join(cwd, 'disk');
  const allow = (writing: boolean): void => {
    if (asRoot) execFileSync('mount', ['-o', `remount,${writing ? 'rw' : 'ro'}`, disk]);
    else
      for (const name of ['out', 'out/.imgtrawl'])
        chmodSync(join(disk, name), writing ? 0o700 : 0o500);
  };
  allow(false);
  const refused = await night(server, cwd, [], 'disk/out');
  const verify = await imgtrawl(['verify', 'disk/out'], { cwd });
  allow(true);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/cannot be written|read-only/i);
  expect(verify.code, verify.stderr).toBe(0);
  expect((await night(server, cwd, [], 'disk/out')).lines.at(-1)).toMatchObject({
    unchanged: COUNT,
  });
  await expectComplete(cwd, 'disk/out');
});

/** Mounts a tmpfs at `disk` in the folder; false where that is not allowed. */
function mount(cwd: string, options: string): boolean {
  const disk = join(cwd, 'disk');
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    return false;
  }
  onTestFinished(() => void execFileSync('umount', ['-l', disk]));
  return true;
}
