import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { gallery, type Site } from '../../fixtures/gallery.ts';
import { serve } from '../../fixtures/serve.ts';
import type { TraceEvent } from '../../src/report/mod.ts';
import { traceFaults } from '../report/nesting.ts';
import { imgtrawl, scratch } from './run.ts';

let site: Site;
beforeAll(async () => {
  site = await gallery();
});

const read = (path: string): TraceEvent[] => JSON.parse(readFileSync(path, 'utf8')).traceEvents;

test('--trace draws every request, decode, hash and write of a run', async () => {
  await using server = await serve(site, { latencyMs: 20 });
  const cwd = scratch();
  const args = [`${server.origin}/gallery/`, '-o', 'out', '--json', '--trace', 'trace.json'];
  const ran = await imgtrawl(args, { cwd });
  // Standard output holds JSON lines and nothing else.
  expect(ran.lines.at(-1)).toMatchObject({ type: 'summary', saved: 7 });
  const events = read(join(cwd, 'trace.json'));
  expect(traceFaults(events)).toEqual([]);
  const spans = events.filter(({ ph }) => ph === 'X');
  const requests = spans.filter(({ args }) => args?.purpose !== undefined);
  expect(requests).toHaveLength(server.log.length);
  const names = new Set(spans.map(({ name }) => name));
  for (const name of ['connect', 'wait', 'transfer', 'decode', 'hash', 'write', 'dawn.jpg']) {
    expect(names).toContain(name);
  }
  expect(spans.filter(({ name }) => name === 'write').length).toBeGreaterThanOrEqual(7);
});

test('--trace of a run that is interrupted or killed is whole JSON', async () => {
  await using server = await serve(site, { latencyMs: 1500 });
  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    const cwd = scratch();
    await imgtrawl([`${server.origin}/gallery/`, '-o', 'out', '--trace', 't.json'], {
      cwd,
      started: (child) => {
        const asked = setInterval(() => {
          // Once the page has been answered, its images are asked for.
          if (!server.log.some((line) => line.includes('/gallery/ 200'))) return;
          clearInterval(asked);
          child.kill(signal);
        }, 20);
      },
    });
    server.log.length = 0;
    expect(traceFaults(read(join(cwd, 't.json')))).toEqual([]);
  }
});

test('--trace that cannot be written ends the run before the first request', async () => {
  await using server = await serve(site);
  const cwd = scratch();
  const ran = await imgtrawl([`${server.origin}/gallery/`, '--trace', 'no/such/dir.json'], { cwd });
  expect(ran.code).toBe(2);
  expect(ran.stderr).toMatch(/no\/such\/dir\.json cannot be written/);
  expect(server.log).toEqual([]);
});

test('--report and imgtrawl report make the same page of a folder', async () => {
  await using server = await serve(site);
  const cwd = scratch();
  const ran = await imgtrawl([`${server.origin}/gallery/`, '-o', 'out', '--report'], { cwd });
  const path = join(cwd, 'out/.imgtrawl/report.html');
  expect(ran.stdout).toContain(`Report in ${path}`);
  const first = readFileSync(path, 'utf8');
  expect(first).toContain('"i":"./../dawn.jpg"');
  expect(first).toMatch(/2 pictures came more than once: 3 further copies/);
  expect(first).toMatch(/2 addresses failed/);
  // The start of each download is in the catalog.
  expect(first).toContain('Each bar lasts from the request to the last byte');
  const again = await imgtrawl(['report', 'out'], { cwd });
  expect(again).toMatchObject({ code: 0, stdout: `${path}\n` });
  const undated = (text: string) => text.replace(/<time .*?<\/time>/, '');
  expect(undated(readFileSync(path, 'utf8'))).toBe(undated(first));
  const elsewhere = await imgtrawl(['report', 'out', '-o', 'r.html'], { cwd });
  expect(elsewhere.code).toBe(0);
  expect(readFileSync(join(cwd, 'r.html'), 'utf8')).toContain('"i":"./out/dawn.jpg"');
});

test('a folder that no run has filled has no report', async () => {
  const ran = await imgtrawl(['report', '.'], { cwd: scratch() });
  expect(ran.code).toBe(2);
  expect(ran.stderr).toMatch(/holds no catalog/);
});
