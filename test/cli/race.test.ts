import { describe, expect, test } from 'vitest';
import { middleRun, raceText, secondsOf, sparkline } from '../../src/cli/race-text.ts';
import { floorOf, type Mode, median, type RaceRun } from '../../src/pipeline/race.ts';
import { inFlightOver, RaceWatch } from '../../src/pipeline/race-watch.ts';

const counts = { images: 4, saved: 4, unchanged: 0, duplicates: 0, filtered: 0, failed: 0 };

/** Four images of 25 kB behind a page; `sent` and `done` in seconds. */
function runOf(mode: Mode, seconds: number, times: [sent: number, done: number][]): RaceRun {
  const watch = new RaceWatch(0);
  const events = times.flatMap(([sent, done], i) => {
    const url = `https://a.example/${i}.jpg`;
    const purpose = i === 0 ? 'page' : 'image';
    const request = { type: 'request', id: i, url, host: 'a.example', purpose } as const;
    return [
      { at: sent * 1000, event: { ...request, at: sent * 1000, attempt: 1, waitedMs: 0 } },
      {
        at: sent * 1000 + 100,
        event: { type: 'first-byte', at: sent * 1000 + 100, id: i, status: 200, ms: 100 } as const,
      },
      {
        at: done * 1000,
        event: { type: 'done', at: done * 1000, id: i, ok: true, bytes: 25_000, ms: 0 } as const,
      },
    ];
  });
  for (const { event } of events.sort((a, b) => a.at - b.at)) watch.watch({ type: 'fetch', event });
  for (const i of mode === 'sequential' ? [1, 2, 3, 4] : [3, 1, 2, 4]) {
    const url = `https://a.example/${i}.jpg`;
    watch.watch({ type: 'image', record: { url, status: 'saved', attempts: 1, ms: 1 } });
  }
  return {
    mode,
    watch,
    summary: { ...counts, named: 0, sources: 1, sourcesFailed: 0, bytes: 125_000, seconds },
  };
}

const sequential = runOf('sequential', 5, [
  [0, 1],
  [1, 2],
  [2, 3],
  [3, 4],
  [4, 5],
]);
const concurrent = runOf('concurrent', 2, [
  [0, 1],
  [1, 2],
  [1, 2],
  [1, 2],
  [1, 2],
]);

describe('requests in flight over time', () => {
  test('are the mean of each part', () => {
    const steps = [
      { at: 0, inFlight: 0 },
      { at: 1, inFlight: 4 },
      { at: 1.5, inFlight: 2 },
      { at: 3, inFlight: 0 },
    ];
    expect(inFlightOver(steps, 4, 4)).toEqual([0, 3, 2, 0]);
    expect(inFlightOver(steps, 4, 1)).toEqual([1.25]);
    expect(inFlightOver(steps, 0, 2)).toEqual([0, 0]);
  });

  test('are drawn as high as their share of the most', () => {
    expect(sparkline([0, 1, 4, 8], 8)).toBe(' ▁▄█');
    expect(sparkline([0, 0], 0)).toBe('  ');
  });
});

describe('the floor', () => {
  test('is the answers that depend on each other, and the bytes at the highest speed', () => {
    const floor = floorOf([sequential, concurrent]);
    expect(floor).toMatchObject({ chain: ['page', 'image'], answersMs: 200, bytes: 125_000 });
    // 100 kB in the second second, of which bodies came in nine tenths.
    expect(floor.bytesPerSecond).toBeCloseTo(100_000 / 0.9);
    expect(floor.seconds).toBeCloseTo(0.2 + 1.125);
  });
});

describe('a race', () => {
  test('as people read it', () => {
    expect(raceText([sequential, concurrent], 80)).toEqual([
      '4 images, 125 KB',
      'Sequential    5.00 s   ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂   at most 1 in flight',
      'Concurrent    2.00 s   ▂▂▂▂▂▂▅██████                       at most 4 in flight',
      'Speed-up       2.5 ×',
      'Floor         1.32 s   200 ms for page, image to answer, 125 KB at 111 KB/s at best',
      '',
      'First   sequential                           concurrent',
      '     1  1.jpg                                3.jpg',
      '     2  2.jpg                                1.jpg',
      '     3  3.jpg                                2.jpg',
      '     4  4.jpg                                4.jpg',
    ]);
  });

  test('fits a narrow terminal', () => {
    const lines = raceText([sequential, concurrent], 40).filter(
      (line) => !line.startsWith('Floor'),
    );
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
  });

  test('of several runs counts the median', () => {
    const runs = [5, 7, 6].map((seconds) => runOf('sequential', seconds, [[0, 1]]));
    expect(secondsOf(runs, 'sequential')).toBe(6);
    expect(middleRun(runs, 'sequential').summary.seconds).toBe(6);
    expect(median([1, 2])).toBe(1.5);
    expect(median([])).toBe(0);
  });
});
