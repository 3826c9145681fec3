import { describe, expect, test } from 'vitest';
import { parseShard, shardOf } from '../../src/sources/mod.ts';

describe('shards', () => {
  test('keep a site together', () => {
    for (const count of [2, 3, 16, 1000]) {
      const shard = shardOf('https://example.com/1', count);
      expect(shardOf('http://images.cdn.example.com:8080/2?x', count)).toBe(shard);
      expect(shard).toBeGreaterThanOrEqual(0);
      expect(shard).toBeLessThan(count);
    }
  });

  test('are the same in every release', () => {
    const urls = [
      'https://example.com/',
      'https://example.org/',
      'http://127.0.0.1:1/',
      'https://me.github.io/',
    ];
    expect(urls.map((url) => shardOf(url, 1000))).toEqual([619, 979, 407, 354]);
  });

  test('are about equally large', () => {
    const counts = new Array<number>(8).fill(0);
    for (let i = 0; i < 8000; i++) counts[shardOf(`https://site${i}.com/x`, 8)]!++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  test('are written i/N', () => {
    expect(parseShard('2/8')).toEqual({ index: 2, count: 8 });
    for (const bad of ['', '0/8', '9/8', '2', 'a/b', '1/0', '-1/2']) {
      expect(() => parseShard(bad)).toThrow(/expected i\/N/);
    }
  });
});
