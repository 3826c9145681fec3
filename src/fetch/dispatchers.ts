/** undici's connection pools: one for each address space, one for each proxy. */
import type { buildConnector, ProxyAgent } from 'undici';
import Agent from 'undici/lib/dispatcher/agent.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import Pool from 'undici/lib/dispatcher/pool.js';
import type { Clock } from '../concurrency/clock.ts';
import type { AddressSpace } from '../model.ts';
import type { DnsCache } from './dns-cache.ts';
import { type ConnectionWatch, guardedConnect } from './guard.ts';
import type { FetchSettings } from './options.ts';
import { SpareSockets } from './spare-sockets.ts';

export interface DispatchersOptions {
  readonly settings: FetchSettings;
  readonly dns: DnsCache;
  readonly clock: Clock;
  /** Text of authorities to trust besides the built-in ones, PEM. */
  readonly ca?: string | undefined;
  readonly watch?: ConnectionWatch | undefined;
}

/**
 * HTTP/2 windows, bytes. undici's 256 and 512 KiB bound one connection to 6 MB/s at 80 ms; these
 * bound it to 100 MB/s and more.
 */
const STREAM_WINDOW = 2 * 1024 * 1024;
const CONNECTION_WINDOW = 16 * 1024 * 1024;

let loadedProxyAgent: Promise<typeof ProxyAgent> | undefined;

function proxyAgent(): Promise<typeof ProxyAgent> {
  loadedProxyAgent ??= loadProxyAgent();
  return loadedProxyAgent;
}

/** Its tunnels need a method that undici's own entry adds to all clients, beside much that we do without. */
async function loadProxyAgent(): Promise<typeof ProxyAgent> {
  const { default: methods } = await import('undici/lib/api/index.js');
  Object.assign(Dispatcher.prototype, methods);
  return (await import('undici/lib/dispatcher/proxy-agent.js')).default;
}

export class Dispatchers {
  readonly #options: DispatchersOptions;
  readonly #direct = new Map<AddressSpace, { agent: Agent; spares: SpareSockets }>();
  readonly #proxies = new Map<string, ProxyAgent>();
  #tls: Promise<buildConnector.BuildOptions> | undefined;

  constructor(options: DispatchersOptions) {
    this.#options = options;
  }

  /** Connections into one space, and never into another. */
  async direct(space: AddressSpace): Promise<Dispatcher> {
    return (await this.#space(space)).agent;
  }

  async proxied(proxy: string): Promise<Dispatcher> {
    const tls = await this.#tlsOptions();
    const Proxied = await proxyAgent();
    const known = this.#proxies.get(proxy);
    if (known) return known;
    const agent = new Proxied({
      ...this.#clientOptions(),
      uri: proxy,
      requestTls: tls as buildConnector.BuildOptions,
      proxyTls: tls as buildConnector.BuildOptions,
      connectTimeout: this.#timeoutMs,
      // The request for a tunnel waits by undici's default for five minutes.
      clientFactory: (origin, options) =>
        new Pool(origin, { ...options, ...this.#clientOptions() }),
    });
    this.#proxies.set(proxy, agent);
    return agent;
  }

  /** Opens connections that a later request will find open. */
  async warm(url: URL, space: AddressSpace, count: number): Promise<void> {
    (await this.#space(space)).spares.warm(url, count);
  }

  /** Breaks every connection. */
  async close(): Promise<void> {
    const agents = [...this.#direct.values()];
    for (const { spares } of agents) spares.close();
    await Promise.all([
      ...agents.map(({ agent }) => agent.destroy()),
      ...[...this.#proxies.values()].map((agent) => agent.destroy()),
    ]);
  }

  async #space(space: AddressSpace): Promise<{ agent: Agent; spares: SpareSockets }> {
    const tls = await this.#tlsOptions();
    const known = this.#direct.get(space);
    if (known) return known;
    const { settings, dns, clock, watch } = this.#options;
    const spares = new SpareSockets(
      guardedConnect({
        space,
        dns,
        clock,
        tls,
        timeoutMs: this.#timeoutMs,
        http2: settings.http2,
        watch,
      }),
    );
    const agent = new Agent({ ...this.#clientOptions(), connect: spares.connect });
    const entry = { agent, spares };
    this.#direct.set(space, entry);
    return entry;
  }

  get #timeoutMs(): number {
    return Math.ceil(this.#options.settings.timeout * 1000);
  }

  #clientOptions() {
    const { settings } = this.#options;
    return {
      allowH2: settings.http2,
      maxHeaderSize: settings.maxHeaderBytes,
      headersTimeout: this.#timeoutMs,
      bodyTimeout: this.#timeoutMs,
      initialWindowSize: STREAM_WINDOW,
      connectionWindowSize: CONNECTION_WINDOW,
      // The limiter says how many requests there are; one connection carries one at a time (HTTP/1.1).
      pipelining: 1,
    };
  }

  /** One security context for all connections: reading the authorities anew costs 10 ms each time. */
  #tlsOptions(): Promise<buildConnector.BuildOptions> {
    this.#tls ??= this.#makeTls();
    return this.#tls;
  }

  async #makeTls(): Promise<buildConnector.BuildOptions> {
    const { ca, settings } = this.#options;
    const check = settings.insecure ? { rejectUnauthorized: false } : {};
    if (ca === undefined) return check as buildConnector.BuildOptions;
    const tls = await import('node:tls');
    const trusted = [...builtIn(tls), ca];
    const secureContext = tls.createSecureContext({ ca: trusted });
    // Deno reads `ca` and not `secureContext`.
    return { ...check, ca: trusted, secureContext } as unknown as buildConnector.BuildOptions;
  }
}

/** Node takes `ca` in place of the built-in authorities, Deno besides them, and asks a permission for these. */
function builtIn(tls: typeof import('node:tls')): readonly string[] {
  try {
    return [...tls.rootCertificates];
  } catch {
    return [];
  }
}
