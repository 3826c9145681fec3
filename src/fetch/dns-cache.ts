import dns from 'node:dns/promises';
import type { Clock } from '../concurrency/clock.ts';
import type { AddressSpace } from '../model.ts';
import { spaceOf } from './address.ts';

export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
  readonly space: AddressSpace;
}

export interface LookupAnswer {
  readonly addresses: readonly { readonly address: string; readonly family: number }[];
  /** How long the answer holds, ms; may come later than the answer. */
  readonly ttlMs?: Promise<number | undefined>;
  /** Gives up what still runs for `ttlMs`, which would keep the program alive. */
  readonly cancel?: () => void;
}

/** Finds the addresses of a name. Throws the resolver's error. */
export type Lookup = (hostname: string) => Promise<LookupAnswer>;

export interface DnsCacheOptions {
  readonly clock: Clock;
  readonly lookup?: Lookup | undefined;
  /** How long an answer without TTL holds, ms. Default 30 s. */
  readonly ttlMs?: number;
  /** A resolver that takes longer has failed, ms. Default 30 s. */
  readonly timeoutMs?: number;
  readonly onLookup?: ((hostname: string, ms: number) => void) | undefined;
}

/** An answer that says less is kept so long all the same, so that a burst asks once. */
const LEAST_TTL_MS = 5_000;
const MOST_TTL_MS = 600_000;
const FAILURE_TTL_MS = 2_000;
const MOST_NAMES = 10_000;

interface Entry {
  readonly answer: Promise<readonly Address[]>;
  expires: number;
}

/** Remembers which addresses a name has; a burst of requests to one host asks once. */
export class DnsCache {
  readonly #clock: Clock;
  readonly #lookup: Lookup;
  readonly #ttlMs: number;
  readonly #timeoutMs: number;
  readonly #onLookup: DnsCacheOptions['onLookup'];
  readonly #entries = new Map<string, Entry>();
  readonly #cancels = new Set<() => void>();

  constructor(options: DnsCacheOptions) {
    this.#clock = options.clock;
    this.#lookup = options.lookup ?? systemLookup;
    this.#ttlMs = options.ttlMs ?? 30_000;
    this.#timeoutMs = options.timeoutMs ?? 30_000;
    this.#onLookup = options.onLookup;
  }

  /** Rejects with the resolver's error. */
  resolve(hostname: string): Promise<readonly Address[]> {
    const known = this.#entries.get(hostname);
    if (known && known.expires > this.#clock.now()) return known.answer;
    const entry: Entry = { answer: this.#ask(hostname, () => entry), expires: Infinity };
    entry.answer.catch(() => {
      entry.expires = this.#clock.now() + FAILURE_TTL_MS;
    });
    this.#entries.delete(hostname);
    this.#entries.set(hostname, entry);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > MOST_NAMES && oldest !== undefined) this.#entries.delete(oldest);
    return entry.answer;
  }

  close(): void {
    for (const cancel of this.#cancels) cancel();
  }

  async #inTime(hostname: string): Promise<LookupAnswer> {
    const late = new AbortController();
    const timeout = this.#clock.sleep(this.#timeoutMs, late.signal).then(() => {
      throw Object.assign(new Error(`${hostname} was not resolved in time`), { code: 'ETIMEOUT' });
    });
    try {
      return await Promise.race([this.#lookup(hostname), timeout]);
    } finally {
      timeout.catch(() => {});
      late.abort();
    }
  }

  async #ask(hostname: string, entry: () => Entry): Promise<readonly Address[]> {
    const started = this.#clock.now();
    const { addresses, ttlMs, cancel } = await this.#inTime(hostname);
    const answered = this.#clock.now();
    this.#onLookup?.(hostname, answered - started);
    entry().expires = answered + this.#ttlMs;
    if (cancel) this.#cancels.add(cancel);
    ttlMs
      ?.then((ttl) => {
        if (ttl === undefined) return;
        entry().expires = answered + Math.min(Math.max(ttl, LEAST_TTL_MS), MOST_TTL_MS);
      })
      .catch(() => {})
      .finally(() => cancel && this.#cancels.delete(cancel));
    if (addresses.length === 0) {
      throw Object.assign(new Error(`${hostname} has no address`), { code: 'ENODATA' });
    }
    return addresses.map(({ address, family }) => ({
      address,
      family: family === 6 ? 6 : 4,
      // A resolver that answers something else than addresses gets the most distrust.
      space: spaceOf(address) ?? 'local',
    }));
  }
}

/**
 * getaddrinfo, which knows the hosts file, search domains and mDNS, gives the addresses; it tells no
 * TTL, so the name server is asked for that beside it, and only for names on the internet.
 */
const systemLookup: Lookup = async (hostname) => {
  const addresses = await dns.lookup(hostname, { all: true });
  const isPublic = addresses.some(({ address }) => spaceOf(address) === 'public');
  if (!isPublic) return { addresses };
  const resolver = new dns.Resolver({ timeout: 2000, tries: 1 });
  return { addresses, ttlMs: askTtl(resolver, hostname), cancel: () => resolver.cancel() };
};

async function askTtl(resolver: dns.Resolver, hostname: string): Promise<number | undefined> {
  const records = await resolver.resolve4(hostname, { ttl: true });
  const ttls = records.map(({ ttl }) => ttl).filter((ttl) => Number.isFinite(ttl));
  return ttls.length > 0 ? Math.min(...ttls) * 1000 : undefined;
}
