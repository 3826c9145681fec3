/**
 * Nights on a site that does not change: one page with `N` images. The first night takes all of them,
 * the later ones must take nothing, print nothing and be quick. The server is a process of its own.
 *
 * node scripts/bench/nights.ts [--images 5000] [--nights 3] [--program dist/imgtrawl] [--folder DIR --port N]
 *
 * With a folder and a port, a later call goes on where an earlier one ended.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { crc32, deflateSync } from 'node:zlib';
import { random } from '../../fixtures/photo.ts';

const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '5000' },
    nights: { type: 'string', default: '3' },
    program: { type: 'string', default: 'dist/imgtrawl' },
    folder: { type: 'string' },
    port: { type: 'string', default: '0' },
    serve: { type: 'boolean', default: false },
  },
});
const count = Number(values.images);

/** What the server has sent since it was last asked. */
interface Sent {
  readonly ok: number;
  readonly notModified: number;
  readonly bodyBytes: number;
}

const SIDE = 64;

/** A small grey picture that is like no other: 8×8 squares of random light. PNG (RFC 2083). */
function picture(seed: number): Buffer {
  const next = random(seed);
  const squares = Array.from({ length: 64 }, () => next() * 256);
  const rows = Buffer.alloc((SIDE + 1) * SIDE);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++)
      rows[y * (SIDE + 1) + 1 + x] = squares[(y >> 3) * 8 + (x >> 3)] as number;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIDE, 0);
  header.writeUInt32BE(SIDE, 4);
  header[8] = 8;
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  const chunks = [chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND')];
  return Buffer.concat([signature, ...chunks]);
}

function chunk(type: string, data = Buffer.alloc(0)): Buffer {
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  const body = Buffer.concat([Buffer.from(type), data]);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** Answers without delay; a body for who has none, 304 for who has. */
async function serve(): Promise<void> {
  const page = Array.from({ length: count }, (_, n) => `<img src="/i/${n}.png">`).join('\n');
  let sent = { ok: 0, notModified: 0, bodyBytes: 0 };
  const server = createServer((request, response) => {
    const url = request.url ?? '/';
    const place = /^\/i\/(\d+)\.png$/.exec(url)?.[1];
    const etag = `"${createHash('sha1').update(url).digest('hex').slice(0, 12)}"`;
    if (url === '/robots.txt') {
      response.writeHead(404).end();
    } else if (request.headers['if-none-match'] === etag) {
      sent.notModified++;
      response.writeHead(304, { etag }).end();
    } else {
      const bytes = place === undefined ? Buffer.from(page) : picture(Number(place));
      sent.ok++;
      sent.bodyBytes += bytes.length;
      const type = place === undefined ? 'text/html' : 'image/png';
      response.writeHead(200, { etag, 'content-type': type, 'content-length': bytes.length });
      response.end(bytes);
    }
  });
  server.listen(Number(values.port), '127.0.0.1', () =>
    process.send?.({ port: (server.address() as AddressInfo).port }),
  );
  process.on('message', () => {
    process.send?.(sent);
    sent = { ok: 0, notModified: 0, bodyBytes: 0 };
  });
}

const answer = <T>(child: ChildProcess): Promise<T> =>
  new Promise((done) => child.once('message', (message) => done(message as T)));

/** User and system time of all children that have ended, in seconds (proc(5), fields 16 and 17). */
function childrenCpu(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

async function night(url: string, folder: string) {
  const [cpu, started] = [childrenCpu(), performance.now()];
  const args = [url, '-o', folder, '-q'];
  const child = spawn(resolve(values.program), args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = 0;
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      printed += data.length;
      if (printed < 2000) process.stderr.write(data);
    });
  const code = await new Promise<number | null>((done) => child.on('close', done));
  const seconds = (performance.now() - started) / 1000;
  return { code, printed, seconds, cpuSeconds: childrenCpu() - cpu };
}

async function main(): Promise<void> {
  const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'imgtrawl-nights-'));
  const args = ['--serve', '--images', String(count), '--port', values.port];
  const server = fork(fileURLToPath(import.meta.url), args);
  try {
    const { port } = await answer<{ port: number }>(server);
    for (let n = 1; n <= Number(values.nights); n++) {
      const ran = await night(`http://127.0.0.1:${port}/`, join(folder, 'out'));
      server.send('sent');
      const sent = await answer<Sent>(server);
      process.stdout.write(`${JSON.stringify({ night: n, ...ran, ...sent })}\n`);
    }
  } finally {
    server.kill();
    if (values.folder === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

if (values.serve) await serve();
else await main();
