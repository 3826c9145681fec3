import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TrawlError } from '../../src/errors.ts';
import { classifyArgument } from '../../src/sources/mod.ts';

let cwd: string;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'sources-'));
  await mkdir(join(cwd, 'sub'));
  for (const name of [
    'list.txt',
    'a[1].html',
    'a1.html',
    'example.com',
    'sub/b.html',
    'x y.html',
  ]) {
    await writeFile(join(cwd, name), 'x');
  }
});
afterAll(() => rm(cwd, { recursive: true }));

describe('an argument', () => {
  test.each([
    ['https://a.test/x#y', 'https://a.test/x'],
    ['HTTP://A.test', 'http://a.test/'],
    ['https://ä.test/', 'https://xn--4ca.test/'],
    ['github.com/a?b=*', 'https://github.com/a?b=*'],
    ['example.org', 'https://example.org/'],
    ['www.example.co.uk:8443/x', 'https://www.example.co.uk:8443/x'],
    ['localhost:8080/x', 'http://localhost:8080/x'],
    ['127.0.0.1:80/', 'http://127.0.0.1/'],
    ['[::1]:9/x', 'http://[::1]:9/x'],
  ])('%s is an address', async (arg, url) => {
    expect(await classifyArgument(arg, cwd)).toEqual({ kind: 'url', url });
  });

  test('- is standard input', async () => {
    expect(await classifyArgument('-', cwd)).toEqual({ kind: 'stdin' });
  });

  test.each(['list.txt', 'a[1].html', 'example.com', './sub/b.html', 'x y.html'])(
    '%s is the file of that name',
    async (arg) => {
      expect(await classifyArgument(arg, cwd)).toEqual({
        kind: 'file',
        path: join(cwd, arg),
        name: arg,
      });
      const absolute = join(cwd, arg);
      expect(await classifyArgument(absolute, '/')).toEqual({
        kind: 'file',
        path: absolute,
        name: absolute,
      });
      const path = join(cwd, arg);
      expect(await classifyArgument(pathToFileURL(path).href, '/')).toMatchObject({
        kind: 'file',
        path,
      });
    },
  );

  test.each(['*.html', '**/*.html', 'sub/{a,b}.html', 'none*.html', 'a[12].html'])(
    '%s is a glob',
    async (arg) => {
      expect(await classifyArgument(arg, cwd)).toEqual({ kind: 'glob', pattern: arg });
    },
  );

  test.each([
    ['', 'usage', /empty/],
    ['   ', 'usage', /empty/],
    ['htp://x', 'invalid-url', /unknown scheme htp: in htp:\/\/x; did you mean https/],
    ['ftp://a.test/x', 'invalid-url', /only http, https and local files/],
    ['javascript:alert(1)', 'invalid-url', /unknown scheme/],
    ['https://', 'invalid-url', /not a valid address/],
    ['https:///x', 'invalid-url', /not a valid address/],
    ['http://a b/', 'invalid-url', /not a valid address/],
    ['https://a.test:99999/', 'invalid-url', /not a valid address/],
    ['file://host/x', 'invalid-url', /local file address|no such file/],
    ['missing.txt', 'usage', /no such file: missing\.txt$/],
    ['notes.md', 'usage', /for the address write https:\/\/notes\.md\//],
    ['~/x.txt', 'usage', /expanded by the shell/],
    ['sub', 'usage', /is a folder.*'sub\/\*\*\/\*\.html'/],
    ['a\0b', 'usage', /NUL/],
  ])('%j is refused with a hint', async (arg, code, message) => {
    const error = await classifyArgument(arg, cwd).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(TrawlError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  });
});
