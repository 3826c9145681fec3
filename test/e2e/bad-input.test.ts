import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { BOMBS } from '../../fixtures/bombs/mod.ts';
import { encode } from '../../fixtures/encode.ts';
import type { SiteFile } from '../../fixtures/gallery.ts';
import { photo } from '../../fixtures/photo.ts';
import { serve } from '../../fixtures/serve.ts';
import { images, imgtrawl, scratch } from './run.ts';

let jpeg: Uint8Array;
beforeAll(async () => {
  jpeg = await encode(photo(21, 800, 600), '.jpg[Q=85]');
});

/** Serves one page whose only image is `file`, and runs `get` on it. */
async function take(file: SiteFile | undefined, args: string[] = []) {
  const site = new Map<string, SiteFile>([['/', { type: 'text/html', body: '<img src="a.jpg">' }]]);
  if (file) site.set('/a.jpg', file);
  await using server = await serve(site);
  const cwd = scratch();
  const ran = await imgtrawl(
    [`${server.origin}/`, '-o', 'out', '--json', '--retries', '0', ...args],
    { cwd },
  );
  return {
    ...ran,
    error: ran.lines.find((line) => line.type === 'image')?.error,
    saved: images(join(cwd, 'out')),
  };
}

test('no password of an address is told to anybody', async () => {
  const cwd = scratch();
  const list = ['ftp://me:hidden@h/a', '//me:hidden@h/b', 'http://me:hid@hidden@[x/c'].join('\n');
  writeFileSync(join(cwd, 'list.txt'), `https://h.invalid/d\n${list}\n`);
  const refused = 'http://me:hidden@127.0.0.1:9/';
  const more = ['--retries', '0', '-v', '--json'];
  const ran = [
    await imgtrawl(['list.txt', refused, '-o', 'out', '--log-file', 'log', ...more], { cwd }),
    await imgtrawl(['ftp://me:hidden@h/', '-o', 'out', '--json'], { cwd }),
  ];
  expect(ran[0]?.stderr.match(/^list\.txt, line/gm) ?? []).toHaveLength(3);
  expect(ran[0]?.stderr).toContain('http://127.0.0.1:9/ failed');
  expect(ran[1]?.stdout).toContain('unknown scheme');
  const told = ran.map(({ stdout, stderr }) => stdout + stderr);
  told.push(readFileSync(join(cwd, 'log'), 'utf8'));
  expect(told.join('')).not.toMatch(/hid/);
});

describe('wrong usage ends with 2 and a hint', () => {
  test.each([
    [
      ['--frobnicate', 'https://127.0.0.1/'],
      /unknown option --frobnicate; see imgtrawl get --help/,
    ],
    [['list', '--base-rul', 'x'], /unknown option --base-rul; did you mean --base-url\?/],
    [['https://127.0.0.1/', '--retries', 'many'], /--retries: .*"many"/],
    [['https://'], /not a valid address: https:\/\//],
    [['htp://example.org/'], /did you mean https:\/\/\?/],
    [['no-such-file.txt'], /no such file: no-such-file\.txt/],
    [['list'], /list needs a source/],
    [[], /imgtrawl COMMAND --help/],
  ])('%j', async (args, message) => {
    const cwd = scratch();
    const ran = await imgtrawl(args, { cwd });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(message);
    expect(ran.stderr).not.toMatch(/\n\s+at /);
    expect(readdirSync(cwd), 'nothing is left behind').toEqual([]);
  });
});

describe('nothing could be read: 3', () => {
  test('an unreachable host', async () => {
    const ran = await imgtrawl([
      'http://127.0.0.1:9/',
      '--retries',
      '0',
      '-o',
      join(scratch(), 'out'),
    ]);
    expect(ran.code).toBe(3);
    expect(ran.stderr).toMatch(/127\.0\.0\.1:9.*\[connect\]/);
  });

  test('a page that is not there', async () => {
    await using server = await serve(new Map());
    const ran = await imgtrawl([`${server.origin}/none`, '-o', join(scratch(), 'out')]);
    expect(ran.code).toBe(3);
    expect(ran.stderr).toMatch(/404.*\[http-status\]/);
  });

  test('a page without images', async () => {
    await using server = await serve(new Map([['/', { type: 'text/html', body: '<p>Words.' }]]));
    const ran = await imgtrawl([`${server.origin}/`, '-o', join(scratch(), 'out')]);
    expect(ran.code).toBe(3);
    expect(ran.stderr).toMatch(/no image was found \[no-images\]/);
  });
});

describe('some images failed: 1', () => {
  test('an image that is not there', async () => {
    const ran = await take(undefined);
    expect(ran).toMatchObject({ code: 1, error: { code: 'http-status' }, saved: [] });
  });

  test('a truncated image', async () => {
    const ran = await take({ type: 'image/jpeg', body: jpeg.subarray(0, jpeg.length / 2) });
    expect(ran).toMatchObject({ code: 1, error: { code: 'truncated' }, saved: [] });
  });

  test('zero bytes', async () => {
    const ran = await take({ type: 'image/jpeg', body: '' });
    expect(ran).toMatchObject({ code: 1, error: { code: 'empty-body' }, saved: [] });
  });

  test('HTML as an image', async () => {
    const ran = await take({ type: 'image/jpeg', body: '<!doctype html><title>Sorry</title>' });
    expect(ran).toMatchObject({ code: 1, error: { code: 'not-an-image' }, saved: [] });
  });

  test('a damaged JPEG', async () => {
    const damaged = jpeg.slice();
    // Ones where the frame header was: neither size nor components make sense.
    const frame = Buffer.from(damaged).indexOf(Buffer.from([0xff, 0xc0]));
    damaged.fill(0xfe, frame + 4, frame + 12);
    const ran = await take({ type: 'image/jpeg', body: damaged });
    expect(ran).toMatchObject({ code: 1, error: { code: 'damaged' }, saved: [] });
  });

  test.each([
    ['PNG 30,000 × 30,000 of one colour', 'too-many-pixels'],
    ['PNG colour profile of 1 GB (iCCP)', 'damaged'],
    ['SVG use of use, 10⁹ times', 'damaged'],
  ])('a bomb: %s', async (name, code) => {
    const bomb = BOMBS.find((one) => one.name === name)!;
    const ran = await take({ type: `image/${bomb.type}`, body: bomb.make() });
    expect(ran).toMatchObject({ code: 1, error: { code }, saved: [] });
  });

  test('an image over --max-bytes', async () => {
    const ran = await take({ type: 'image/jpeg', body: jpeg }, ['--max-bytes', '1KB']);
    expect(ran).toMatchObject({ code: 1, error: { code: 'too-large' }, saved: [] });
  });
});

describe('the output folder', () => {
  const page = async () => {
    const server = await serve(
      new Map<string, SiteFile>([
        ['/', { type: 'text/html', body: '<img src="a.jpg"><img src="b.png">' }],
        ['/a.jpg', { type: 'image/jpeg', body: jpeg }],
        ['/b.png', { type: 'image/png', body: await encode(photo(22, 1200, 900, 80), '.png') }],
      ]),
    );
    onTestFinished(() => server[Symbol.asyncDispose]());
    return `${server.origin}/`;
  };

  test('is a file', async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'out'), 'mine');
    const ran = await imgtrawl([await page(), '-o', 'out'], { cwd });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/out is, or lies below, something that is no folder/);
  });

  test('cannot be written', async (context) => {
    if (process.getuid?.() === 0) {
      // Root may write anywhere but into a read-only mount.
      const cwd = scratch();
      const mounted = mount(cwd, 'ro,size=1m');
      if (!mounted) return context.skip('no tmpfs can be mounted here');
      const ran = await imgtrawl([await page(), '-o', 'disk/out'], { cwd });
      expect(ran.code).toBe(2);
      expect(ran.stderr).toMatch(/disk\/out.*(?:cannot be written|read-only)/i);
    } else {
      const cwd = scratch();
      mkdirSync(join(cwd, 'disk'));
      chmodSync(join(cwd, 'disk'), 0o500);
      const ran = await imgtrawl([await page(), '-o', 'disk/out'], { cwd });
      expect(ran.code).toBe(2);
      expect(ran.stderr).toMatch(/disk\/out.*cannot be written/i);
    }
  });

  test('is on a full disk', async (context) => {
    const cwd = scratch();
    if (!mount(cwd, 'size=1m')) return context.skip('no tmpfs can be mounted here');
    const ran = await imgtrawl([await page(), '-o', 'disk/out', '--json'], { cwd });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/no space (?:is )?left|disk.*full/i);
    expect(ran.stderr).not.toMatch(/\n\s+at /);
  });
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
