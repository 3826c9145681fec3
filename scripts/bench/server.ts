/**
 * The server that the fetch benchmarks measure against: photos of one size, with latency, a link
 * that all answers share, faults and counters. All bodies are made before it listens.
 *
 *     node scripts/bench/server.ts '{"files":500,"bytes":60000,"latency":100}'
 *
 * prints its address. Beside the photos it answers /list (addresses, one a line), /sums (address to
 * SHA-256, JSON), /stats (counters, JSON), /reset (counters and attempts from 0).
 */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { type Decision, type FaultShares, faultOf } from './faults.ts';
import { photo } from './photo.ts';
import { SharedBandwidth } from './shared-bandwidth.ts';

export interface ServerOptions {
  /** Photos. */
  readonly files: number;
  /** Bytes of each. */
  readonly bytes: number;
  /** Milliseconds before each answer. Default 0. */
  readonly latency?: number;
  /** Bytes a second, all answers together. Default without limit. */
  readonly bandwidth?: number;
  /** Shares of the requests that go wrong. Default none. */
  readonly faults?: FaultShares;
  /** Seconds that a 503 asks to wait. Default 1. */
  readonly retryAfter?: number;
  /** Decides pictures and faults. Default 1. */
  readonly seed?: number;
  /** Path of photo n, from 0; default `/img/00000.jpg`. `tutorial` is like `/photo-1516117172878-fd2c41f4a759`. */
  readonly names?: 'numbers' | 'tutorial';
  /** HTTP/2 over TLS with a certificate made by openssl. Default HTTP/1.1. */
  readonly h2?: boolean;
}

export interface ServerStats {
  readonly requests: number;
  readonly inFlight: number;
  readonly maxInFlight: number;
  /** By Host header. */
  readonly hosts: Readonly<Record<string, { inFlight: number; maxInFlight: number }>>;
  /** Requests by path. */
  readonly paths: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
}

/** A running server in a process of its own, so that it shares no event loop with what is measured. */
export interface BenchServer extends AsyncDisposable {
  readonly origin: string;
  /** Addresses of the photos. */
  readonly urls: readonly string[];
  /** SHA-256 of each photo, in the same order. */
  readonly sums: readonly string[];
  stats(): Promise<ServerStats>;
  reset(): Promise<void>;
}

export async function startServer(options: ServerOptions): Promise<BenchServer> {
  const args = [import.meta.filename, JSON.stringify(options), '--child'];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { origin, control } = JSON.parse(line) as { origin: string; control: string };
  const get = async (path: string) => (await fetch(control + path)).json();
  const sums = (await get('/sums')) as Record<string, string>;
  return {
    origin,
    urls: Object.keys(sums),
    sums: Object.values(sums),
    stats: async () => (await get('/stats')) as ServerStats,
    reset: async () => void (await get('/reset')),
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

interface Photo {
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** What a request gets when nothing goes wrong. */
interface Part {
  readonly status: 200 | 206 | 304;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

type Counter = { inFlight: number; maxInFlight: number };

async function serve(options: ServerOptions): Promise<void> {
  const { latency = 0, bandwidth, faults = {}, seed = 1, retryAfter = 1 } = options;
  const link = bandwidth === undefined ? undefined : new SharedBandwidth(bandwidth);
  const photos = new Map<string, Photo>();
  for (let i = 0; i < options.files; i++) {
    const bytes = photo(seed * 1e6 + i, options.bytes);
    photos.set(pathOf(i, options.names), { bytes, sha256: sha256(bytes) });
  }
  const fresh = () => ({
    requests: 0,
    all: { inFlight: 0, maxInFlight: 0 } as Counter,
    hosts: new Map<string, Counter>(),
    paths: new Map<string, number>(),
    faults: new Map<string, number>(),
  });
  let counters = fresh();

  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? '/';
    const asked = photos.get(path);
    if (asked === undefined) return respondToControl(path, response);
    const attempt = (counters.paths.get(path) ?? 0) + 1;
    counters.requests++;
    counters.paths.set(path, attempt);
    const host = request.headers.host ?? String(request.headers[':authority'] ?? '');
    count(counters, host, response);
    const decision = faultOf(seed, path, attempt, faults);
    if (decision !== undefined) {
      counters.faults.set(decision.fault, (counters.faults.get(decision.fault) ?? 0) + 1);
    }
    const send = () => {
      if (response.destroyed) return;
      const part = partOf(asked, request.headers);
      if (decision?.fault === 'busy') refuse(response, retryAfter, decision.variant);
      else if (decision === undefined) deliver(response, part, link);
      else misbehave(response, part, decision);
    };
    if (latency > 0) setTimeout(send, latency);
    else send();
  };

  const respondToControl = (path: string, response: ServerResponse) => {
    const json = (value: unknown) => response.end(JSON.stringify(value));
    if (path === '/list') response.end(`${[...photos.keys()].map((p) => origin + p).join('\n')}\n`);
    else if (path === '/sums') {
      json(Object.fromEntries([...photos].map(([p, one]) => [origin + p, one.sha256])));
    } else if (path === '/stats') {
      const { requests, all, hosts, paths, faults: seen } = counters;
      const maps = { hosts, paths, faults: seen };
      const plain = Object.entries(maps).map(([k, map]) => [k, Object.fromEntries(map)]);
      json({ requests, ...all, ...Object.fromEntries(plain) });
    } else if (path === '/reset') {
      counters = fresh();
      json({});
    } else response.writeHead(404).end('not here\n');
  };

  const plain = createServer({ keepAliveTimeout: 60_000 }, answer);
  // Names with a port are hosts of their own, so the port must not change between runs of a list.
  plain.listen(0, '127.0.0.1', 4096);
  await once(plain, 'listening');
  const control = `http://127.0.0.1:${(plain.address() as AddressInfo).port}`;
  let origin = control;
  if (options.h2) {
    const secure = createSecureServer({ ...certificate(), allowHTTP1: true }, answer as never);
    secure.listen(0, '127.0.0.1', 4096);
    await once(secure, 'listening');
    origin = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`;
  }
  console.log(JSON.stringify({ origin, control }));
}

function count(
  counters: { readonly all: Counter; readonly hosts: Map<string, Counter> },
  host: string,
  response: ServerResponse,
): void {
  const own = counters.hosts.get(host) ?? { inFlight: 0, maxInFlight: 0 };
  counters.hosts.set(host, own);
  for (const counter of [counters.all, own]) {
    counter.inFlight++;
    counter.maxInFlight = Math.max(counter.maxInFlight, counter.inFlight);
  }
  response.once('close', () => {
    counters.all.inFlight--;
    own.inFlight--;
  });
}

/** RFC 9110: the whole, what follows a byte that the client has (Range, If-Range), or nothing new. */
function partOf({ bytes, sha256 }: Photo, headers: IncomingMessage['headers']): Part {
  const etag = `"${sha256.slice(0, 16)}"`;
  const common = { 'content-type': 'image/jpeg', etag, 'accept-ranges': 'bytes' };
  if (headers['if-none-match'] === etag) return { status: 304, headers: common, bytes: NOTHING };
  const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1]);
  const same = headers['if-range'] === undefined || headers['if-range'] === etag;
  if (!same || !(from < bytes.length)) return { status: 200, headers: common, bytes };
  const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
  const partial = { ...common, 'content-range': range };
  return { status: 206, headers: partial, bytes: bytes.subarray(from) };
}

const NOTHING = new Uint8Array(0);

function deliver(response: ServerResponse, part: Part, link?: SharedBandwidth): void {
  const { status, headers, bytes } = part;
  const length = status === 304 ? {} : { 'content-length': bytes.length };
  response.writeHead(status, { ...headers, ...length });
  if (link === undefined || bytes.length === 0) response.end(bytes);
  else link.send(response, bytes, () => response.end());
}

function refuse(response: ServerResponse, seconds: number, variant: number): void {
  // Dates have whole seconds; rounded up, so that the wait is never shorter than asked for.
  const date = new Date(Math.ceil(Date.now() / 1000 + seconds) * 1000).toUTCString();
  response.writeHead(503, { 'retry-after': variant < 0.5 ? String(seconds) : date });
  response.end('busy\n');
}

function misbehave(response: ServerResponse, part: Part, { fault, variant }: Decision): void {
  const { status, headers, bytes } = part;
  const some = bytes.subarray(0, Math.floor(bytes.length * (0.1 + 0.8 * variant)));
  if (fault === 'cut') {
    // Without a length nothing but the picture itself tells that it is not whole.
    response.writeHead(status, headers).end(some);
  } else if (fault === 'reset' && variant < 0.5) {
    hangUp(response);
  } else {
    response.writeHead(status, { ...headers, 'content-length': bytes.length });
    response.write(some, () => {
      if (fault === 'reset') hangUp(response);
    });
  }
}

function hangUp(response: ServerResponse): void {
  const { stream } = response as unknown as { stream?: { close(code: number): void } };
  if (stream !== undefined) stream.close(2);
  else response.socket?.resetAndDestroy();
}

function pathOf(i: number, names: ServerOptions['names'] = 'numbers'): string {
  if (names === 'numbers') return `/img/${String(i).padStart(5, '0')}.jpg`;
  const digits = createHash('sha256').update(`photo ${i}`).digest('hex');
  return `/photo-${1_500_000_000_000 + Number.parseInt(digits.slice(0, 9), 16)}-${digits.slice(9, 21)}`;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function certificate(): { key: Buffer; cert: Buffer } {
  const dir = mkdtempSync(join(tmpdir(), 'bench-tls-'));
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync('openssl', ['req', ...kind, ...subject, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  });
  const pair = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(dir, { recursive: true });
  return pair;
}

// Its standard input closes with the program that started it, however that ends.
if (process.argv[3] === '--child') process.stdin.resume().once('end', () => process.exit());
if (import.meta.main) await serve(JSON.parse(process.argv[2] ?? '{}') as ServerOptions);
