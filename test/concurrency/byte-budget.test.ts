import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteBudget } from '../../src/concurrency/mod.ts';
import { FakeClock, settle } from '../support/fake-clock.ts';

describe('ByteBudget', () => {
  it('makes a reservation wait until enough bytes are free, first come, first served', async () => {
    const budget = new ByteBudget(100);
    const first = await budget.reserve(60);
    const order: string[] = [];
    const large = budget.reserve(50).then((lease) => {
      order.push('large');
      return lease;
    });
    // It would fit, and yet does not pass the one before it.
    const small = budget.reserve(10).then(() => order.push('small'));
    await settle();
    expect([order, budget.used, budget.waiting]).toEqual([[], 60, 2]);
    first.shrink(20);
    await Promise.all([large, small]);
    expect([order, budget.used]).toEqual([['large', 'small'], 100]);
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    expect(budget.used).toBe(60);
  });

  it('lets a request larger than the whole budget through alone', async () => {
    const budget = new ByteBudget(100);
    const lease = await budget.reserve(1);
    const huge = budget.reserve(1000);
    const next = budget.reserve(1);
    await settle();
    expect(budget.used).toBe(1);
    lease[Symbol.dispose]();
    const held = await huge;
    await settle();
    expect([budget.used, budget.waiting]).toEqual([1000, 1]);
    held[Symbol.dispose]();
    await next;
    expect(budget.used).toBe(1);
  });

  it('tries to reserve without waiting, and never before those who wait', async () => {
    const budget = new ByteBudget(100);
    const first = budget.tryReserve(60);
    expect([first?.bytes, budget.tryReserve(41), budget.tryReserve(40)?.bytes]).toEqual([
      60,
      undefined,
      40,
    ]);
    const waits = budget.reserve(70);
    first?.[Symbol.dispose]();
    expect([budget.used, budget.tryReserve(1)]).toEqual([40, undefined]);
    expect(new ByteBudget(100).tryReserve(101)).toBeUndefined();
    void waits;
  });

  it('a lease grows at once, and what comes later waits for it', async () => {
    const budget = new ByteBudget(100);
    const lease = await budget.reserve(10);
    lease.grow(200);
    expect([lease.bytes, budget.used]).toEqual([210, 210]);
    const next = budget.reserve(10);
    await settle();
    expect(budget.waiting).toBe(1);
    lease.shrink(150);
    using _next = await next;
    lease[Symbol.dispose]();
    lease.grow(5);
    expect([lease.bytes, budget.used]).toEqual([0, 10]);
  });

  it('an aborted wait leaves no trace and lets those behind it through', async () => {
    const budget = new ByteBudget(100);
    await budget.reserve(50);
    const controller = new AbortController();
    const large = budget.reserve(80, controller.signal);
    const small = budget.reserve(20);
    controller.abort(new Error('gone'));
    await expect(large).rejects.toThrow('gone');
    await small;
    expect([budget.used, budget.waiting]).toEqual([70, 0]);
    await expect(budget.reserve(1, controller.signal)).rejects.toThrow('gone');
  });

  it('refuses sizes that make no sense', () => {
    expect(() => new ByteBudget(0)).toThrow(RangeError);
    expect(() => new ByteBudget(1).reserve(Number.NaN)).toThrow(RangeError);
    expect(() => new ByteBudget(1).reserve(-1)).toThrow(RangeError);
  });

  it('is never exceeded by reservations that fit, and serves all of them', async () => {
    const wishes = fc.array(
      fc.record({ bytes: fc.integer({ min: 1, max: 150 }), ms: fc.nat(20) }),
      { maxLength: 50 },
    );
    await fc.assert(
      fc.asyncProperty(wishes, async (list) => {
        const clock = new FakeClock();
        const budget = new ByteBudget(100);
        const use = async ({ bytes, ms }: { bytes: number; ms: number }) => {
          using _lease = await budget.reserve(bytes);
          expect(budget.used).toBeLessThanOrEqual(Math.max(100, bytes));
          await clock.sleep(ms);
        };
        await clock.until(Promise.all(list.map(use)));
        expect([budget.used, budget.waiting]).toEqual([0, 0]);
      }),
      { numRuns: 60 },
    );
  });
});
