/**
 * Tells a health check how a run goes: a GET of `URL/start` when it begins, of `URL` when all was well,
 * of `URL/fail` when not. That is how healthchecks.io and its kind want it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { toTrawlError } from '../errors.ts';
import { FetchPool } from '../fetch/mod.ts';

export type PingKind = 'start' | 'success' | 'fail';

export interface PingOptions {
  /** Takes the place of the environment's proxies. */
  readonly proxy?: string | undefined;
  /** PEM file of further authorities. */
  readonly ca?: string | undefined;
  /** Do not check certificates. Default false. */
  readonly insecure?: boolean;
  /** Called when a ping did not get through: that ends no run. */
  readonly onFailure?: (message: string) => void;
}

export class Pinger {
  readonly #url: string;
  readonly #options: PingOptions;
  /** One after the other: a check must not hear of the end before the start. */
  #last: Promise<void> = Promise.resolve();

  constructor(url: string, options: PingOptions = {}) {
    this.#url = url;
    this.#options = options;
  }

  /**
   * Never rejects. Resolves when the check was told, or could not be.
   * @param limit for all tries together, in seconds
   * @param until aborted when nobody wants to wait for it any more
   */
  send(kind: PingKind, limit = 15, until?: AbortSignal): Promise<void> {
    const timeout = AbortSignal.timeout(limit * 1000);
    const signal = until ? AbortSignal.any([timeout, until]) : timeout;
    this.#last = this.#last.then(() => this.#send(kind, signal));
    return this.#last;
  }

  async #send(kind: PingKind, signal: AbortSignal): Promise<void> {
    const { onFailure, proxy, ca, insecure = false } = this.#options;
    const limits = { retries: 0, timeout: 5, maxWait: 5, maxPageBytes: 1e6 };
    // None of the run's headers and cookies: the check is another host.
    await using pool = new FetchPool({ ...limits, proxy, ca, insecure, robots: false }, { signal });
    const url = pingUrl(this.#url, kind);
    for (let tries = 1; ; tries++) {
      try {
        await pool.submit({ url, purpose: 'manifest', named: true });
        return;
      } catch (thrown) {
        const error = toTrawlError(thrown);
        // It was told, and had nothing to say to that.
        if (error.code === 'empty-body') return;
        if (error.kind === 'retry' && tries < TRIES && !signal.aborted) {
          await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
          continue;
        }
        // The path of the address is the key to the check.
        const { host } = new URL(this.#url);
        const code = signal.aborted ? 'timeout' : error.code;
        onFailure?.(`the health check at ${host} was not told of the ${kind} [${code}]`);
        return;
      }
    }
  }
}

/** A connection may be refused or break once or twice. */
const TRIES = 3;
const RETRY_MS = 500;

/** `https://hc.example/KEY?x=y` → `https://hc.example/KEY/fail?x=y`. */
export function pingUrl(base: string, kind: PingKind): string {
  if (kind === 'success') return base;
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${kind}`;
  return url.href;
}
