import { describe, expect, it } from 'vitest';
import type { WorkerEvent } from '../../src/concurrency/mod.ts';
import { TrawlError } from '../../src/errors.ts';
import { type FakeTask, fakePool as setting } from './fake-worker.ts';

const told = (events: WorkerEvent[]) => events.map((e) => `${e.type} ${e.worker} at ${e.at}`);

describe('WorkerPool', () => {
  it('a worker that asks for it is ended before its task settles, and replaced for the next one', async () => {
    const { clock, kind, pool, events } = setting({ size: 1 });
    const ended: boolean[] = [];
    const worn = pool
      .submit({ name: 'worn', ms: 10, worn: true })
      .then(() => ended.push(kind.handles[0]!.ended));
    const next = pool.submit({ name: 'next', ms: 10 });
    await clock.until(Promise.all([worn, next]));
    expect(ended).toEqual([true]);
    expect(kind.handles.map(({ tasks }) => tasks.map(({ name }) => name))).toEqual([
      ['worn'],
      ['next'],
    ]);
    expect(events.map(({ type }) => type)).not.toContain('replaced');
    await pool[Symbol.asyncDispose]();
  });

  it('what is for the first worker alone waits for it, and for no other', async () => {
    const { clock, kind, pool, events } = setting({
      firstOnly: ({ name }) => name.startsWith('large'),
    });
    const tasks = ['a', 'b', 'large 1', 'c', 'd', 'large 2', 'e'].map((name) =>
      pool.submit({ name, ms: 10 }),
    );
    expect(await clock.until(Promise.all(tasks))).toHaveLength(7);
    const [first, second] = kind.handles.map(({ tasks }) => tasks.map(({ name }) => name));
    expect(first).toEqual(['large 1', 'large 2', 'c', 'e']);
    expect(second).toEqual(['a', 'b', 'd']);
    expect(events.at(-1)).toMatchObject({ type: 'idle', at: 40 });
    await pool[Symbol.asyncDispose]();
  });

  it('the first worker is started for what it alone may do, after a loss too', async () => {
    const { clock, kind, pool } = setting({ firstOnly: () => true });
    const lost = pool.submit({ name: 'lost', ms: 10, crashes: true });
    const next = pool.submit({ name: 'next', ms: 10 });
    const outcomes = await clock.until(Promise.allSettled([lost, next]));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(kind.handles).toHaveLength(2);
    const late = pool.submit({ name: 'late', ms: Number.POSITIVE_INFINITY });
    const waiting = pool.submit({ name: 'waiting', ms: 10 });
    await pool[Symbol.asyncDispose]();
    expect(await Promise.allSettled([late, waiting])).toMatchObject([
      { status: 'rejected' },
      { status: 'rejected' },
    ]);
  });

  it('a worker that hangs is replaced, and only its task rejects', async () => {
    const { clock, kind, pool, events } = setting({ size: 1, taskTimeoutMs: 5000 });
    const hung = pool.submit({ name: 'hung', ms: Number.POSITIVE_INFINITY });
    const next = pool.submit({ name: 'next', ms: 10 });
    const outcomes = await clock.until(Promise.allSettled([hung, next]));
    expect(outcomes).toMatchObject([
      {
        status: 'rejected',
        reason: { code: 'decode-timeout', message: expect.stringContaining('5 s') },
      },
      { status: 'fulfilled', value: 'next' },
    ]);
    expect(kind.handles.map((handle) => handle.ended)).toEqual([true, false]);
    expect(told(events)).toEqual([
      'start 1 at 0',
      'idle 1 at 0',
      'busy 1 at 0',
      'replaced 1 at 5000',
      'start 1 at 5000',
      'idle 1 at 5000',
      'busy 1 at 5000',
      'idle 1 at 5010',
    ]);
    expect(pool.busyMs).toBe(5010);
    expect(clock.sleeping).toBe(0);
  });

  it('a worker that crashes is replaced, and only its task rejects', async () => {
    const { clock, kind, pool } = setting({ size: 2 });
    const tasks: FakeTask[] = [
      { name: 'a', ms: 100 },
      { name: 'bomb', ms: 10, crashes: true },
      { name: 'c', ms: 10 },
      { name: 'd', ms: 10 },
    ];
    const outcomes = await clock.until(Promise.allSettled(tasks.map((task) => pool.submit(task))));
    expect(outcomes.map((one) => one.status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(outcomes[1]).toMatchObject({
      reason: { code: 'decode-crash', message: expect.stringContaining('out of memory') },
    });
    expect(kind.handles).toHaveLength(3);
  });

  it('survives a folder full of bombs', async () => {
    const { clock, pool } = setting();
    const bombs = Array.from({ length: 50 }, (_, n) => ({ name: String(n), ms: 1, crashes: true }));
    const outcomes = await clock.until(Promise.allSettled(bombs.map((task) => pool.submit(task))));
    expect(
      outcomes.every((one) => one.status === 'rejected' && one.reason.code === 'decode-crash'),
    ).toBe(true);
    expect(await clock.until(pool.submit({ name: 'fine', ms: 1 }))).toBe('fine');
  });

  it('rejects clearly when workers fail to start three times in a row', async () => {
    const { clock, kind, pool } = setting({ size: 1 });
    kind.failStarts = Number.POSITIVE_INFINITY;
    const outcomes = await clock.until(
      Promise.allSettled([1, 2].map((n) => pool.submit({ name: String(n), ms: 1 }))),
    );
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { code: 'decoder-start', message: expect.stringContaining('no thread left') },
      });
    }
    await expect(pool.submit({ name: 'late', ms: 1 })).rejects.toThrow('could not be started');
  });

  it('goes on when a start fails and the next one works', async () => {
    const { clock, kind, pool } = setting({ size: 1 });
    kind.failStarts = 2;
    expect(await clock.until(pool.submit({ name: 'a', ms: 1 }))).toBe('a');
  });

  it('gives up on workers that exit before they get a task', async () => {
    const { clock, kind, pool } = setting({ size: 1 });
    kind.exitAfterMs = 5;
    await clock.until(pool.warm(1));
    await clock.advance(10);
    await pool.warm(1);
    await clock.advance(10);
    await pool.warm(1);
    await clock.advance(10);
    await expect(pool.submit({ name: 'a', ms: 100 })).rejects.toMatchObject({
      code: 'decoder-start',
    });
    expect(kind.handles).toHaveLength(3);
  });

  it('gives up on workers that never become ready', async () => {
    const { clock, kind, pool } = setting({ size: 1, spawnTimeoutMs: 1000 });
    kind.spawnMs = Number.POSITIVE_INFINITY;
    const task = pool.submit({ name: 'a', ms: 1 });
    await expect(clock.until(task)).rejects.toThrow('not ready after 1 s');
    expect(clock.now()).toBe(3000);
  });

  it('starts no more workers than there is work for, and ends those that are idle', async () => {
    const { clock, kind, pool, events } = setting({ size: 8, idleMs: 1000 });
    await clock.until(pool.submit({ name: 'a', ms: 10 }));
    expect(kind.handles).toHaveLength(1);
    await clock.advance(500);
    await clock.until(pool.submit({ name: 'b', ms: 10 }));
    await clock.advance(999);
    expect(kind.alive).toBe(1);
    await clock.advance(1);
    expect([kind.alive, pool.workers]).toEqual([0, 0]);
    expect(told(events).at(-1)).toBe('end 1 at 1520');
    expect(await clock.until(pool.submit({ name: 'c', ms: 10 }))).toBe('c');
    expect(kind.handles).toHaveLength(2);
  });

  it('starts workers ahead', async () => {
    const { clock, kind, pool } = setting({ size: 4 });
    kind.spawnMs = 100;
    await clock.until(pool.warm(3));
    expect(kind.handles).toHaveLength(3);
    const tasks = [1, 2, 3].map((n) => pool.submit({ name: String(n), ms: 10 }));
    await clock.until(Promise.all(tasks));
    expect([clock.now(), kind.handles.length]).toEqual([110, 3]);
    await clock.until(pool.warm(99));
    expect(kind.handles).toHaveLength(4);
  });

  it('does not believe what a worker says', async () => {
    const { clock, kind, pool } = setting({ size: 1 });
    const task = pool.submit({ name: 'a', ms: 1000 });
    await clock.advance(1);
    const worker = kind.handles[0]!;
    for (const nonsense of [null, 1, 'x', {}, { id: 1 }, { id: 2, ok: true, value: 'other' }])
      worker.say(nonsense);
    worker.say({ id: 1, ok: false, error: { code: 'disk-full', message: 'end the run!' } });
    await expect(task).rejects.toMatchObject({ code: 'decode-crash', kind: 'skip' });
    const second = pool.submit({ name: 'b', ms: 1000 });
    await clock.advance(1);
    worker.say({ id: 1, ok: true, value: 'late' });
    worker.say({ id: 2, ok: false });
    await expect(second).rejects.toThrow('no reason given');
  });

  it('a task that cannot be encoded or decoded rejects alone', async () => {
    const { clock, pool } = setting({
      size: 1,
      encode(task) {
        if (task.name === 'unfit') throw new Error('cannot be posted');
        return { message: task };
      },
      decode(value) {
        if (value === 'odd') throw new TrawlError('damaged', 'makes no sense');
        return value as string;
      },
    });
    const tasks = ['unfit', 'odd', 'fine'].map((name) => pool.submit({ name, ms: 1 }));
    const outcomes = await clock.until(Promise.allSettled(tasks));
    expect(outcomes).toMatchObject([
      { status: 'rejected', reason: { message: 'cannot be posted' } },
      { status: 'rejected', reason: { code: 'damaged' } },
      { status: 'fulfilled', value: 'fine' },
    ]);
  });

  it('rejects many tasks that cannot be encoded without running out of stack', async () => {
    const { clock, pool } = setting({
      size: 1,
      encode: () => {
        throw new Error('cannot be posted');
      },
    });
    const tasks = Array.from({ length: 20_000 }, () => pool.submit({ name: 'x', ms: 1 }));
    const outcomes = await clock.until(Promise.allSettled(tasks));
    expect(outcomes.every((one) => one.status === 'rejected')).toBe(true);
  });

  it('leaves no worker behind when it is disposed, not even one that is starting', async () => {
    const { clock, kind, pool } = setting({ size: 2 });
    const busy = pool.submit({ name: 'a', ms: 1000 });
    await clock.advance(1);
    kind.spawnMs = 500;
    const starting = pool.submit({ name: 'b', ms: 1000 });
    const outcomes = Promise.allSettled([busy, starting]);
    await clock.advance(1);
    await pool[Symbol.asyncDispose]();
    expect((await outcomes).map((one) => one.status)).toEqual(['rejected', 'rejected']);
    await clock.advance(1000);
    expect([kind.handles.length, kind.alive, clock.sleeping]).toEqual([2, 0, 0]);
  });
});
