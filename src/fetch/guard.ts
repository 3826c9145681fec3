/**
 * The address guard. Connections are kept apart by the space of the address they lead to: there is
 * one set of connections for each `AddressSpace`, and its connector refuses every address of another
 * space at the moment of connecting. So a kept-alive connection into a private network is never found
 * by a request that may not go there, and a name that changes its address in between (DNS rebinding)
 * leads nowhere new.
 */
import type { LookupFunction } from 'node:net';
import type { buildConnector as Connector } from 'undici';
import buildConnector from 'undici/lib/core/connect.js';
import type { Clock } from '../concurrency/clock.ts';
import { TrawlError } from '../errors.ts';
import type { AddressSpace } from '../model.ts';
import { mayReach, spaceOf } from './address.ts';
import type { DnsCache } from './dns-cache.ts';
import { redactUrl } from './redact.ts';

/** Host name of a URL as resolvers want it: without the brackets of IPv6. */
export function bareHost(url: URL): string {
  const { hostname } = url;
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

/**
 * The space that a request to `url` goes to: that of the first address that a document in space `from`
 * may name. Throws `blocked-address` when there is none, or the resolver's error.
 */
export async function targetSpace(
  url: URL,
  from: AddressSpace | undefined,
  dns: DnsCache,
): Promise<AddressSpace> {
  const host = bareHost(url);
  const literal = spaceOf(host);
  if (literal !== undefined) {
    if (mayReach(from, literal)) return literal;
    throw blocked(url, from, literal);
  }
  const addresses = await dns.resolve(host);
  const allowed = addresses.find(({ space }) => mayReach(from, space));
  if (allowed) return allowed.space;
  throw blocked(url, from, addresses[0]?.space ?? 'local');
}

/** The space through a proxy, which resolves names itself: only what the URL says can be checked. */
export function proxiedSpace(url: URL, from: AddressSpace | undefined): AddressSpace {
  const host = bareHost(url);
  const space = spaceOf(host) ?? (/(^|\.)localhost\.?$/i.test(host) ? 'local' : 'public');
  if (mayReach(from, space)) return space;
  throw blocked(url, from, space);
}

function blocked(url: URL, from: AddressSpace | undefined, to: AddressSpace): TrawlError {
  const where = to === 'local' ? 'on this machine' : 'in a private network';
  return new TrawlError(
    'blocked-address',
    `${redactUrl(url.href)} lies ${where}, which a ${from} document may not name; --allow-private lifts this`,
  );
}

/** A name had addresses in the wanted space when asked first, and has none now. A further try finds out where it points. */
function moved(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname} changed its address`), { code: 'ENODATA' });
}

/** For `net.connect`: the addresses of a name that lie in `space`, and no others. */
export function spaceLookup(space: AddressSpace, dns: DnsCache): LookupFunction {
  return (hostname, options, callback) => {
    dns.resolve(hostname).then(
      (addresses) => {
        const family = options.family === 4 || options.family === 6 ? options.family : undefined;
        const usable = addresses.filter(
          (one) => one.space === space && (family === undefined || one.family === family),
        );
        const [first] = usable;
        if (!first) callback(moved(hostname), '', 4);
        else if (options.all)
          callback(
            null,
            usable.map(({ address, family }) => ({ address, family })),
          );
        else callback(null, first.address, first.family);
      },
      (error) => callback(error, '', 4),
    );
  };
}

/** Who is told of connections. `host` is name and port, as in a URL; the socket is undici's own. */
export interface ConnectionWatch {
  connected(host: string, ms: number, socket: object): void;
  secured(host: string, ms: number, socket: object, protocol: 'h2' | 'http/1.1'): void;
  closed(host: string, socket: object): void;
}

export interface ConnectorOptions {
  readonly space: AddressSpace;
  readonly dns: DnsCache;
  readonly clock: Clock;
  /** For TLS, e.g. `ca`, `rejectUnauthorized`. */
  readonly tls: Connector.BuildOptions;
  /** ms, TLS handshake included. */
  readonly timeoutMs: number;
  readonly http2: boolean;
  readonly watch?: ConnectionWatch | undefined;
}

type Connect = Connector.connector;
type Callback = buildConnector.Callback;

/** Opens connections into one space, for undici's `connect` option. */
export function guardedConnect(options: ConnectorOptions): Connect {
  const { space, dns, clock, watch } = options;
  const connect = buildConnector({
    ...options.tls,
    timeout: options.timeoutMs,
    allowH2: options.http2,
    // The server chooses by its own order or by ours; with ours it is HTTP/2.
    preferH2: true,
    autoSelectFamily: true,
    lookup: spaceLookup(space, dns),
  } as Connector.BuildOptions);
  return (target, callback) => {
    const host = target.host ?? target.hostname;
    const started = clock.now();
    let connected = started;
    const socket = connect(target, ((error: Error | null, opened: never) => {
      if (error) return callback(error, null);
      const { remoteAddress, alpnProtocol } = opened as {
        remoteAddress?: string;
        alpnProtocol?: string | false;
      };
      // Literal addresses pass no look-up, so the address in use has the last word.
      if (remoteAddress !== undefined && spaceOf(remoteAddress) !== space) {
        (opened as { destroy(): void }).destroy();
        return callback(wrongAddress(target.hostname), null);
      }
      if (target.protocol === 'https:') {
        const protocol = alpnProtocol === 'h2' ? 'h2' : 'http/1.1';
        watch?.secured(host, clock.now() - connected, opened, protocol);
      } else {
        watch?.connected(host, clock.now() - started, opened);
        if (watch) socket.once('close', () => watch.closed(host, socket));
      }
      callback(null, opened);
    }) as Callback) as unknown as { once(event: string, listener: () => void): void };
    if (target.protocol === 'https:') {
      socket.once('connect', () => {
        connected = clock.now();
        watch?.connected(host, connected - started, socket);
        if (watch) socket.once('close', () => watch.closed(host, socket));
      });
    }
    return socket as never;
  };
}

function wrongAddress(hostname: string): TrawlError {
  return new TrawlError(
    'blocked-address',
    `${hostname} led to an address in another network than it was checked for`,
  );
}
