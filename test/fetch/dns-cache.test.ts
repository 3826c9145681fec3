import { describe, expect, it } from 'vitest';
import { DnsCache, type LookupAnswer } from '../../src/fetch/dns-cache.ts';
import { FakeClock } from '../support/fake-clock.ts';

function cacheOf(answer: () => Promise<LookupAnswer>) {
  const clock = new FakeClock();
  let asked = 0;
  const lookup = () => {
    asked++;
    return answer();
  };
  const cache = new DnsCache({ clock, lookup, ttlMs: 30_000 });
  return { clock, cache, asked: () => asked };
}

const addresses = [{ address: '192.0.2.1', family: 4 }];

describe('DnsCache', () => {
  it('asks once for a burst, and again when the answer is old', async () => {
    const { clock, cache, asked } = cacheOf(async () => ({ addresses }));
    await Promise.all([1, 2, 3].map(() => cache.resolve('a.test')));
    await clock.advance(29_999);
    await cache.resolve('a.test');
    expect(asked()).toBe(1);
    await clock.advance(1);
    await cache.resolve('a.test');
    expect(asked()).toBe(2);
  });

  it.each([
    [60_000, 60_000],
    [0, 5_000],
    [1e12, 600_000],
  ])('keeps an answer with a TTL of %i ms for %i ms', async (ttl, kept) => {
    const { clock, cache, asked } = cacheOf(async () => ({
      addresses,
      ttlMs: Promise.resolve(ttl),
    }));
    await cache.resolve('a.test');
    await clock.advance(kept - 1);
    await cache.resolve('a.test');
    expect(asked()).toBe(1);
    await clock.advance(1);
    await cache.resolve('a.test');
    expect(asked()).toBe(2);
  });

  it('keeps a failure shortly', async () => {
    const { clock, cache, asked } = cacheOf(async () => ({ addresses: [] }));
    await expect(cache.resolve('a.test')).rejects.toMatchObject({ code: 'ENODATA' });
    await expect(cache.resolve('a.test')).rejects.toMatchObject({ code: 'ENODATA' });
    expect(asked()).toBe(1);
    await clock.advance(2_000);
    await expect(cache.resolve('a.test')).rejects.toMatchObject({ code: 'ENODATA' });
    expect(asked()).toBe(2);
  });

  it('gives up a resolver that does not answer', async () => {
    const { clock, cache } = cacheOf(() => new Promise(() => {}));
    const answer = expect(cache.resolve('a.test')).rejects.toMatchObject({ code: 'ETIMEOUT' });
    await clock.advance(30_000);
    await answer;
  });

  it('trusts nothing that is no address', async () => {
    const { cache } = cacheOf(async () => ({ addresses: [{ address: 'nonsense', family: 4 }] }));
    expect(await cache.resolve('a.test')).toMatchObject([{ space: 'local' }]);
  });
});
