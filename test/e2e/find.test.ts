import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { encode } from '../../fixtures/encode.ts';
import type { SiteFile } from '../../fixtures/gallery.ts';
import { photo } from '../../fixtures/photo.ts';
import { type Served, serve } from '../../fixtures/serve.ts';
import { images, imgtrawl, scratch } from './run.ts';

const html = (body: string): SiteFile => ({ type: 'text/html', body });
const pathsOf = (lines: { url: string }[]): string[] =>
  lines.map(({ url }) => new URL(url).pathname);

/** Paths that `list` finds on `path` of a site. */
async function list(server: Served, path: string, args: string[] = []): Promise<string[]> {
  const ran = await imgtrawl(['list', `${server.origin}${path}`, '--json', ...args]);
  return pathsOf(ran.lines);
}

describe('style sheets', () => {
  const site = new Map<string, SiteFile>([
    ['/', html('<link rel="stylesheet" href="/css/a.css"><img src="/x.png">')],
    [
      '/css/a.css',
      {
        type: 'text/css',
        body: '@import "deep/b.css"; body { background: url(bg.png) } /* url(no.png) */',
      },
    ],
    [
      '/css/deep/b.css',
      {
        type: 'text/css',
        body: '@import "../a.css"; a { background: image-set("c.png" 1x, "c2.png" 2x) }',
      },
    ],
  ]);

  test('are read with their imports, each address against its own sheet', async () => {
    await using server = await serve(site);
    expect(await list(server, '/')).toEqual(['/x.png', '/css/bg.png', '/css/deep/c2.png']);
  });

  test('are not fetched with --no-css, nor when css is not wanted', async () => {
    await using server = await serve(site);
    expect(await list(server, '/', ['--no-css'])).toEqual(['/x.png']);
    expect(await list(server, '/', ['--from', 'content'])).toEqual(['/x.png']);
    expect(server.log.filter((line) => line.includes('.css'))).toEqual([]);
  });

  test('that cannot be had are a problem of the page, not its end', async () => {
    await using server = await serve(
      new Map([['/', html('<link rel=stylesheet href=none.css><img src=x.png>')]]),
    );
    const ran = await imgtrawl(['list', `${server.origin}/`]);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toMatch(/none\.css/);
  });
});

describe('a crawl', () => {
  const site = new Map<string, SiteFile>([
    [
      '/',
      html(
        '<img src=0.png><a href="/one">1</a><a rel=nofollow href="/hidden">x</a><a href="https://example.org/">out</a>',
      ),
    ],
    ['/one', html('<img src=1.png><a href="/">back</a><a href="/two#part">2</a>')],
    ['/two', html('<img src=2.png><a href="/one">back</a>')],
    ['/hidden', html('<img src=hidden.png>')],
    ['/robots.txt', { type: 'text/plain', body: 'Sitemap: http://HOST/map.xml' }],
  ]);

  test('follows links as deep as asked, each page once', async () => {
    await using server = await serve(site);
    expect(await list(server, '/')).toEqual(['/0.png']);
    expect(await list(server, '/', ['--depth', '1'])).toEqual(['/0.png', '/1.png']);
    server.log.length = 0;
    expect(await list(server, '/', ['--depth', '9'])).toEqual(['/0.png', '/1.png', '/2.png']);
    expect(server.log.filter((line) => !line.includes('robots')).sort()).toEqual([
      'GET / 200',
      'GET /one 200',
      'GET /two 200',
    ]);
    expect(await list(server, '/', ['--depth', '9', '--max-pages', '2'])).toEqual([
      '/0.png',
      '/1.png',
    ]);
  });

  test('--sitemap reads the sitemaps that robots.txt names', async () => {
    const own = new Map(site);
    await using server = await serve(own);
    const host = server.origin.slice('http://'.length);
    own.set('/robots.txt', { type: 'text/plain', body: `Sitemap: http://${host}/map.xml\n` });
    own.set('/map.xml', {
      type: 'application/xml',
      body: `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
        xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><url><loc>${server.origin}/two</loc>
        <image:image><image:loc>${server.origin}/in-map.png</image:loc></image:image></url></urlset>`,
    });
    expect(await list(server, '/', ['--sitemap'])).toEqual(['/0.png', '/in-map.png']);
  });
});

describe('manifests', () => {
  test('are recognised by content, as files and as addresses, gzip or not', async () => {
    const csv = 'id,image_url\n1,http://127.0.0.1:9/a.png\n2,"http://127.0.0.1:9/b,c.png"\n';
    await using server = await serve(
      new Map([
        ['/list', { type: 'application/octet-stream', body: new Uint8Array(gzipSync(csv)) }],
      ]),
    );
    expect(await list(server, '/list')).toEqual(['/a.png', '/b,c.png']);
    const cwd = scratch();
    writeFileSync(
      join(cwd, 'rows'),
      '{"url":"http://127.0.0.1:9/d.png"}\n{"url":7}\n{"url":"http://127.0.0.1:9/e.png"}\n',
    );
    const ran = await imgtrawl(['list', 'rows', '--json'], { cwd });
    expect(pathsOf(ran.lines)).toEqual(['/d.png', '/e.png']);
    expect(ran.stderr).toMatch(/rows, line 2: /);
  });

  test('that nobody understands end in a clear error and 3', async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'what.bin'), Buffer.from([1, 2, 3, 0, 255, 254]));
    const ran = await imgtrawl(['list', 'what.bin'], { cwd });
    expect(ran.code).toBe(3);
    expect(ran.stderr).toMatch(/what\.bin is no page, image or manifest.*\[source-unreadable\]/);
  });
});

describe('the choice of a picture', () => {
  let large: Uint8Array;
  let small: Uint8Array;
  beforeAll(async () => {
    large = await encode(photo(41, 900, 600), '.jpg');
    small = await encode(photo(42, 300, 200), '.jpg');
  });

  test('falls back to the next best when the best fails', async () => {
    await using server = await serve(
      new Map<string, SiteFile>([
        ['/', html('<img src="small.jpg" srcset="large.jpg 900w, small.jpg 300w">')],
        ['/small.jpg', { type: 'image/jpeg', body: small }],
      ]),
    );
    const cwd = scratch();
    const ran = await imgtrawl([`${server.origin}/`, '-o', 'out', '--json'], { cwd });
    expect(ran.code).toBe(0);
    expect(ran.lines[0]).toMatchObject({ status: 'saved', file: 'small.jpg', attempts: 2 });
  });

  test('--upgrade asks for the original first', async () => {
    await using server = await serve(
      new Map<string, SiteFile>([
        ['/', html('<img src="/wp-content/uploads/2024/05/view-300x200.jpg">')],
        ['/wp-content/uploads/2024/05/view.jpg', { type: 'image/jpeg', body: large }],
      ]),
    );
    const cwd = scratch();
    await imgtrawl([`${server.origin}/`, '-o', 'out', '--upgrade'], { cwd });
    expect(images(join(cwd, 'out'))).toEqual(['view.jpg']);
  });

  test('takes one image named in many ways once', async () => {
    const body =
      '<base href="/d/"><img src="a.jpg"><img src=" a.jpg\n"><img src="/d/a.jpg#x"><img src="//HOST/d/a.jpg">' +
      '<img src="\\d\\a.jpg"><img src="./b/../a.jpg"><img src="&#97;.jpg"><img srcset="a.jpg 2x">';
    const site = new Map<string, SiteFile>([['/d/a.jpg', { type: 'image/jpeg', body: small }]]);
    await using server = await serve(site);
    site.set('/', html(body.replace('HOST', server.origin.slice(7))));
    expect(await list(server, '/')).toEqual(['/d/a.jpg']);
  });
});

test('a page over --max-page-bytes is refused', async () => {
  await using server = await serve(new Map([['/', html(`<img src=a.png>${' '.repeat(5000)}`)]]));
  const ran = await imgtrawl(['list', `${server.origin}/`, '--max-page-bytes', '4KB']);
  expect(ran.code).toBe(3);
  expect(ran.stderr).toMatch(/\[too-large\]/);
});
