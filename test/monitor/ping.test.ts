import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Pinger, pingUrl } from '../../src/monitor/mod.ts';

async function check(status = 200): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(status).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/KEY`, asked };
}

test.each([
  ['https://hc.example/KEY', 'start', 'https://hc.example/KEY/start'],
  ['https://hc.example/KEY/', 'fail', 'https://hc.example/KEY/fail'],
  ['https://hc.example/KEY?create=1', 'fail', 'https://hc.example/KEY/fail?create=1'],
  ['https://hc.example/KEY?create=1', 'success', 'https://hc.example/KEY?create=1'],
] as const)('%s is told of the %s at %s', (url, kind, asked) => {
  expect(pingUrl(url, kind)).toBe(asked);
});

test('the check hears of the start before the end, once each, even with empty answers', async () => {
  const { url, asked } = await check();
  const failures: string[] = [];
  const pinger = new Pinger(url, { onFailure: (message) => failures.push(message) });
  void pinger.send('start');
  await pinger.send('success');
  expect(asked).toEqual(['GET /KEY/start', 'GET /KEY']);
  expect(failures).toEqual([]);
});

test('a check that refuses, or is not there, is reported without its key and ends nothing', async () => {
  const { url } = await check(404);
  const failures: string[] = [];
  const onFailure = (message: string) => failures.push(message);
  await new Pinger(url, { onFailure }).send('fail');
  await new Pinger('http://127.0.0.1:9/KEY', { onFailure }).send('start', 0.5);
  expect(failures).toEqual([
    expect.stringMatching(
      /^the health check at 127\.0\.0\.1:\d+ was not told of the fail \[http-status\]$/,
    ),
    expect.stringMatching(/^the health check at 127\.0\.0\.1:9 was not told of the start \[\w+\]$/),
  ]);
});
