import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { encode } from '../../fixtures/encode.ts';
import { gallery, type Site } from '../../fixtures/gallery.ts';
import { photo } from '../../fixtures/photo.ts';
import { serve } from '../../fixtures/serve.ts';
import { images, imgtrawl, scratch } from './run.ts';

let site: Site;
beforeAll(async () => {
  site = await gallery();
});

describe('a page', () => {
  test('becomes a folder with one good copy of each picture', async () => {
    await using server = await serve(site);
    const cwd = scratch();
    const ran = await imgtrawl([`${server.origin}/gallery/`, '-o', 'out', '--json'], { cwd });
    expect(ran.code).toBe(1);
    expect(images(join(cwd, 'out'))).toEqual([
      'dawn.jpg',
      'dusk-1200.avif',
      'marble.png',
      'night-larger.webp',
      'noon-1280.jpg',
      'photo-1516117172878-fd2c41f4a759.jpg',
      'wheel.gif',
    ]);
    const summary = ran.lines.at(-1);
    expect(summary).toMatchObject({
      type: 'summary',
      images: 12,
      saved: 7,
      duplicates: 3,
      failed: 2,
    });

    // An image that a better copy replaced later has a second line, which says so.
    const of = (name: string) =>
      ran.lines.findLast(
        (line) => /^(?:image|replaced)$/.test(line.type) && line.url.endsWith(name),
      );
    expect(of('/photo-1516117172878-fd2c41f4a759')).toMatchObject({
      status: 'saved',
      file: 'photo-1516117172878-fd2c41f4a759.jpg',
      format: 'jpeg',
      width: 1600,
      height: 1067,
      page: `${server.origin}/gallery/`,
      pdq: expect.stringMatching(/^[0-9a-f]{64}$/),
      attempts: 1,
    });
    expect(of('gone.jpg')).toMatchObject({ status: 'failed', error: { code: 'http-status' } });
    expect(of('soft-error.jpg')).toMatchObject({
      status: 'failed',
      error: { code: 'not-an-image' },
    });
    expect(of('dawn-again.jpg')).toMatchObject({ status: 'duplicate', distance: 0 });

    const bytes = readFileSync(join(cwd, 'out/dawn.jpg'));
    expect(bytes.equals(site.get('/gallery/img/dawn.jpg')!.body as Uint8Array)).toBe(true);
    expect(of('img/dawn.jpg').sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  test('prints a line for each image, the counts and the time', async () => {
    await using server = await serve(site);
    const cwd = scratch();
    const { stdout, stderr } = await imgtrawl([`${server.origin}/gallery/`, '-o', 'out'], { cwd });
    expect(stdout).toMatch(
      /^photo-1516117172878-fd2c41f4a759\.jpg was downloaded \(\d+ KB, 1600×1067\)$/m,
    );
    expect(stdout).toMatch(/^12 images: 7 saved, 3 duplicates, 2 failed; \d+ KB$/m);
    expect(stdout).toMatch(/^Finished in \d+\.\d\d second\(s\)$/m);
    expect(stderr).toMatch(/gone\.jpg failed: .*404/);
  });

  test('a second run finds nothing new', async () => {
    await using server = await serve(site);
    const cwd = scratch();
    await imgtrawl([`${server.origin}/gallery/`, '-o', 'out'], { cwd });
    const before = images(join(cwd, 'out'));
    server.log.length = 0;
    const again = await imgtrawl([`${server.origin}/gallery/`, '-o', 'out', '--json'], { cwd });
    expect(again.lines.at(-1)).toMatchObject({ saved: 0, failed: 2 });
    expect(images(join(cwd, 'out'))).toEqual(before);
    const bodies = server.log.filter(
      (line) => line.endsWith(' 200') && !line.includes('/gallery/ '),
    );
    expect(bodies).toEqual(['GET /gallery/img/soft-error.jpg 200']);
  });

  test('--order submitted reports in the order of the page', async () => {
    await using server = await serve(site);
    const cwd = scratch();
    const ran = await imgtrawl(
      [`${server.origin}/gallery/`, '-o', 'out', '--json', '--order', 'submitted'],
      { cwd },
    );
    const urls = ran.lines
      .filter((line) => line.type === 'image')
      .map((line) => new URL(line.url).pathname);
    expect(urls.slice(0, 4)).toEqual([
      '/gallery/img/dawn.jpg',
      '/gallery/img/noon-1280.jpg',
      '/gallery/img/dusk-1200.avif',
      '/gallery/img/marble.png',
    ]);
  });

  test('--dedupe off keeps every copy', async () => {
    await using server = await serve(site);
    const cwd = scratch();
    await imgtrawl([`${server.origin}/gallery/`, '-o', 'out', '--dedupe', 'off'], { cwd });
    expect(images(join(cwd, 'out'))).toHaveLength(10);
  });
});

describe('sources', () => {
  test('a text list on standard input, with comments', async () => {
    await using server = await serve(site);
    const cwd = scratch();
    const stdin = `# two of them\n${server.origin}/gallery/img/dawn.jpg\r\n\n${server.origin}/gallery/img/marble.png\n`;
    const ran = await imgtrawl(['-', '-o', 'out', '-q'], { cwd, stdin });
    expect(ran).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(images(join(cwd, 'out'))).toEqual(['dawn.jpg', 'marble.png']);
  });

  test('an image address, a list file and a local page with --base-url', async () => {
    await using server = await serve(site);
    const cwd = scratch();
    writeFileSync(join(cwd, 'list.txt'), `${server.origin}/gallery/img/wheel.gif\n`);
    mkdirSync(join(cwd, 'saved'));
    writeFileSync(join(cwd, 'saved/page.html'), '<img src="img/marble.png">');
    const args = [
      `${server.origin}/photo-1516117172878-fd2c41f4a759`,
      'list.txt',
      'saved/*.html',
      '--base-url',
      `${server.origin}/gallery/`,
      '-o',
      'out',
    ];
    const ran = await imgtrawl(args, { cwd });
    expect(ran.code).toBe(0);
    expect(images(join(cwd, 'out'))).toEqual([
      'marble.png',
      'photo-1516117172878-fd2c41f4a759.jpg',
      'wheel.gif',
    ]);
  });

  test('list prints what would be downloaded, and downloads nothing', async () => {
    await using server = await serve(site);
    const ran = await imgtrawl(['list', `${server.origin}/gallery/`, '--json', '--all']);
    expect(ran.code).toBe(0);
    const dusk = ran.lines.filter((line) => line.alt === 'Dusk');
    expect(new Set(dusk.map((line) => line.group)).size).toBe(1);
    expect(dusk.filter((line) => line.chosen)).toMatchObject([
      { url: `${server.origin}/gallery/img/dusk-1200.avif`, from: 'source.srcset', width: 1200 },
    ]);
    expect(server.log).toEqual(['GET /gallery/ 200']);
  });

  test('hash tells format, size and hashes of local images', async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'a.png'), await encode(photo(8, 300, 200), '.png'));
    writeFileSync(join(cwd, 'b.txt'), 'no image');
    const ran = await imgtrawl(['hash', 'a.png', 'b.txt', '--json'], { cwd });
    expect(ran.code).toBe(1);
    expect(ran.lines).toMatchObject([
      {
        file: 'a.png',
        format: 'png',
        width: 300,
        height: 200,
        pdq: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      { file: 'b.txt', error: { code: 'not-an-image' } },
    ]);
  });
});
