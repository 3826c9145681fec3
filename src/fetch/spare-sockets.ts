import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';

/** A spare connection that nobody wanted for so long is closed. */
const KEEP_MS = 10_000;

/**
 * Opens connections before there is a request for them, so that their handshakes run while the page is
 * still being read. undici asks for a connection when it needs one; here it gets one that is open.
 */
export class SpareSockets {
  readonly #connect: buildConnector.connector;
  readonly #spares = new Map<string, Promise<Socket | undefined>[]>();
  #closed = false;

  constructor(connect: buildConnector.connector) {
    this.#connect = connect;
  }

  /** Starts so many connections to an origin. Failures show when a request meets them itself. */
  warm(url: URL, count: number): void {
    const target = {
      host: url.host,
      hostname: url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname,
      protocol: url.protocol,
      port: url.port,
    };
    const key = keyOf(target);
    const spares = this.#spares.get(key) ?? [];
    this.#spares.set(key, spares);
    for (let n = spares.length; n < count; n++) spares.push(this.#open(key, target));
  }

  /** For undici's `connect` option. */
  readonly connect: buildConnector.connector = (target, callback) => {
    const spare = this.#spares.get(keyOf(target))?.shift();
    if (!spare) return this.#connect(target, callback);
    spare.then((socket) => {
      if (!socket || socket.destroyed || !socket.readable) return this.#connect(target, callback);
      callback(null, socket);
    });
  };

  close(): void {
    this.#closed = true;
    for (const spares of this.#spares.values()) {
      for (const spare of spares) spare.then((socket) => socket?.destroy());
    }
    this.#spares.clear();
  }

  #open(key: string, target: buildConnector.Options): Promise<Socket | undefined> {
    const opening = new Promise<Socket | undefined>((resolve) => {
      this.#connect(target, (error, socket) => {
        if (error || !socket) return resolve(undefined);
        if (this.#closed) socket.destroy();
        const drop = () => {
          const spares = this.#spares.get(key);
          const at = spares?.indexOf(opening) ?? -1;
          if (at < 0) return;
          spares?.splice(at, 1);
          socket.destroy();
        };
        // The timer of an unwanted connection must not keep the program alive.
        setTimeout(drop, KEEP_MS).unref?.();
        socket.once('close', drop);
        resolve(socket);
      });
    });
    return opening;
  }
}

function keyOf(target: { protocol: string; hostname: string; port: string }): string {
  return `${target.protocol}//${target.hostname}:${target.port}`;
}
