import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WorkerPoolOptions } from '../../src/concurrency/mod.ts';
import { type FakeTask, fakePool } from './fake-worker.ts';

/** A pool for tasks that are all short unless their names say otherwise. */
function setting(options: Partial<WorkerPoolOptions<FakeTask, string>> = {}) {
  const made = fakePool({
    short: ({ name }) => !name.startsWith('long'),
    label: ({ name }) => name,
    ...options,
  });
  const settle = (tasks: readonly FakeTask[]) =>
    made.clock.until(Promise.allSettled(tasks.map((task) => made.pool.submit(task))));
  return { ...made, settle };
}

const tasksOf = (names: string, ms = 10): FakeTask[] =>
  names.split(' ').map((name) => ({ name, ms }));
const names = (tasks: readonly FakeTask[]) => tasks.map(({ name }) => name).join(' ');

describe('WorkerPool with short tasks', () => {
  it('hands each worker the next task while others wait, and leaves the last ones to who is done first', async () => {
    const { clock, kind, pool } = setting();
    await clock.until(pool.warm(2));
    const all = Promise.all(tasksOf('a b c d e f g').map((task) => pool.submit(task)));
    expect(kind.handles.map(({ handed }) => names(handed))).toEqual(['a c', 'b d']);
    await clock.until(all);
    expect(kind.handles.map(({ tasks }) => names(tasks))).toEqual(['a c e g', 'b d f']);
    expect(clock.now()).toBe(40);
  });

  it('hands out nothing ahead of a task that may take long, nor behind one', async () => {
    const { kind, clock, pool } = setting({ size: 1 });
    await clock.until(pool.warm(1));
    const all = Promise.all(tasksOf('a long b c d').map((task) => pool.submit(task)));
    const [{ handed }] = kind.handles as [(typeof kind.handles)[0]];
    const seen = [names(handed)];
    for (let i = 0; i < 3; i++) {
      await clock.advance(10);
      seen.push(names(handed));
    }
    await clock.until(all);
    expect(seen).toEqual(['a', 'a long', 'a long b c', 'a long b c']);
  });

  it('tells of a task when the worker begins it, and counts its time from there', async () => {
    const { events, pool, settle } = setting({ size: 1, taskTimeoutMs: 50 });
    const outcomes = await settle(tasksOf('a b c', 40));
    expect(outcomes.every(({ status }) => status === 'fulfilled')).toBe(true);
    expect(events.map(({ type, at, label, waitedMs }) => [type, at, label, waitedMs])).toEqual([
      ['start', 0, undefined, undefined],
      ['idle', 0, undefined, undefined],
      ['busy', 0, 'a', 0],
      ['idle', 40, undefined, undefined],
      ['busy', 40, 'b', 40],
      ['idle', 80, undefined, undefined],
      ['busy', 80, 'c', 80],
      ['idle', 120, undefined, undefined],
    ]);
    expect(pool.busyMs).toBe(120);
  });

  it('a worker that crashes with two tasks: each is done again alone, and the guilty one rejects', async () => {
    const { kind, settle } = setting({ size: 1 });
    const tasks = tasksOf('a b c d').map((task) => ({ ...task, crashes: task.name === 'b' }));
    const outcomes = await settle(tasks);
    expect(outcomes).toMatchObject([
      { value: 'a' },
      { reason: { code: 'decode-crash' } },
      { value: 'c' },
      { value: 'd' },
    ]);
    expect(kind.handles.map(({ handed }) => names(handed))).toEqual(['a b c', 'b', 'c d']);
  });

  it('an answer that is lost in a crash costs no image', async () => {
    const { clock, kind, pool } = setting({ size: 1 });
    await clock.until(pool.warm(1));
    const outcomes = Promise.allSettled(tasksOf('a b c d').map((task) => pool.submit(task)));
    expect(names(kind.handles[0]!.handed)).toBe('a b');
    kind.handles[0]!.exit(new Error('out of memory'));
    expect(await clock.until(outcomes)).toMatchObject(
      ['a', 'b', 'c', 'd'].map((value) => ({ value })),
    );
  });

  it('a task behind one that hangs, or that wears the worker out, is done by the next worker', async () => {
    const { clock, kind, settle } = setting({ size: 1, taskTimeoutMs: 1000 });
    const outcomes = await settle([
      { name: 'hangs', ms: Number.POSITIVE_INFINITY },
      ...tasksOf('a'),
      { name: 'wears', ms: 10, worn: true },
      ...tasksOf('b c'),
    ]);
    expect(outcomes).toMatchObject([
      { reason: { code: 'decode-timeout' } },
      ...['a', 'wears', 'b', 'c'].map((value) => ({ value })),
    ]);
    expect(kind.handles).toHaveLength(3);
    expect(clock.now()).toBe(1040);
  });

  it('what the first worker alone may do does not wait for all short tasks', async () => {
    const { clock, kind, pool } = setting({ firstOnly: ({ name }) => name === 'long first' });
    await clock.until(pool.warm(2));
    const all = [...tasksOf('a b c d e f g h i j k l'), { name: 'long first', ms: 10 }];
    await clock.until(Promise.all(all.map((task) => pool.submit(task))));
    expect(kind.handles.map(({ tasks }) => names(tasks))[0]).toMatch(/^a c long first/);
  });

  it('a worker that exits as soon as it has started is no place for a task', async () => {
    const { clock, kind, pool } = setting({ size: 1 });
    const spawn = kind.spawn.bind(kind);
    let early = 1;
    kind.spawn = async () => {
      const handle = await spawn();
      const onExit = handle.onExit.bind(handle);
      handle.onExit = (fn) => {
        onExit(fn);
        if (early-- > 0) kind.handles.at(-1)!.exit(new Error('no memory'));
      };
      return handle;
    };
    expect(await clock.until(pool.submit({ name: 'a', ms: 10 }))).toBe('a');
    expect(kind.handles).toHaveLength(2);
  });

  it('rejects what was handed ahead, too, when it is disposed', async () => {
    const { clock, pool } = setting({ size: 1 });
    await clock.until(pool.warm(1));
    const outcomes = Promise.allSettled(tasksOf('a b c d').map((task) => pool.submit(task)));
    await pool[Symbol.asyncDispose]();
    for (const outcome of await outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'interrupted' } });
    expect(clock.sleeping).toBe(0);
  });

  it('whatever tasks do and beside whatever others they are, each ends as it would alone', async () => {
    const kindOfTask = fc.constantFrom(
      'fine',
      'long',
      'fails',
      'crashes',
      'hangs',
      'worn',
      'unfit',
    );
    const task = fc.tuple(kindOfTask, fc.integer({ min: 1, max: 50 }));
    await fc.assert(
      fc.asyncProperty(fc.array(task, { maxLength: 30 }), fc.nat(3), async (drawn, more) => {
        const { clock, pool, settle } = setting({
          size: 1 + more,
          taskTimeoutMs: 100,
          encode(task) {
            if (task.name.startsWith('unfit')) throw new Error('cannot be posted');
            return { message: task };
          },
        });
        const outcomes = await settle(
          drawn.map(([what, ms], i) => ({
            name: `${what} ${i}`,
            ms: what === 'hangs' ? Number.POSITIVE_INFINITY : ms,
            ...(what === 'fails' && { fails: 'damaged' }),
            ...(what === 'crashes' && { crashes: true }),
            ...(what === 'worn' && { worn: true }),
          })),
        );
        const codes: Record<string, string> = {
          fails: 'damaged',
          crashes: 'decode-crash',
          hangs: 'decode-timeout',
        };
        outcomes.forEach((outcome, i) => {
          const what = drawn[i]![0];
          if (what === 'unfit') expect(outcome).toMatchObject({ status: 'rejected' });
          else if (what in codes) expect(outcome).toMatchObject({ reason: { code: codes[what] } });
          else expect(outcome).toMatchObject({ value: `${what} ${i}` });
        });
        await pool[Symbol.asyncDispose]();
        expect(clock.sleeping).toBe(0);
      }),
    );
  });
});
