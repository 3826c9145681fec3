import { expect, test } from 'vitest';
import type { WorkerEvent } from '../../src/concurrency/mod.ts';
import { type FakeTask, fakePool } from './fake-worker.ts';

/** What a pool of one worker tells of these tasks. */
async function told(tasks: readonly FakeTask[]): Promise<WorkerEvent[]> {
  const { clock, events, pool } = fakePool({ size: 1, label: ({ name }) => name });
  await clock.until(Promise.all(tasks.map((task) => pool.submit(task))));
  return events;
}

test('events tell what a worker works on and how long that waited for it', async () => {
  const events = await told([
    { name: 'a', ms: 30 },
    { name: 'b', ms: 10 },
  ]);
  expect(events.filter(({ type }) => type === 'busy')).toEqual([
    { type: 'busy', worker: 1, at: 0, label: 'a', waitedMs: 0 },
    { type: 'busy', worker: 1, at: 30, label: 'b', waitedMs: 30 },
  ]);
});

test('events tell what took the time, as far as the worker says so with sense', async () => {
  const good = [
    ['decode', 8],
    ['hash', 2],
  ];
  const bad = [
    {},
    'x',
    [['decode', -1]],
    [['decode', '8']],
    [['a'.repeat(100), 1]],
    good.concat(good, good, good, good),
  ];
  const events = await told([
    { name: 'good', ms: 10, phases: good },
    ...bad.map((phases, at) => ({ name: String(at), ms: 10, phases })),
  ]);
  const phases = events.filter(({ type, at }) => type === 'idle' && at > 0).map((e) => e.phases);
  expect(phases).toEqual([good, ...bad.map(() => undefined)]);
});
