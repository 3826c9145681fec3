/** An HTTP/1.1 server on bare sockets, so that it can misbehave in every way a wire allows. */
import { createServer, type Socket } from 'node:net';

export interface Exchange {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How often this path was asked for, this time included. */
  readonly nth: number;
  /** Number of the connection, from 1. */
  readonly connection: number;
  /** Writes as it is. */
  send(data: string | Uint8Array): void;
  /** A whole response with Content-Length. */
  reply(status: number, headers?: Record<string, string>, body?: string | Uint8Array): void;
  /** Closes the connection as if all was well, after these last bytes. */
  close(last?: string): void;
  /** Breaks the connection (RST). */
  reset(): void;
  /** Sends this and nothing more, until the client has gone (or 5 s have passed). */
  stall(first?: string): Promise<void>;
  /** Resolves after `ms`, or at once when the client has gone. */
  wait(ms: number): Promise<void>;
  /** The client has gone. */
  readonly gone: boolean;
}

export type Handler = (exchange: Exchange) => void | Promise<void>;

export interface FaultyServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly origin: string;
  readonly port: number;
  /** Every request in the order it came. */
  readonly requests: readonly Exchange[];
  /** How often a path was asked for. */
  count(path: string): number;
  /** Most requests that were being answered at one time. */
  readonly mostInFlight: number;
  readonly connections: number;
  /** Connections that are open now. */
  readonly open: number;
}

/** Answers every request with `handler` until disposed. */
export async function faultyServer(handler: Handler, host = '127.0.0.1'): Promise<FaultyServer> {
  const sockets = new Set<Socket>();
  const requests: Exchange[] = [];
  const counts = new Map<string, number>();
  let connections = 0;
  let inFlight = 0;
  let mostInFlight = 0;

  const server = createServer((socket) => {
    const connection = ++connections;
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    let text = '';
    socket.on('data', async (data) => {
      text += data.toString('latin1');
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        const head = text.slice(0, end);
        text = text.slice(end + 4);
        const path = head.split(' ', 2)[1] ?? '';
        const nth = (counts.get(path) ?? 0) + 1;
        counts.set(path, nth);
        const exchange = exchangeOn(socket, head, path, nth, connection);
        requests.push(exchange);
        inFlight++;
        mostInFlight = Math.max(mostInFlight, inFlight);
        try {
          await handler(exchange);
        } finally {
          inFlight--;
        }
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as { port: number };
  return {
    origin: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    requests,
    count: (path) => counts.get(path) ?? 0,
    get mostInFlight() {
      return mostInFlight;
    },
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function exchangeOn(
  socket: Socket,
  head: string,
  path: string,
  nth: number,
  connection: number,
): Exchange {
  const headers: Record<string, string> = {};
  for (const line of head.split('\r\n').slice(1)) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return {
    path,
    headers,
    nth,
    connection,
    get gone() {
      return socket.destroyed;
    },
    send(data) {
      if (!socket.destroyed) socket.write(data);
    },
    reply(status, extra = {}, body = '') {
      const bytes = Buffer.from(body);
      const lines = Object.entries({ 'Content-Length': String(bytes.length), ...extra });
      const text = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
      if (!socket.destroyed) {
        socket.write(Buffer.concat([Buffer.from(`HTTP/1.1 ${status} X\r\n${text}\r\n`), bytes]));
      }
    },
    close(last = '') {
      socket.end(last);
    },
    stall(first = '') {
      this.send(first);
      return this.wait(5000);
    },
    reset() {
      socket.resetAndDestroy();
    },
    wait(ms) {
      return new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          socket.off('close', done);
          resolve();
        };
        const timer = setTimeout(done, ms);
        socket.on('close', done);
      });
    },
  };
}

/** Head of a 200 with these headers; the body is up to the test. */
export function head(headers: Record<string, string> = {}, status = 200): string {
  const text = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} X\r\n${text.join('')}\r\n`;
}

/** Bytes that differ from place to place, the same for the same seed. */
export function bytesOf(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    bytes[i] = state >>> 16;
  }
  return bytes;
}
