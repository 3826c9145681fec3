import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Found } from '../../src/pipeline/context.ts';
import { parseQueueAddress, queueNamed } from '../../src/queue/address.ts';
import {
  MAX_SHARD_BYTES,
  type PackedShard,
  packShard,
  readShard,
  shardLines,
} from '../../src/queue/shard.ts';
import { bucketOf, Sharder } from '../../src/queue/sharder.ts';
import { interleaved } from '../../src/queue/work-shard.ts';

const listed = (url: string): Found => ({
  ref: { group: 1, candidates: [{ url, from: 'list' }] },
  named: true,
  mayBePage: true,
});

function shardsOf(urls: readonly string[], size = 10, buckets = 8): PackedShard[] {
  const sharder = new Sharder({ buckets, size });
  return [...urls.flatMap((url) => [...sharder.add(listed(url))]), ...sharder.end()];
}

const urls = fc.array(
  fc.webUrl({ withQueryParameters: true }).map((url) => new URL(url).href),
  { maxLength: 200 },
);

describe('shards', () => {
  test('hold every address once, one bucket each, and no more than their size', () => {
    fc.assert(
      fc.property(urls, (list) => {
        const shards = shardsOf(list);
        const found = shards.flatMap(({ data }) => readShard(data));
        expect(found.map(({ ref }) => ref.candidates[0].url).sort()).toEqual([...list].sort());
        for (const { bucket, data, items } of shards) {
          expect(items).toBeLessThanOrEqual(10);
          for (const one of readShard(data)) expect(bucketOf(one, 8)).toBe(bucket);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('of the same list are the same, and of a longer one all but the last of each bucket', () => {
    fc.assert(
      fc.property(urls, urls, (list, more) => {
        const ids = new Set(shardsOf([...list, ...more]).map(({ id }) => id));
        const before = shardsOf(list);
        expect(shardsOf(list).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
        for (const { id, items } of before) if (items === 10) expect(ids.has(id)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('are cut by bytes too: a message of NATS takes 1 MiB', () => {
    const long = Array.from({ length: 60 }, (_, n) => `http://h.example/${'x'.repeat(20_000)}${n}`);
    const shards = shardsOf(long, 1000);
    expect(shards.length).toBeGreaterThan(1);
    for (const { data } of shards) {
      expect(shardLines(data).join('\n').length).toBeLessThanOrEqual(MAX_SHARD_BYTES);
    }
  });

  test('leave out what another machine cannot fetch', () => {
    const left: string[] = [];
    const sharder = new Sharder({ buckets: 1, size: 10, onUnsendable: (url) => left.push(url) });
    const huge = `http://h.example/${'x'.repeat(400_000)}`;
    for (const url of ['file:///a.jpg', 'data:image/png;base64,AA', huge, 'http://h.example/1']) {
      expect([...sharder.add(listed(url))]).toEqual([]);
    }
    expect(left).toHaveLength(3);
    expect([...sharder.end()]).toHaveLength(1);
  });

  test('carry everything that fetching needs', () => {
    const found: Found = {
      ref: {
        group: 1,
        candidates: [
          { url: 'https://a.example/1.avif', from: 'img.srcset' },
          { url: 'https://a.example/1.jpg', from: 'img.srcset' },
        ],
        page: 'https://a.example/',
        alt: 'A „marble“',
        space: 'public',
      },
      named: false,
      mayBePage: false,
    };
    const [shard] = [...new Sharder({ buckets: 4, size: 1 }).add(found)];
    expect(readShard((shard as PackedShard).data)).toEqual([found]);
  });

  test.each([
    ['no archive', new TextEncoder().encode('hello')],
    ['no JSON', packShard(0, ['http://h.example/']).data],
    ['no address', packShard(0, ['{"u":"file:///etc/passwd"}']).data],
    ['an empty list', packShard(0, ['{"u":[]}']).data],
    ['null', packShard(0, ['null']).data],
  ])('that are none are refused: %s', (_, data) => {
    expect(() => readShard(data)).toThrow(expect.objectContaining({ code: 'bad-shard' }));
  });

  test('that unpack to very much are refused', () => {
    const bomb = packShard(0, ['x'.repeat(65 * 2 ** 20)]).data;
    expect(() => readShard(bomb)).toThrow(expect.objectContaining({ code: 'bad-shard' }));
  });
});

test('the sites of a shard take turns, and each keeps its order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 60 }), (hosts) => {
      const given = hosts.map((host, n) => listed(`http://h${host}.example/${n}`));
      const turns = interleaved(given);
      expect(new Set(turns)).toEqual(new Set(given));
      const of = (list: readonly Found[], host: number) =>
        list.filter(({ ref }) => ref.candidates[0].url.startsWith(`http://h${host}.`));
      for (let host = 0; host < 4; host++) expect(of(turns, host)).toEqual(of(given, host));
      const sites = new Set(hosts).size;
      const first = turns.slice(0, sites).map(({ ref }) => new URL(ref.candidates[0].url).host);
      expect(new Set(first).size).toBe(sites);
    }),
  );
});

describe('the address of a queue', () => {
  test.each([
    ['nats://h/photos', ['h:4222'], false],
    ['tls://a:1,b:2/photos', ['a:1', 'b:2'], true],
    ['nats://[::1]:4222/photos/', ['[::1]:4222'], false],
  ])('%s', (text, servers, tls) => {
    const address = parseQueueAddress({ text, onCommandLine: true });
    expect(address).toEqual({ servers, tls, name: 'photos' });
  });

  test.each([
    'h/photos',
    'http://h/x',
    'nats://h',
    'nats://h/',
    'nats://h/a b',
    'nats://h/a.b',
    'nats://h:99999/x',
  ])('%s is refused', (text) => {
    expect(() => parseQueueAddress({ text, onCommandLine: true })).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });

  test('may hold a user from the environment only, and no message repeats it', () => {
    const text = 'nats://me:s%3Acret@h/photos';
    expect(parseQueueAddress({ text, onCommandLine: false }).user).toEqual({
      name: 'me',
      password: 's:cret',
    });
    try {
      parseQueueAddress({ text, onCommandLine: true });
      expect.unreachable();
    } catch (error) {
      expect((error as Error).message).not.toMatch(/cret|me:/);
    }
  });

  test('a bare name means the server of the environment, else this machine', () => {
    expect(queueNamed('photos', 'tls://a,b/other')).toBe('tls://a,b/photos');
    expect(queueNamed('photos', undefined)).toBe('nats://127.0.0.1/photos');
  });
});
