import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asCompleted, map } from '../../src/concurrency/mod.ts';
import { FakeClock, settle } from '../support/fake-clock.ts';

describe('pulling tasks from a source', () => {
  it('takes sync and async iterables', async () => {
    const submit = async (n: number) => n * 2;
    const values = async (tasks: Iterable<number> | AsyncIterable<number>) =>
      (await Array.fromAsync(map(tasks, { submit, window: 2 }))).map((o) => o.ok && o.value);
    async function* stream() {
      yield 1;
      await settle();
      yield 2;
    }
    expect(await values([1, 2])).toEqual([2, 4]);
    expect(await values(new Set([3]))).toEqual([6]);
    expect(await values(stream())).toEqual([2, 4]);
    expect(await values([])).toEqual([]);
  });

  it('hands out what has finished while the source is slow', async () => {
    async function* slow() {
      yield 'first';
      await new Promise(() => {});
    }
    const outcomes = asCompleted(slow(), { submit: async (name) => name, window: 5 });
    const first = await outcomes.next();
    expect(first.value).toMatchObject({ value: 'first' });
    // The source hangs inside `next`; leaving must not wait for it.
    await outcomes.return();
  });

  it.each(['sync', 'async'])(
    'a %s source that throws surfaces after what it gave',
    async (kind) => {
      function* broken() {
        yield 1;
        yield 2;
        throw new Error('row 3 is bad');
      }
      async function* brokenAsync() {
        yield* broken();
      }
      const seen: unknown[] = [];
      const consume = async () => {
        const tasks = kind === 'sync' ? broken() : brokenAsync();
        for await (const outcome of asCompleted(tasks, { submit: async (n) => n, window: 9 })) {
          seen.push(outcome.ok && outcome.value);
        }
      };
      await expect(consume()).rejects.toThrow('row 3 is bad');
      expect(seen).toEqual([1, 2]);
    },
  );

  it('an early break closes the source and leaves the running tasks alone', async () => {
    const clock = new FakeClock();
    const finished: number[] = [];
    let closed = false;
    async function* endless() {
      try {
        for (let n = 1; ; n++) yield n;
      } finally {
        closed = true;
      }
    }
    const submit = async (n: number) => {
      await clock.sleep(n * 10);
      finished.push(n);
      if (n === 3) throw new Error('nobody hears this, and nothing breaks');
    };
    const consume = async () => {
      for await (const _ of asCompleted(endless(), { submit, window: 3 })) break;
    };
    await clock.until(consume());
    expect(closed).toBe(true);
    await clock.advance(1000);
    expect(finished).toEqual([1, 2, 3, 4]);
  });

  it('starts nothing before the first outcome is asked for', async () => {
    let pulled = 0;
    function* source() {
      pulled++;
      yield 1;
    }
    const outcomes = map(source(), { submit: async (n) => n, window: 2 });
    await settle();
    expect(pulled).toBe(0);
    await outcomes.return();
    expect(pulled).toBe(0);
  });

  it('stops pulling from a source that hangs when the signal aborts', async () => {
    const controller = new AbortController();
    async function* hanging(): AsyncGenerator<number> {
      await new Promise(() => {});
    }
    const { signal } = controller;
    const next = map(hanging(), { submit: async (n) => n, window: 2, signal }).next();
    await settle();
    controller.abort(new Error('stop'));
    await expect(next).rejects.toThrow('stop');
  });

  it('loses nothing, keeps the window and the order, whatever the times', async () => {
    const times = fc.array(fc.record({ ms: fc.nat(50), bad: fc.boolean() }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(
        times,
        fc.integer({ min: 1, max: 8 }),
        fc.boolean(),
        async (list, window, ordered) => {
          const clock = new FakeClock();
          let open = 0;
          let most = 0;
          async function* source() {
            for (const [index, one] of list.entries()) {
              most = Math.max(most, ++open);
              yield { index, ...one };
            }
          }
          const submit = async (task: { index: number; ms: number; bad: boolean }) => {
            await clock.sleep(task.ms);
            if (task.bad) throw new Error('bad');
            return task.index;
          };
          const consume = async () => {
            const seen: number[] = [];
            const outcomes = (ordered ? map : asCompleted)(source(), { submit, window });
            for await (const outcome of outcomes) {
              open--;
              expect(outcome.ok).toBe(!outcome.task.bad);
              seen.push(outcome.task.index);
            }
            return seen;
          };
          const seen = await clock.until(consume());
          const all = list.map((_, index) => index);
          expect(ordered ? seen : seen.toSorted((a, b) => a - b)).toEqual(all);
          // One more: the next task is pulled in the moment in which an outcome is handed out.
          expect(most).toBeLessThanOrEqual(window + 1);
        },
      ),
      { numRuns: 60 },
    );
  });
});
