/** What all requests of a pool share: connections, names, cookies, limits and the record of each host. */
import type { Dispatcher } from 'undici';
import { ByteBudget } from '../concurrency/byte-budget.ts';
import type { Clock } from '../concurrency/clock.ts';
import { KeyedLimiter, type Permit } from '../concurrency/keyed-limiter.ts';
import { TrawlError } from '../errors.ts';
import type { AddressSpace } from '../model.ts';
import { checkAuthorities } from './authorities.ts';
import { Bandwidth } from './bandwidth.ts';
import { ALL_COPIES_BYTES } from './body-copy.ts';
import { classify } from './classify.ts';
import { Connections } from './connections.ts';
import { Dispatchers } from './dispatchers.ts';
import { DnsCache, type Lookup } from './dns-cache.ts';
import type { FetchEvent, OnFetchEvent } from './events.ts';
import { proxiedSpace, targetSpace } from './guard.ts';
import { type HostState, Hosts } from './hosts.ts';
import type { FetchSettings } from './options.ts';
import { PartialStore } from './partial.ts';
import type { PoolStats } from './pool.ts';
import { proxyFor } from './proxy-env.ts';
import { readConfigured, Session } from './session.ts';

export interface TransportDeps {
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly lookup?: Lookup | undefined;
  readonly onEvent?: OnFetchEvent | undefined;
}

/** Where a request goes: checked by the address guard. */
export interface Route {
  readonly dispatcher: Dispatcher;
  readonly space: AddressSpace;
}

/** So that watching costs nothing beside receiving. */
const BYTES_EVERY_MS = 100;

const PROXY_VARIABLES = ['http_proxy', 'https_proxy', 'all_proxy'];

export class Transport {
  readonly settings: FetchSettings;
  readonly clock: Clock;
  readonly bandwidth: Bandwidth | undefined;
  readonly copies = new ByteBudget(ALL_COPIES_BYTES);
  /** Only when somebody watches. */
  readonly connections: Connections | undefined;
  readonly #deps: TransportDeps;
  readonly #dns: DnsCache;
  readonly #limiter: KeyedLimiter;
  readonly hosts: Hosts;
  readonly #mayProxy: boolean;
  #dispatchers: Promise<Dispatchers> | undefined;
  #session: Promise<Session> | undefined;
  #partials: Promise<PartialStore> | undefined;
  #requests = 0;
  #bytes = 0;
  #toldBytes = Number.NEGATIVE_INFINITY;

  constructor(settings: FetchSettings, deps: TransportDeps) {
    this.settings = settings;
    this.clock = deps.clock;
    this.#deps = deps;
    const { bandwidth, proxy } = settings;
    this.bandwidth = bandwidth === undefined ? undefined : new Bandwidth(bandwidth);
    this.connections = deps.onEvent ? new Connections() : undefined;
    this.#mayProxy =
      proxy !== undefined ||
      PROXY_VARIABLES.some((name) => deps.env[name] || deps.env[name.toUpperCase()]);
    this.#dns = new DnsCache({
      clock: deps.clock,
      lookup: deps.lookup,
      timeoutMs: settings.timeout * 1000,
      onLookup: (host, ms) => this.emit?.({ type: 'dns', at: this.clock.now(), host, ms }),
    });
    this.#limiter = new KeyedLimiter({
      total: settings.total,
      perKey: settings.perHost,
      clock: deps.clock,
    });
    this.hosts = new Hosts(settings, this.#limiter, deps.clock, this.emit);
  }

  get emit(): OnFetchEvent | undefined {
    return this.#deps.onEvent;
  }

  get stats(): PoolStats {
    return { requests: this.#requests, bytes: this.#bytes, hosts: this.hosts.stats };
  }

  session(): Promise<Session> {
    this.#session ??= Session.open(this.settings);
    return this.#session;
  }

  /** Undefined when there is no folder for them. Rejects with `output-not-writable`, `disk-full`. */
  async partials(): Promise<PartialStore | undefined> {
    const { partialDir } = this.settings;
    if (partialDir === undefined) return undefined;
    this.#partials ??= PartialStore.open(partialDir);
    try {
      return await this.#partials;
    } catch (error) {
      throw classify(error, partialDir);
    }
  }

  /** Throws `blocked-address`, or the resolver's error. */
  async route(url: URL, from: AddressSpace | undefined): Promise<Route> {
    const guarded = this.settings.allowPrivate ? undefined : from;
    const proxy = this.#proxyFor(url);
    const dispatchers = await this.#connections();
    if (proxy !== undefined) {
      const space = proxiedSpace(url, guarded);
      return { space, dispatcher: await dispatchers.proxied(proxy) };
    }
    const space = await targetSpace(url, guarded, this.#dns);
    return { space, dispatcher: await dispatchers.direct(space) };
  }

  /** The right to have one request on the wire. */
  async permit(host: HostState, signal: AbortSignal): Promise<Permit> {
    const started = this.clock.now();
    const permit = await this.#limiter.acquire(host.key, signal);
    host.stats.waitedMs += this.clock.now() - started;
    host.stats.requests++;
    this.#requests++;
    return permit;
  }

  /** Counts body bytes. Throws `run-limit` when the run has had its share. */
  received(host: HostState, bytes: number): void {
    this.#bytes += bytes;
    host.stats.bytes += bytes;
    this.#tellBytes();
    const { maxTotalBytes } = this.settings;
    if (maxTotalBytes !== undefined && this.#bytes > maxTotalBytes) {
      throw new TrawlError(
        'run-limit',
        `More than ${maxTotalBytes} bytes came (--max-total-bytes)`,
      );
    }
  }

  #tellBytes(): void {
    if (!this.emit) return;
    const at = this.clock.now();
    if (at - this.#toldBytes < BYTES_EVERY_MS) return;
    this.#toldBytes = at;
    this.emit({ type: 'bytes', at, bytes: this.#bytes });
  }

  /** A try failed and another follows: a wait that the server asked for holds for its whole host. */
  failed(
    { id, host }: { readonly id: number; readonly host: HostState },
    attempt: number,
    error: TrawlError,
    waitMs: number,
  ): void {
    host.stats.retries++;
    host.stats.backoffMs += waitMs;
    const at = this.clock.now();
    this.emit?.({ type: 'retry-wait', at, id, host: host.key, attempt, waitMs, error: error.code });
    if (error.retryAfterMs) this.pause(host, error.retryAfterMs);
  }

  pause(host: HostState, ms: number): void {
    const at = this.clock.now();
    this.#limiter.pauseKey(host.key, at + ms);
    this.emit?.({ type: 'host-paused', at, host: host.key, ms });
  }

  /** The host asked for a longer wait than the user gives it: until then it is not asked again. */
  refuse(host: HostState, error: TrawlError): void {
    const until = this.clock.now() + (error.retryAfterMs ?? 0);
    if (!host.refused || host.refused.until < until) host.refused = { until, error };
  }

  async warm(origin: string, space: AddressSpace | undefined, connections: number): Promise<void> {
    const url = new URL(origin);
    if (this.#proxyFor(url) !== undefined) return;
    const guarded = this.settings.allowPrivate ? undefined : space;
    const target = await targetSpace(url, guarded, this.#dns);
    const count = Math.min(connections, this.settings.perHost, this.settings.total);
    await (await this.#connections()).warm(url, target, count);
  }

  async close(): Promise<void> {
    this.#dns.close();
    await (await this.#dispatchers?.catch(() => undefined))?.close();
    this.connections?.[Symbol.dispose]();
  }

  #numberOf(socket: object): number {
    return this.connections?.numberOf(socket) ?? 0;
  }

  #proxyFor(url: URL): string | undefined {
    if (!this.#mayProxy) return undefined;
    const { proxy } = this.settings;
    return proxyFor(url.href, { env: this.#deps.env, ...(proxy === undefined ? {} : { proxy }) });
  }

  #connections(): Promise<Dispatchers> {
    this.#dispatchers ??= this.#connect();
    return this.#dispatchers;
  }

  async #connect(): Promise<Dispatchers> {
    const { settings, clock } = this;
    const ca = settings.ca === undefined ? undefined : await readConfigured('CA', settings.ca);
    if (ca !== undefined) checkAuthorities(ca, settings.ca as string);
    const tell = (event: FetchEvent) => this.emit?.(event);
    return new Dispatchers({
      settings,
      clock,
      ca,
      dns: this.#dns,
      watch: {
        connected: (host, ms, socket) => {
          this.hosts.get(host).stats.connections++;
          const connection = this.#numberOf(socket);
          tell({ type: 'connect', at: clock.now(), host, ms, connection });
        },
        secured: (host, ms, socket, protocol) => {
          const connection = this.#numberOf(socket);
          tell({ type: 'tls', at: clock.now(), host, ms, protocol, connection });
        },
        closed: (host, socket) => {
          const connection = this.#numberOf(socket);
          tell({ type: 'disconnect', at: clock.now(), host, connection });
        },
      },
    });
  }
}
