import { mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenedSource, openSources, type SourceOptions } from '../../src/sources/mod.ts';
import { stream } from './support.ts';

let cwd: string;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'sources-'));
  await writeFile(join(cwd, 'b.html'), '<!doctype html><img src=b.jpg>');
  await writeFile(join(cwd, 'a.html'), '<p>text</p><img src=a.jpg>');
  await writeFile(join(cwd, 'list.gz'), gzipSync('https://a.test/1\nhttps://a.test/2\n'));
  await writeFile(join(cwd, 'x.jpg'), new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 16]));
  await writeFile(join(cwd, 'empty.txt'), '');
  await writeFile(join(cwd, 'paper.pdf'), '%PDF-1.7\n\0\0\0');
});
afterAll(() => rm(cwd, { recursive: true }));

async function open(args: string[], stdin = '', options: SourceOptions = {}) {
  const opened: (Record<string, unknown> & Pick<OpenedSource, 'kind'>)[] = [];
  for await (const source of openSources(args, options, { cwd, stdin: () => stream(stdin) })) {
    if (source.kind === 'items') {
      const urls: string[] = [];
      for await (const batch of source.batches) {
        for (const item of batch) urls.push('url' in item ? item.url : item.kind);
      }
      opened.push({ kind: source.kind, name: source.name, format: source.format, urls });
    } else if (source.kind === 'local-page') {
      opened.push({ ...source, html: new TextDecoder().decode(await source.read()) });
    } else {
      opened.push({ ...source });
    }
  }
  return opened;
}

test('a glob opens its pages in order', async () => {
  const pages = await open(['*.html'], '', { baseUrl: 'https://b.test/' });
  expect(pages.map(({ name }) => name)).toEqual(['a.html', 'b.html']);
  expect(pages[0]).toMatchObject({
    kind: 'local-page',
    path: join(cwd, 'a.html'),
    baseUrl: 'https://b.test/',
    html: '<p>text</p><img src=a.jpg>',
  });
});

test('lists come from files, packed or not, and from standard input', async () => {
  const [file, stdin] = await open(['list.gz', '-'], 'https://a.test/3\n');
  expect(file).toMatchObject({
    kind: 'items',
    format: 'list',
    urls: ['https://a.test/1', 'https://a.test/2'],
  });
  expect(stdin).toMatchObject({ name: 'standard input', urls: ['https://a.test/3'] });
});

test('a page can come from standard input too', async () => {
  expect(await open(['-'], '<html><img src=x>')).toMatchObject([
    { kind: 'local-page', html: '<html><img src=x>' },
  ]);
});

test('an address is left to who fetches', async () => {
  expect(await open(['https://a.test/x'])).toEqual([{ kind: 'url', url: 'https://a.test/x' }]);
});

test('a local image is recognised by its bytes', async () => {
  expect(await open(['x.jpg'])).toMatchObject([{ kind: 'local-image', path: join(cwd, 'x.jpg') }]);
});

test('an unreadable file fails alone', async () => {
  expect(await open(['empty.txt', 'paper.pdf', 'none*.csv', 'list.gz'])).toMatchObject([
    {
      kind: 'failed',
      name: 'empty.txt',
      error: { code: 'source-unreadable', message: 'empty.txt is empty' },
    },
    {
      kind: 'failed',
      error: {
        message: expect.stringMatching(/paper\.pdf is no page.*binary.*tried text list, JSON/),
      },
    },
    { kind: 'failed', error: { message: 'no file matches none*.csv' } },
    { kind: 'items' },
  ]);
});

test('a typing error in any argument stops before the first is opened', async () => {
  await expect(open(['list.gz', 'missing.txt'])).rejects.toMatchObject({ code: 'usage' });
  await expect(open([])).rejects.toMatchObject({ code: 'usage' });
  await expect(open(['-', '-'])).rejects.toMatchObject({ code: 'usage' });
});

test('files that cannot be read do not stay open', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sources-'));
  try {
    for (let i = 0; i < 50; i++) await writeFile(join(folder, `${i}.bin`), '%PDF\0');
    const stdin = () => stream('');
    for await (const source of openSources(['*.bin'], {}, { cwd: folder, stdin })) {
      expect(source.kind).toBe('failed');
    }
    const fds = await readdir('/proc/self/fd').catch(() => []);
    const targets = await Promise.all(
      fds.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
    );
    expect(targets.filter((target) => target.startsWith(folder))).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a page over the limit is refused', async () => {
  await expect(open(['a.html'], '', { maxPageBytes: 10 })).rejects.toMatchObject({
    code: 'too-large',
  });
});
