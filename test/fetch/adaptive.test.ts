import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AdaptiveLimit, type StartedRequest } from '../../src/fetch/adaptive.ts';
import { random, type Shape, simulate } from './simulated-host.ts';

/** Fixed limits that the controller has to stand beside. */
const SWEEP = [1, 2, 4, 8, 12, 16, 20, 24, 32, 48, 64];

function compare(shape: Shape) {
  const best = SWEEP.map((limit) => simulate(shape, limit)).reduce((a, b) => (b.ms < a.ms ? b : a));
  const auto = simulate(shape, new AdaptiveLimit());
  return { best, auto, ratio: auto.ms / best.ms };
}

/** 500 small files from far away. */
const FAR = { files: 500, bytes: 60_000, latency: 100 };

describe('within 10 % of the best fixed limit', () => {
  test.each<[string, Shape]>([
    ['15 photos over 10 MB/s', { files: 15, bytes: 1.3e6, latency: 80, bandwidth: 1e4 }],
    ['500 photos over 10 MB/s', { files: 500, bytes: 1.3e6, latency: 80, bandwidth: 1e4 }],
    ['5,000 small files, 100 ms away', { ...FAR, files: 5000 }],
    [
      'files of 2 KB to 2 MB',
      { ...FAR, bytes: (n) => 2000 * 1000 ** ((n * 0.618) % 1), bandwidth: 4e3 },
    ],
    ['nothing shaped, the client is the limit', { ...FAR, latency: 1.5, workers: 1 }],
    ['a server that works on 8 at a time', { ...FAR, latency: 50, workers: 8 }],
    ['a server that refuses above 4', { ...FAR, refuseAbove: 4 }],
    ['a server that refuses above 8', { ...FAR, refuseAbove: 8 }],
    ['a server that refuses above 20', { ...FAR, refuseAbove: 20 }],
    ['refusals that take as long as answers', { ...FAR, refuseAbove: 20, refuseAfter: 100 }],
    ['a server that takes 50 a second', { ...FAR, perSecond: 50 }],
  ])('%s', (_, shape) => {
    expect(compare(shape).ratio).toBeLessThan(1.1);
  });
});

test('500 small files: what is unknown at the start costs one round trip', () => {
  const { best, auto } = compare(FAR);
  expect(auto.ms - best.ms).toBeLessThan(105);
  expect(auto.maxInFlight).toBe(64);
});

/** Latencies of a cache that has some files and not the others, of one server after the other, of a slow disk. */
function mixedLatency(seed: number): Shape {
  const next = random(seed);
  const near = 1 + 100 ** next();
  const far = near * (1 + 40 * next());
  const share = next();
  let n = 0;
  const kinds: ReadonlyArray<() => number> = [
    () => (next() < share ? near : far),
    () => near + (far - near) * next(),
    () => near - 2 * near * Math.log(next() + 1e-9),
    () => (Math.floor(n / 40) % 2 === 0 ? near : far),
  ];
  const kind = kinds[seed % kinds.length]!;
  const latency = () => {
    n++;
    return kind();
  };
  const workers = seed % 3 === 0 ? { workers: 1 + Math.floor(40 * next()) } : {};
  return { files: 1500, bytes: 30_000, latency, ...workers };
}

test('answers that take very different times are no queue', () => {
  const ratios = Array.from({ length: 60 }, (_, seed) => {
    const best = [4, 8, 16, 32, 64].map((limit) => simulate(mixedLatency(seed), limit).ms);
    return simulate(mixedLatency(seed), new AdaptiveLimit()).ms / Math.min(...best);
  }).sort((a, b) => a - b);
  expect(ratios[30]).toBeLessThan(1.05);
  expect(ratios[54]).toBeLessThan(1.15);
  expect(ratios[59]).toBeLessThan(1.6);
});

test('a usual page takes one round trip', () => {
  expect(simulate({ ...FAR, files: 15, latency: 200 }, new AdaptiveLimit()).ms).toBeLessThan(211);
});

describe('manners', () => {
  test('a server that refuses above N is seldom asked for more', () => {
    for (const refuseAbove of [1, 4, 8, 20, 50]) {
      const { refused } = simulate({ ...FAR, files: 2000, refuseAbove }, new AdaptiveLimit());
      expect(refused).toBeLessThan(40);
    }
  });

  test('a server that takes so many a second is not flooded', () => {
    const shape = { ...FAR, perSecond: 50 };
    const auto = simulate(shape, new AdaptiveLimit());
    expect(auto.refused).toBeLessThan(simulate(shape, 16).refused / 2);
  });

  test('a server that only queues what it cannot work on is not given ever more', () => {
    const shape = { ...FAR, files: 3000, latency: 200, workers: 8 };
    const auto = new AdaptiveLimit();
    const { limit } = simulate(shape, auto);
    expect(limit).toBeLessThan(40);
  });

  test.each([
    ['429 or 503', { ok: true, busy: true }],
    ['a timeout or reset', { ok: false }],
  ])('%s halves the limit', (_, failure) => {
    const limit = new AdaptiveLimit({ initial: 16 });
    const last = Array.from({ length: 16 }, () => limit.onStart(0)).at(-1)!;
    limit.onDone(last, { ...failure, ttfbMs: 5, bytes: 0, nowMs: 5 });
    expect(limit.limit).toBe(8);
  });

  test('failures of one burst halve it once', () => {
    const limit = new AdaptiveLimit({ initial: 16 });
    const requests = Array.from({ length: 16 }, () => limit.onStart(0));
    for (const request of requests.slice(10)) {
      limit.onDone(request, { ok: false, ttfbMs: 5, bytes: 0, nowMs: 5 + request.level });
    }
    expect(limit.limit).toBe(8);
  });

  test('answers that begin later and come fewer halve it', () => {
    const seen: number[] = [];
    const limit = new AdaptiveLimit();
    const onDone = limit.onDone.bind(limit);
    limit.onDone = (request, outcome) => {
      onDone(request, outcome);
      seen.push(limit.limit);
    };
    const latency = (nowMs: number) => (nowMs < 2000 ? 50 : 400);
    const auto = simulate({ ...FAR, files: 4000, latency }, limit);
    expect(Math.min(...seen.slice(seen.indexOf(64)))).toBe(32);
    // It was not the number in flight that slowed them down, so it comes back.
    expect(auto.limit).toBe(64);
    expect(auto.ms / simulate({ ...FAR, files: 4000, latency }, 64).ms).toBeLessThan(1.2);
  });

  test.each([
    ['at once', {}],
    ['as late as answers', { refuseAfter: 100 }],
    ['with Retry-After', { refuseAfter: 100, pause: 1000 }],
  ])('failures by chance, %s, do not wear it down', (_, when) => {
    const shape = { ...FAR, files: 2000, chance: 0.08, ...when };
    const auto = simulate(shape, new AdaptiveLimit());
    expect(auto.limit).toBeGreaterThan(40);
    expect(auto.ms / simulate(shape, 64).ms).toBeLessThan(1.3);
  });
});

describe('the limit', () => {
  test('does not grow while it is not used', () => {
    const limit = new AdaptiveLimit({ initial: 16 });
    for (let i = 0; i < 1000; i++) {
      const request = limit.onStart(i * 10);
      limit.onDone(request, { ok: true, ttfbMs: 9, bytes: 1, nowMs: i * 10 + 9 });
    }
    expect(limit.limit).toBe(16);
  });

  test('stays between 1 and the maximum, whatever is reported', () => {
    const number = fc.oneof(fc.double(), fc.integer({ min: -10, max: 1000 }));
    const event = fc.record({
      starts: fc.nat(5),
      ok: fc.boolean(),
      busy: fc.boolean(),
      ttfbMs: number,
      bytes: number,
      nowMs: number,
    });
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 200 }),
        fc.integer({ min: 1, max: 80 }),
        (events, max) => {
          const limit = new AdaptiveLimit({ max });
          const flight: StartedRequest[] = [];
          for (const { starts, ...outcome } of events) {
            for (let i = 0; i < starts; i++) flight.push(limit.onStart(outcome.nowMs));
            const request = flight.splice(Math.floor(flight.length / 2), 1)[0];
            if (request) limit.onDone(request, outcome);
            expect(limit.limit).toBeGreaterThanOrEqual(1);
            expect(limit.limit).toBeLessThanOrEqual(max);
          }
        },
      ),
    );
  });

  test('a maximum of 1 is sequential', () => {
    expect(simulate({ ...FAR, files: 20 }, new AdaptiveLimit({ max: 1 })).maxInFlight).toBe(1);
  });

  test.each([0, 1.5, Number.NaN])('a maximum of %d is refused', (max) => {
    expect(() => new AdaptiveLimit({ max })).toThrow(RangeError);
  });
});
