/** Everything through a proxy: plain requests, which it reads, and tunnels, of which it sees the host only. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { encode } from '../../fixtures/encode.ts';
import type { Site } from '../../fixtures/gallery.ts';
import { photo } from '../../fixtures/photo.ts';
import { serve } from '../../fixtures/serve.ts';
import { TEST_CA, TEST_CERTIFICATE, TEST_KEY } from '../support/certificates.ts';
import { images, imgtrawl, scratch } from './run.ts';

const PASSWORD = 'hush-hush';
let site: Site;

beforeAll(async () => {
  const body = await encode(photo(1, 320, 240), '.jpg');
  site = new Map([['/a.jpg', { type: 'image/jpeg', body }]]);
});

/** Forwards what comes with the password, and remembers what it was asked for. */
async function startProxy() {
  const asked: string[] = [];
  const expected = `Basic ${Buffer.from(`me:${PASSWORD}`).toString('base64')}`;
  const server = createServer((incoming, response) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    const { 'proxy-authorization': given, ...headers } = incoming.headers;
    if (given !== expected) {
      response.writeHead(407).end();
      return;
    }
    const outgoing = request(incoming.url as string, { headers }, (answer) => {
      response.writeHead(answer.statusCode as number, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.destroy()).end();
  });
  server.on('connect', (incoming, socket, head) => {
    asked.push(`CONNECT ${incoming.url}`);
    if (incoming.headers['proxy-authorization'] !== expected) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const { hostname, port } = new URL(`http://${incoming.url}`);
    const target = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      target.write(head);
      socket.pipe(target).pipe(socket);
    });
    const ends = [socket, target];
    const end = () => {
      for (const one of ends) one.destroy();
    };
    for (const one of ends) one.on('error', end).on('close', end);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    address: `http://me:${PASSWORD}@127.0.0.1:${port}`,
    origin: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

test('a plain address is asked for through --proxy', async () => {
  await using server = await serve(site);
  await using proxy = await startProxy();
  const cwd = scratch();
  const args = [`${server.origin}/a.jpg`, '-o', 'out', '--proxy', proxy.address, '--json'];
  const ran = await imgtrawl(args, { cwd });
  expect(ran.code).toBe(0);
  expect(images(join(cwd, 'out'))).toEqual(['a.jpg']);
  expect(proxy.asked).toEqual([`GET ${server.origin}/a.jpg`]);
  expect(ran.stdout + ran.stderr).not.toContain(PASSWORD);
});

test.each([['HTTPS_PROXY'], ['all_proxy']])('%s: TLS goes through a tunnel', async (variable) => {
  await using server = await serve(site, { tls: { key: TEST_KEY, cert: TEST_CERTIFICATE } });
  await using proxy = await startProxy();
  const cwd = scratch();
  writeFileSync(join(cwd, 'ca.pem'), TEST_CA);
  const args = [`${server.origin}/a.jpg`, '-o', 'out', '--ca', 'ca.pem', '-q'];
  const ran = await imgtrawl(args, { cwd, env: { [variable]: proxy.address } });
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(images(join(cwd, 'out'))).toEqual(['a.jpg']);
  expect(proxy.asked).toEqual([`CONNECT ${new URL(server.origin).host}`]);
});

test('NO_PROXY goes around it', async () => {
  await using server = await serve(site);
  await using proxy = await startProxy();
  const cwd = scratch();
  const env = { http_proxy: proxy.address, NO_PROXY: '127.0.0.0/8' };
  const ran = await imgtrawl([`${server.origin}/a.jpg`, '-o', 'out', '-q'], { cwd, env });
  expect(ran.code).toBe(0);
  expect(proxy.asked).toEqual([]);
});

test.each([['http'], ['https']])(
  'the refusal of a proxy fails an %s image and says whose it is',
  async (scheme) => {
    const tls = scheme === 'https' ? { tls: { key: TEST_KEY, cert: TEST_CERTIFICATE } } : {};
    await using server = await serve(site, tls);
    await using proxy = await startProxy();
    const cwd = scratch();
    const args = [`${server.origin}/a.jpg`, '-o', 'out', '--proxy', proxy.origin, '--retries', '0'];
    const ran = await imgtrawl(args, { cwd });
    expect(ran.code).toBe(3);
    expect(ran.stderr).toMatch(/407|prox/i);
    expect(images(join(cwd, 'out'))).toEqual([]);
  },
);
