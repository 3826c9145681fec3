import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyedLimiter, type Permit } from '../../src/concurrency/mod.ts';
import { FakeClock, settle } from '../support/fake-clock.ts';

/** Acquires and notes the start; the test gives permits back by calling `done`. */
function recorder(limiter: KeyedLimiter, clock: FakeClock) {
  const starts: { name: string; at: number }[] = [];
  const permits = new Map<string, Permit>();
  return {
    starts,
    names: () => starts.map((start) => start.name),
    add(key: string, name = key, signal?: AbortSignal) {
      return limiter.acquire(key, signal).then((permit) => {
        starts.push({ name, at: clock.now() });
        permits.set(name, permit);
      });
    },
    async done(name: string) {
      permits.get(name)?.[Symbol.dispose]();
      await settle();
    },
  };
}

function setting(total: number, perKey: number) {
  const clock = new FakeClock();
  const idle: string[] = [];
  const limiter = new KeyedLimiter({ total, perKey, clock, onIdle: (key) => idle.push(key) });
  return { clock, limiter, idle, ...recorder(limiter, clock) };
}

describe('KeyedLimiter', () => {
  it('holds the limit in all and the limit per key', async () => {
    const { limiter, add, names, done } = setting(3, 2);
    for (const name of ['a1', 'a2', 'a3', 'b1', 'b2']) add(name[0] as string, name);
    await settle();
    expect(names()).toEqual(['a1', 'a2', 'b1']);
    expect([
      limiter.inFlight(),
      limiter.inFlight('a'),
      limiter.waiting(),
      limiter.waiting('b'),
    ]).toEqual([3, 2, 2, 1]);
    await done('b1');
    expect(names().at(-1)).toBe('b2');
    await done('a1');
    expect(names().at(-1)).toBe('a3');
    await done('a1');
    expect(limiter.inFlight()).toBe(3);
  });

  it('serves first come, first served within a key and in turn between keys', async () => {
    const { add, names, done } = setting(1, 1);
    for (let n = 1; n <= 5; n++) add('slow', `slow${n}`);
    add('b', 'b1');
    add('c', 'c1');
    await settle();
    for (let turn = 0; turn < 6; turn++) await done(names().at(-1) as string);
    expect(names()).toEqual(['slow1', 'b1', 'c1', 'slow2', 'slow3', 'slow4', 'slow5']);
  });

  it('a raised limit starts tasks at once, a lowered one lets running tasks end', async () => {
    const { limiter, add, names, done } = setting(1, 9);
    for (const name of ['1', '2', '3', '4']) add('k', name);
    await settle();
    limiter.setTotal(3);
    await settle();
    expect(names()).toEqual(['1', '2', '3']);
    limiter.setKeyLimit('k', 1);
    await done('1');
    await done('2');
    expect(names()).toHaveLength(3);
    await done('3');
    expect(names()).toHaveLength(4);
  });

  it('starts nothing of a paused key before its time, and others meanwhile', async () => {
    const { clock, limiter, add, starts, done } = setting(1, 1);
    limiter.pauseKey('a', 500);
    limiter.pauseKey('a', 100);
    add('a');
    add('b');
    await clock.advance(499);
    expect(starts).toEqual([{ name: 'b', at: 0 }]);
    await done('b');
    await clock.advance(1);
    expect(starts.at(-1)).toEqual({ name: 'a', at: 500 });
  });

  it('pauses a key for longer than a timer can', async () => {
    const { clock, limiter, add, starts } = setting(1, 1);
    const month = 31 * 24 * 3600 * 1000;
    limiter.pauseKey('a', month);
    add('a');
    await clock.advance(month - 1);
    expect(starts).toEqual([]);
    await clock.advance(1);
    expect(starts).toEqual([{ name: 'a', at: month }]);
  });

  it('keeps the interval between two starts of a key', async () => {
    const { clock, limiter, add, starts, done } = setting(9, 9);
    limiter.setKeyInterval('a', 250);
    for (const name of ['1', '2', '3']) add('a', name);
    await clock.advance(1000);
    await done('1');
    expect(starts.map((start) => start.at)).toEqual([0, 250, 500]);
  });

  it('an aborted wait leaves no trace', async () => {
    const { clock, limiter, add, names, done, idle } = setting(1, 1);
    add('a', 'a1');
    const controller = new AbortController();
    const waits = ['a2', 'b1', 'b2'].map((name) => add(name[0] as string, name, controller.signal));
    limiter.pauseKey('c', 1000);
    waits.push(add('c', 'c1', controller.signal));
    add('a', 'a3');
    const outcomes = Promise.allSettled(waits);
    controller.abort(new Error('gone'));
    for (const outcome of await outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { message: 'gone' } });
    expect(limiter.waiting()).toBe(1);
    expect(clock.sleeping).toBe(0);
    await done('a1');
    expect(names()).toEqual(['a1', 'a3']);
    expect(idle).toEqual(['b']);
    await expect(limiter.acquire('a', controller.signal)).rejects.toThrow('gone');
  });

  it('forgets keys that have nothing to do', async () => {
    const { limiter, idle } = setting(9, 9);
    for (let n = 0; n < 5000; n++) {
      using _permit = await limiter.acquire(`host${n}`);
    }
    expect(limiter.keys).toBe(0);
    expect(idle).toHaveLength(5000);
    // Keys that are only paused are forgotten when the pause is over and new keys come.
    for (let n = 0; n < 5000; n++) limiter.pauseKey(`host${n}`, -1 + n / 1e6);
    expect(limiter.keys).toBe(0);
    limiter.setKeyInterval('slow', 10);
    limiter.prune();
    expect(limiter.keys).toBe(1);
    limiter.prune(true);
    expect(limiter.keys).toBe(0);
  });

  it('refuses limits that make no sense', () => {
    const clock = new FakeClock();
    expect(() => new KeyedLimiter({ total: 0, perKey: 1, clock })).toThrow(RangeError);
    expect(() => new KeyedLimiter({ total: 1, perKey: 1.5, clock })).toThrow(RangeError);
    const limiter = new KeyedLimiter({ total: 1, perKey: 1, clock });
    expect(() => limiter.setTotal(Number.NaN)).toThrow('not NaN');
    expect(() => limiter.setKeyInterval('a', -1)).toThrow(RangeError);
  });

  it('costs the same for each of 100,000 keys as for each of 5,000', async () => {
    const cost = async (keys: number) => {
      const clock = new FakeClock();
      const limiter = new KeyedLimiter({ total: 10, perKey: 1, clock });
      const controller = new AbortController();
      const start = process.cpuUsage();
      const all: Promise<void>[] = [];
      for (let n = 0; n < keys; n++) {
        const use = async () => {
          using _permit = await limiter.acquire(`host${n}`, controller.signal);
        };
        all.push(use());
      }
      await Promise.all(all);
      const used = process.cpuUsage(start);
      return (used.user + used.system) / keys;
    };
    await cost(5000);
    const few = await cost(5000);
    const many = await cost(100_000);
    // A queue that is searched would make this about 20.
    expect(many / few).toBeLessThan(8);
  });

  it('never exceeds a limit and loses no task, whatever happens', async () => {
    const action = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          do: fc.constant('add' as const),
          key: fc.constantFrom('a', 'b', 'c'),
          ms: fc.nat(30),
        }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(20) }) },
      {
        weight: 1,
        arbitrary: fc.record({
          do: fc.constant('pause' as const),
          key: fc.constantFrom('a', 'b'),
          ms: fc.nat(40),
        }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('abort' as const), nth: fc.nat(10) }) },
      {
        weight: 1,
        arbitrary: fc.record({
          do: fc.constant('total' as const),
          n: fc.integer({ min: 1, max: 5 }),
        }),
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 60 }), async (actions) => {
        const clock = new FakeClock();
        const limiter = new KeyedLimiter({ total: 3, perKey: 2, clock });
        let total = 3;
        let most = 3;
        const running = { a: 0, b: 0, c: 0 };
        const pausedUntil = { a: 0, b: 0, c: 0 };
        let ended = 0;
        const aborts: AbortController[] = [];
        const all: Promise<void>[] = [];
        const task = async (key: 'a' | 'b' | 'c', ms: number, signal: AbortSignal) => {
          try {
            using _permit = await limiter.acquire(key, signal);
            running[key]++;
            expect(clock.now()).toBeGreaterThanOrEqual(pausedUntil[key]);
            expect(running[key]).toBeLessThanOrEqual(2);
            expect(running.a + running.b + running.c).toBeLessThanOrEqual(most);
            await clock.sleep(ms);
            running[key]--;
          } catch (error) {
            if (error !== signal.reason) throw error;
          }
          ended++;
        };
        for (const act of actions) {
          if (act.do === 'add') {
            const controller = new AbortController();
            aborts.push(controller);
            all.push(task(act.key, act.ms, controller.signal));
          } else if (act.do === 'wait') await clock.advance(act.ms);
          else if (act.do === 'pause') {
            pausedUntil[act.key] = Math.max(pausedUntil[act.key], clock.now() + act.ms);
            limiter.pauseKey(act.key, pausedUntil[act.key]);
          } else if (act.do === 'abort') aborts.at(-act.nth - 1)?.abort(new Error('aborted'));
          else {
            limiter.setTotal(act.n);
            most = Math.max(act.n, total, running.a + running.b + running.c);
            total = act.n;
          }
          // Who has got a permit by now begins before the next pause.
          await settle();
        }
        await clock.until(Promise.all(all));
        expect(ended).toBe(all.length);
        expect([limiter.inFlight(), limiter.waiting()]).toEqual([0, 0]);
      }),
      { numRuns: 100 },
    );
  });
});
