/**
 * Tells a health check how a run goes: a GET of `URL/start` when it begins, of `URL` when all was well,
 * of `URL/fail` when not. That is how healthchecks.io and its kind want it.
 */
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
   */
  send(kind: PingKind, limit = 15): Promise<void> {
    const signal = AbortSignal.timeout(limit * 1000);
    this.#last = this.#last.then(() => this.#send(kind, signal));
    return this.#last;
  }

  async #send(kind: PingKind, signal: AbortSignal): Promise<void> {
    const { onFailure, proxy, ca, insecure = false } = this.#options;
    const limits = { retries: 2, timeout: 5, maxWait: 5, maxPageBytes: 1e6 };
    // None of the run's headers and cookies: the check is another host.
    const settings = { ...limits, proxy, ca, insecure, robots: false };
    try {
      await using pool = new FetchPool(settings, { signal });
      await pool.submit({ url: pingUrl(this.#url, kind), purpose: 'manifest', named: true });
    } catch (error) {
      // The path of the address is the key to the check.
      const code = signal.aborted ? 'timeout' : toTrawlError(error).code;
      const { host } = new URL(this.#url);
      onFailure?.(`the health check at ${host} was not told of the ${kind} [${code}]`);
    }
  }
}

/** `https://hc.example/KEY?x=y` → `https://hc.example/KEY/fail?x=y`. */
export function pingUrl(base: string, kind: PingKind): string {
  if (kind === 'success') return base;
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${kind}`;
  return url.href;
}
