import { expect, test } from 'vitest';
import type { Clock } from '../../src/concurrency/clock.ts';
import type { Delivery } from '../../src/queue/engine.ts';
import { Lease } from '../../src/queue/lease.ts';
import { FakeClock } from '../support/fake-clock.ts';

const ACK_WAIT = 10_000;

function delivery(extend: () => Promise<void>): Delivery {
  const nothing = async () => {};
  const rest = { ack: nothing, release: nothing, lose: () => {} };
  return { id: 'x', bucket: 0, data: new Uint8Array(), asked: 0, extend, ...rest };
}

test('a lease is extended for as long as the work takes', async () => {
  const clock = new FakeClock();
  let asked = 0;
  const lease = new Lease(
    delivery(async () => {
      asked++;
    }),
    { ackWaitMs: ACK_WAIT, onLost: () => {}, clock },
  );
  await clock.advance(60_000);
  expect(lease.lost).toBe(false);
  expect(asked).toBeGreaterThanOrEqual(20);
  await lease.end();
});

test('a lease that is not confirmed is lost before the engine gives it away, and told once', async () => {
  const clock = new FakeClock();
  const lost: number[] = [];
  const lease = new Lease(
    delivery(() => Promise.reject(new Error('away'))),
    { ackWaitMs: ACK_WAIT, onLost: () => lost.push(clock.now()), clock },
  );
  await clock.advance(30_000);
  expect(lease.lost).toBe(true);
  expect(lost).toHaveLength(1);
  expect(lost[0]).toBeLessThan(ACK_WAIT);
  await lease.end();
});

test('a process that was stopped for long finds its lease lost when it wakes', async () => {
  const fake = new FakeClock();
  let slept = 0;
  const clock: Clock = {
    now: () => fake.now() + slept,
    sleep: (ms, signal) => fake.sleep(ms, signal),
  };
  let lost = 0;
  const lease = new Lease(
    delivery(async () => {}),
    { ackWaitMs: ACK_WAIT, onLost: () => lost++, clock },
  );
  await fake.advance(5000);
  expect(lease.lost).toBe(false);
  // Whoever asks first is told, before any timer has had its turn.
  slept = ACK_WAIT;
  expect(lease.lost).toBe(true);
  expect(lost).toBe(1);
  await lease.end();
});
