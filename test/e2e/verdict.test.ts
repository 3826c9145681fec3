/**
 * What bound a run, on servers where that is clear by an order of magnitude, so that no verdict
 * depends on the speed of the machine.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { png } from '../support/png.ts';
import { type Shape, shapedServer } from '../support/shaped-server.ts';
import { imgtrawl, scratch } from './run.ts';

interface Gallery {
  readonly images: number;
  /** Pixels of a side. Default 16. */
  readonly side?: number;
  /** Added to each file. Default 0. */
  readonly padding?: number;
}

async function run({ images, side = 16, padding = 0 }: Gallery, shape: Shape, args: string[]) {
  const names = Array.from({ length: images }, (_, i) => `/${i}.png`);
  const page = names.map((name) => `<img src="${name}">`).join('\n');
  const files = new Map<string, { type: string; body: string | Uint8Array }>([
    ['/', { type: 'text/html', body: `<!doctype html>${page}` }],
    ...names.map((name, i) => [name, { type: 'image/png', body: png(side, i, padding) }] as const),
  ]);
  await using server = await shapedServer(files, shape);
  const more = ['-o', join(scratch(), 'out'), '--json', ...args];
  const ran = await imgtrawl([`${server.origin}/`, ...more]);
  const summary = ran.lines.at(-1);
  expect(summary, ran.stderr).toMatchObject({ type: 'summary', images, failed: 0 });
  return { verdict: summary.verdict, host: new URL(server.origin).host };
}

/** Nothing is decoded, so that only the network counts. */
const EXACT = ['--dedupe', 'exact'];

describe('the verdict', () => {
  test('a limit for the host, given by the user', async () => {
    const shape = { latencyMs: 200 };
    const args = ['-j', '32', '--per-host', '4', ...EXACT];
    const { verdict, host } = await run({ images: 60 }, shape, args);
    expect(verdict).toMatchObject({ bound: 'network', cause: 'per-host-limit', host, limit: 4 });
    expect(verdict.help).toBe('--per-host 8');
    expect(verdict.network).toBeGreaterThan(0.5);
  });

  test('a limit for the host names it even where all is decoded', async () => {
    const { verdict } = await run({ images: 24 }, { latencyMs: 1500 }, [
      '-j',
      '32',
      '--per-host',
      '2',
    ]);
    expect(verdict).toMatchObject({ bound: 'network', cause: 'per-host-limit', limit: 2 });
    expect(verdict.workersBusy).toBeLessThan(0.5);
  });

  test('a limit in all', async () => {
    const { verdict } = await run({ images: 20 }, { latencyMs: 300 }, ['-j', '2', ...EXACT]);
    expect(verdict).toMatchObject({
      bound: 'network',
      cause: 'total-limit',
      limit: 2,
      help: '-j 4',
    });
  });

  test('latency: everything is asked for at once, and takes its time', async () => {
    const { verdict } = await run({ images: 6 }, { latencyMs: 1500 }, EXACT);
    expect(verdict).toMatchObject({ bound: 'network', cause: 'latency' });
    expect(verdict).not.toHaveProperty('help');
  });

  test('bandwidth of the line', async () => {
    const bandwidth = 400_000;
    const { verdict } = await run({ images: 12, padding: 120_000 }, { bandwidth }, EXACT);
    expect(verdict).toMatchObject({ bound: 'network', cause: 'bandwidth' });
    expect(verdict).not.toHaveProperty('help');
    expect(verdict.rate).toBeGreaterThan(bandwidth / 3);
    expect(verdict.rate).toBeLessThan(bandwidth * 1.2);
  });

  test('bandwidth that the user allows', async () => {
    const args = ['--bandwidth', '400KB', ...EXACT];
    const { verdict } = await run({ images: 12, padding: 120_000 }, {}, args);
    expect(verdict).toMatchObject({ cause: 'bandwidth-option', help: '--bandwidth 800000' });
  });

  test('a server that asks for pauses', async () => {
    const { verdict } = await run({ images: 12 }, { answersBetweenPauses: 4 }, EXACT);
    expect(verdict).toMatchObject({ bound: 'network', cause: 'server-wait' });
    expect(verdict.help).toMatch(/^--rate \d/);
  });

  test('a server that answers one request at a time', async () => {
    const { verdict } = await run({ images: 60 }, { serialMs: 60 }, ['-j', '8', ...EXACT]);
    expect(verdict).toMatchObject({ bound: 'network', cause: 'server-load' });
    expect(verdict).not.toHaveProperty('help');
  });

  test.each([
    [['--delay', '0.25'], '--delay 0.13'],
    [['--rate', '4'], '--rate 8'],
  ])('%j between requests', async (args, help) => {
    const { verdict } = await run({ images: 14 }, {}, [...args, ...EXACT]);
    expect(verdict).toMatchObject({ bound: 'network', cause: 'delay', help });
  });
});

test('the verdict: decoding', async () => {
  const { verdict } = await run({ images: 15, side: 2500 }, {}, ['--workers', '1']);
  const cores = availableParallelism();
  expect(verdict).toMatchObject({ bound: 'compute', cause: 'workers', workers: 1 });
  expect(verdict.help).toBe(cores > 1 ? `--workers ${cores}` : '--dedupe exact');
  expect(verdict.workersBusy).toBeGreaterThan(0.5);
});
