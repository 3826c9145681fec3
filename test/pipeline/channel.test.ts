import { describe, expect, test } from 'vitest';
import { Channel } from '../../src/pipeline/channel.ts';
import { dataImage, shownUrl } from '../../src/pipeline/data-url.ts';
import { Seen } from '../../src/pipeline/seen.ts';

const drain = async <T>(channel: Channel<T>): Promise<T[]> => {
  const items: T[] = [];
  for await (const item of channel) items.push(item);
  return items;
};

describe('a channel', () => {
  test('makes who pushes wait while it is full, and keeps the order', async () => {
    const channel = new Channel<number>(2);
    let pushed = 0;
    const pushing = (async () => {
      for (let i = 1; i <= 6; i++) {
        await channel.push(i);
        pushed = i;
      }
      channel.close();
    })();
    await new Promise((resolve) => setImmediate(resolve));
    expect(pushed).toBe(2);
    expect(await drain(channel)).toEqual([1, 2, 3, 4, 5, 6]);
    await pushing;
  });

  test('lets in beyond its room whom the reader waits for', async () => {
    const channel = new Channel<number>(1);
    for (const item of [1, 2, 3]) channel.add(item);
    channel.close();
    expect(await drain(channel)).toEqual([1, 2, 3]);
  });

  test('frees who pushes when the reader leaves', async () => {
    const channel = new Channel<number>(1);
    channel.add(1);
    const waiting = channel.push(2);
    for await (const _ of channel) break;
    await waiting;
  });

  test('gives what is inside, then throws what it failed with', async () => {
    const channel = new Channel<number>(4);
    channel.add(1);
    channel.fail(new Error('broken'));
    const seen: number[] = [];
    await expect(async () => {
      for await (const item of channel) seen.push(item);
    }).rejects.toThrow('broken');
    expect(seen).toEqual([1]);
  });
});

test('addresses are seen once, in memory and beyond', () => {
  using seen = new Seen();
  for (let i = 0; i < 50_000; i++) expect(seen.add(`https://a.example/${i}`)).toBe(true);
  for (let i = 0; i < 50_000; i += 97) expect(seen.add(`https://a.example/${i}`)).toBe(false);
});

describe('an embedded image', () => {
  test('is decoded', () => {
    const text = (url: string) => {
      const body = dataImage(url)?.body;
      return body?.in === 'memory' ? new TextDecoder().decode(body.bytes) : undefined;
    };
    expect(text('data:image/svg+xml,%3Csvg%3E%20ok')).toBe('<svg> ok');
    expect(text('data:image/gif;base64,R0lGODlh')).toBe('GIF89a');
    expect(text('data:image/gif;BASE64,R0lG%4FDlh')).toBe('GIF89a');
    expect(dataImage('https://a.example/')).toBeUndefined();
  });

  test('is shown without its bytes', () => {
    expect(shownUrl(`data:image/png;base64,${'A'.repeat(5000)}`)).toMatch(
      /^data:image\/png;base64,…[0-9a-f]{16}$/,
    );
    expect(shownUrl('https://user:secret@a.example/x.jpg')).not.toContain('secret');
  });
});
