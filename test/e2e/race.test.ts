import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { png } from '../support/png.ts';
import { shapedServer } from '../support/shaped-server.ts';
import { imgtrawl, scratch } from './run.ts';

const IMAGES = 10;

function site() {
  const names = Array.from({ length: IMAGES }, (_, i) => `/${i}.png`);
  return new Map<string, { type: string; body: string | Uint8Array }>([
    ['/', { type: 'text/html', body: names.map((name) => `<img src="${name}">`).join('') }],
    ...names.map((name, i) => [name, { type: 'image/png', body: png(16, i) }] as const),
  ]);
}

test('race: one at a time against concurrently, and nothing is left of it', async () => {
  await using server = await shapedServer(site(), { latencyMs: 400 });
  const folder = scratch();
  const args = ['race', `${server.origin}/`, '--dedupe', 'exact', '--json'];
  const ran = await imgtrawl(args, { cwd: folder, env: { TMPDIR: folder } });
  expect(ran.code, ran.stderr).toBe(0);
  const [sequential, concurrent, race] = ran.lines;
  expect(sequential).toMatchObject({ type: 'run', mode: 'sequential', images: IMAGES, failed: 0 });
  expect(concurrent).toMatchObject({ type: 'run', mode: 'concurrent', images: IMAGES, failed: 0 });
  // In the order of the page; the other order is the network's.
  expect(sequential.order).toEqual(
    Array.from({ length: IMAGES }, (_, i) => `${server.origin}/${i}.png`),
  );
  expect([...concurrent.order].sort()).toEqual(sequential.order);
  // Page and robots.txt and ten images one after the other; against page, robots.txt and all images.
  expect(race).toMatchObject({ type: 'race', runs: 1, maxInFlight: { sequential: 1 } });
  expect(race.maxInFlight.concurrent).toBe(IMAGES);
  expect(race.sequential).toBeGreaterThan(0.4 * (IMAGES + 1));
  expect(race.speedup).toBeGreaterThan(1.5);
  expect(race.floor.chain).toEqual([expect.any(String), 'robots', 'image']);
  expect(race.floor.seconds).toBeLessThan(race.concurrent);
  expect(race.floor.answersMs).toBeGreaterThan(790);
  expect(readdirSync(folder)).toEqual([]);
});

test('race refuses what it cannot keep, or read twice', async () => {
  const cwd = scratch();
  writeFileSync(join(cwd, 'list.txt'), 'http://127.0.0.1:9/a.png\n');
  const out = await imgtrawl(['race', 'list.txt', '-o', 'out'], { cwd });
  expect(out).toMatchObject({ code: 2, stderr: expect.stringContaining('--out has no meaning') });
  const stdin = await imgtrawl(['race', '-'], { cwd, stdin: 'http://127.0.0.1:9/a.png\n' });
  expect(stdin).toMatchObject({ code: 2, stderr: expect.stringContaining('standard input') });
  const runs = await imgtrawl(['race', 'list.txt', '--runs', '0'], { cwd });
  expect(runs).toMatchObject({ code: 2, stderr: expect.stringContaining('--runs') });
});
