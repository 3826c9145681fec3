/** What holds for every executor: the classic experiments, told for both. */
import { describe, expect, it } from 'vitest';
import { AsyncPool, type Executor, KeyedLimiter, WorkerPool } from '../../src/concurrency/mod.ts';
import { TrawlError } from '../../src/errors.ts';
import { FakeClock, settle } from '../support/fake-clock.ts';
import { FakeKind, type FakeTask } from './fake-worker.ts';

interface Setting {
  readonly clock: FakeClock;
  readonly pool: Executor<FakeTask, string>;
}

interface Wishes {
  readonly window?: number;
  readonly signal?: AbortSignal;
}

function asyncPool(size: number, wishes: Wishes = {}): Setting {
  const clock = new FakeClock();
  const pool = new AsyncPool<FakeTask, string>({
    limiter: new KeyedLimiter({ total: size, perKey: size, clock }),
    keyOf: () => 'host',
    ...wishes,
    async run(task, signal) {
      if (task.ms === Number.POSITIVE_INFINITY)
        await new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        });
      await clock.sleep(task.ms, signal);
      if (task.fails) throw new TrawlError('damaged', `${task.name} failed`);
      return task.name;
    },
  });
  return { clock, pool };
}

function workerPool(size: number, wishes: Wishes = {}): Setting {
  const clock = new FakeClock();
  const pool = new WorkerPool<FakeTask, string>({
    kind: new FakeKind(clock),
    size,
    clock,
    ...wishes,
    encode: (task) => ({ message: task }),
    decode: (value) => value as string,
  });
  return { clock, pool };
}

const sleepers = (...seconds: number[]): FakeTask[] =>
  seconds.map((s) => ({ name: String(s), ms: s * 1000 }));

async function namesOf(
  outcomes: AsyncIterable<{ ok: boolean; task: FakeTask }>,
): Promise<string[]> {
  const names: string[] = [];
  for await (const { task } of outcomes) names.push(task.name);
  return names;
}

describe.each([
  ['AsyncPool', asyncPool],
  ['WorkerPool', workerPool],
])('%s', (_, open) => {
  it('ends ten tasks of 1 s after 1 s', async () => {
    const { clock, pool } = open(10);
    const tasks = sleepers(...Array(10).fill(1));
    await clock.until(Promise.all(tasks.map((task) => pool.submit(task))));
    expect(clock.now()).toBe(1000);
  });

  it('ends ten tasks of 1.5 s after 1.5 s', async () => {
    const { clock, pool } = open(10);
    const tasks = sleepers(...Array(10).fill(1.5));
    await clock.until(Promise.all(tasks.map((task) => pool.submit(task))));
    expect(clock.now()).toBe(1500);
  });

  it('ends tasks that run one at a time after the sum', async () => {
    const { clock, pool } = open(1);
    const tasks = sleepers(5, 4, 3, 2, 1);
    await clock.until(Promise.all(tasks.map((task) => pool.submit(task))));
    expect(clock.now()).toBe(15_000);
  });

  it('asCompleted gives tasks of 5, 4, 3, 2, 1 s as 1, 2, 3, 4, 5', async () => {
    const { clock, pool } = open(5);
    const names = await clock.until(namesOf(pool.asCompleted(sleepers(5, 4, 3, 2, 1))));
    expect(names).toEqual(['1', '2', '3', '4', '5']);
    expect(clock.now()).toBe(5000);
  });

  it('map gives them back as 5, 4, 3, 2, 1', async () => {
    const { clock, pool } = open(5);
    const names = await clock.until(namesOf(pool.map(sleepers(5, 4, 3, 2, 1))));
    expect(names).toEqual(['5', '4', '3', '2', '1']);
    expect(clock.now()).toBe(5000);
  });

  it('a failing task rejects its own future and no other', async () => {
    const { clock, pool } = open(3);
    const good = pool.submit({ name: 'good', ms: 20 });
    const bad = pool.submit({ name: 'bad', ms: 10, fails: 'damaged' });
    const later = pool.submit({ name: 'later', ms: 30 });
    const all = await clock.until(Promise.allSettled([good, bad, later]));
    expect(all.map((one) => one.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await expect(bad).rejects.toMatchObject({ code: 'damaged', message: 'bad failed' });
  });

  it('map and asCompleted tell failures as values and go on', async () => {
    for (const method of ['map', 'asCompleted'] as const) {
      const { clock, pool } = open(1);
      const tasks: FakeTask[] = [
        { name: 'a', ms: 1 },
        { name: 'b', ms: 1, fails: 'damaged' },
        { name: 'c', ms: 1 },
      ];
      const outcomes = await clock.until(Array.fromAsync(pool[method](tasks)));
      expect(outcomes).toEqual([
        { task: tasks[0], ok: true, value: 'a' },
        { task: tasks[1], ok: false, error: expect.objectContaining({ code: 'damaged' }) },
        { task: tasks[2], ok: true, value: 'c' },
      ]);
    }
  });

  it('pulls from an endless generator only while there is room', async () => {
    const { clock, pool } = open(2, { window: 4 });
    let pulled = 0;
    let closed = false;
    function* endless() {
      try {
        for (;;) yield { name: String(pulled++), ms: 10 };
      } finally {
        closed = true;
      }
    }
    let seen = 0;
    const consume = async () => {
      for await (const outcome of pool.asCompleted(endless())) {
        expect(outcome.ok).toBe(true);
        seen++;
        await clock.sleep(1000);
        expect(pulled - seen).toBeLessThanOrEqual(4);
        if (seen === 20) break;
      }
    };
    await clock.until(consume());
    expect(closed).toBe(true);
    expect(pulled).toBe(24);
  });

  it('rejects everything when the signal aborts', async () => {
    const controller = new AbortController();
    const { clock, pool } = open(2, { signal: controller.signal });
    const futures = [1, 2, 3].map((n) =>
      pool.submit({ name: String(n), ms: Number.POSITIVE_INFINITY }),
    );
    const outcomes = Promise.allSettled(futures);
    await clock.advance(100);
    controller.abort(new TrawlError('interrupted', 'Ctrl-C'));
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { message: 'Ctrl-C' } });
    }
    await expect(pool.submit({ name: 'late', ms: 1 })).rejects.toThrow('Ctrl-C');
  });

  it('ends an iteration with the reason when the signal aborts', async () => {
    const controller = new AbortController();
    const { clock, pool } = open(2, { signal: controller.signal });
    const names: string[] = [];
    const consume = async () => {
      for await (const { task, ok } of pool.asCompleted(sleepers(1, 2, 60, 60, 60))) {
        names.push(`${task.name} ${ok}`);
      }
    };
    const consumed = consume();
    consumed.catch(() => {});
    await clock.advance(3000);
    controller.abort(new Error('enough'));
    await expect(consumed).rejects.toThrow('enough');
    expect(names.slice(0, 2)).toEqual(['1 true', '2 true']);
    expect(names.slice(2)).toEqual(Array(names.length - 2).fill('60 false'));
  });

  it('rejects what has not ended when it is disposed', async () => {
    const { clock, pool } = open(1);
    const future = pool.submit({ name: 'long', ms: 60_000 });
    const next = pool.submit({ name: 'next', ms: 60_000 });
    const outcomes = Promise.allSettled([future, next]);
    await clock.advance(10);
    await pool[Symbol.asyncDispose]();
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'interrupted' } });
    }
    await settle();
    await expect(pool.submit({ name: 'late', ms: 1 })).rejects.toThrow('closed');
  });
});
