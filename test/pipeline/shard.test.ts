import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { serve } from '../../fixtures/serve.ts';
import { resolveOptions } from '../../src/config/load.ts';
import { findOnly } from '../../src/pipeline/find-only.ts';
import { scratch } from '../e2e/run.ts';

const html = (body: string) => ({ type: 'text/html', body: `<!doctype html><p>${body}` });

async function addresses(args: string[], shard: string): Promise<string[]> {
  const signal = new AbortController().signal;
  const job = findOnly(args, resolveOptions({ shard, depth: 0 }), signal);
  const urls: string[] = [];
  for await (const { ref } of job.images) urls.push(ref.candidates[0].url);
  return urls;
}

test('--shard gives every address of a list to exactly one part, and a site to one part', async () => {
  const file = join(scratch(), 'list.txt');
  const list = Array.from({ length: 300 }, (_, n) => `http://img.host${n % 30}.example/${n}.jpg`);
  writeFileSync(file, list.join('\n'));
  const parts: string[][] = [];
  for (const index of [1, 2, 3]) parts.push(await addresses([file], `${index}/3`));
  expect(parts.flat().sort()).toEqual([...list].sort());
  for (const part of parts) expect(part.length).toBeGreaterThan(0);
  const hosts = parts.map((part) => new Set(part.map((url) => new URL(url).hostname)));
  for (const [n, one] of hosts.entries()) {
    for (const other of hosts.slice(n + 1)) expect(one.isDisjointFrom(other)).toBe(true);
  }
});

test('--shard shares out a list from the web, and leaves a page with all it shows to one part', async () => {
  await using server = await serve(
    new Map([
      ['/page', html('<img src="http://a.example/1.png"><img src="http://b.example/2.png">')],
      [
        '/list.csv',
        { type: 'text/csv', body: 'url\nhttp://a.example/1.png\nhttp://b.example/2.png\n' },
      ],
    ]),
  );
  for (const path of ['/page', '/list.csv']) {
    const parts: string[][] = [];
    for (const index of [1, 2, 3, 4]) {
      parts.push(await addresses([server.origin + path], `${index}/4`));
    }
    expect(parts.flat().sort()).toEqual(['http://a.example/1.png', 'http://b.example/2.png']);
    if (path === '/page') expect(parts.filter((part) => part.length > 0)).toHaveLength(1);
  }
});
