import { VERSION } from '../version.ts';

/**
 * What the fetch pool may be told. Everything is optional; sizes are bytes, times are seconds,
 * as on the command line.
 */
export interface FetchOptions {
  /**
   * Requests in flight in all. With `'auto'` each host's share follows how well it answers, up to
   * `AUTO_TOTAL` in all. Default `'auto'`.
   */
  readonly concurrency?: number | 'auto' | undefined;
  /** Requests in flight to one host (name and port). Default 8, with `'auto'` up to `AUTO_TOTAL`. */
  readonly perHost?: number | undefined;
  /** Least time between the starts of two requests to one host, seconds. Default 0. */
  readonly delay?: number | undefined;
  /** Most requests a second to one host. Default: no limit. */
  readonly rate?: number | undefined;
  /** Most body bytes a second in all. Default: no limit. */
  readonly bandwidth?: number | undefined;
  /** Further tries after an error that may pass. Default 3. */
  readonly retries?: number | undefined;
  /** Upper end of the first wait before a further try (it doubles; full jitter), seconds. Default 0.5. */
  readonly retryBase?: number | undefined;
  /** Longest wait to connect, for the headers, and between two pieces of a body, seconds. Default 30. */
  readonly timeout?: number | undefined;
  /** A body that comes more slowly than this, bytes a second, over `speedWindow` is given up. Default 256. */
  readonly minSpeed?: number | undefined;
  /** Seconds over which `minSpeed` is measured. Default 60. */
  readonly speedWindow?: number | undefined;
  /** Largest image or manifest, bytes after decompression. Default 200 MB. */
  readonly maxBytes?: number | undefined;
  /** Largest page, style sheet or robots.txt, bytes after decompression. Default 20 MB. */
  readonly maxPageBytes?: number | undefined;
  /** Largest header block of a response, bytes. Default 64 KiB. */
  readonly maxHeaderBytes?: number | undefined;
  /** Redirects followed for one address. Default 10. */
  readonly maxRedirects?: number | undefined;
  /** Longest wait a server may ask for (Retry-After, Crawl-delay), seconds. Default 120. */
  readonly maxWait?: number | undefined;
  /** Body bytes after which the run ends. Default: no limit. */
  readonly maxTotalBytes?: number | undefined;
  /** Bodies up to this many bytes stay in memory. Default 1 MiB. */
  readonly spillBytes?: number | undefined;
  /** Default: `imgtrawl/VERSION`. */
  readonly userAgent?: string | undefined;
  /**
   * Further request headers, name to value. Those that look secret (Authorization, Cookie, …token…)
   * go only to hosts that the user named.
   */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Path of a Netscape cookie file. Default: none; cookies that servers set are kept for the run. */
  readonly cookies?: string | undefined;
  /** Path of a netrc file. Default: none. */
  readonly netrc?: string | undefined;
  /** URL of a proxy for every request. Default: HTTP_PROXY, HTTPS_PROXY, NO_PROXY. */
  readonly proxy?: string | undefined;
  /** Path of a PEM file of authorities to trust besides the built-in ones. Default: none. */
  readonly ca?: string | undefined;
  /** Accept any TLS certificate. Default false. */
  readonly insecure?: boolean | undefined;
  /** Let documents name addresses in less public networks than their own. Default false. */
  readonly allowPrivate?: boolean | undefined;
  /** Ask robots.txt for what the user did not name. Default true. */
  readonly robots?: boolean | undefined;
  /** Use HTTP/2 where the server offers it. Default true. */
  readonly http2?: boolean | undefined;
  /**
   * Folder for bodies too large for memory and for what is left of broken downloads
   * (`<out>/.imgtrawl/partial`). Without it bodies stay in memory and nothing is continued.
   */
  readonly partialDir?: string | undefined;
}

/**
 * Most requests in flight when the pool finds the number itself: as many as servers let a browser
 * have over HTTP/2 (RFC 9113 recommends no fewer than 100 streams). curl uses 50 by default.
 */
export const AUTO_TOTAL = 100;

type Optional =
  | 'rate'
  | 'bandwidth'
  | 'maxTotalBytes'
  | 'cookies'
  | 'netrc'
  | 'proxy'
  | 'ca'
  | 'partialDir';

/** What the pool runs on: every default filled in, nothing out of range. */
export type FetchSettings = {
  readonly [K in Exclude<keyof FetchOptions, Optional | 'concurrency'>]-?: NonNullable<
    FetchOptions[K]
  >;
} & { readonly [K in Optional]: FetchOptions[K] } & {
  readonly total: number;
  /** The limit per host adapts; `perHost` is then its upper end. */
  readonly adaptive: boolean;
};

/** Fills in defaults. Throws RangeError for a number that cannot be. */
export function fetchSettings(options: FetchOptions = {}): FetchSettings {
  const adaptive = options.concurrency === undefined || options.concurrency === 'auto';
  const total = adaptive ? AUTO_TOTAL : (options.concurrency as number);
  return {
    total: atLeast('concurrency', 1, total),
    adaptive,
    perHost: atLeast('perHost', 1, options.perHost ?? (adaptive ? AUTO_TOTAL : 8)),
    delay: atLeast('delay', 0, options.delay ?? 0),
    rate: optional('rate', options.rate),
    bandwidth: optional('bandwidth', options.bandwidth),
    retries: atLeast('retries', 0, options.retries ?? 3),
    retryBase: atLeast('retryBase', 0, options.retryBase ?? 0.5),
    timeout: atLeast('timeout', 0.001, options.timeout ?? 30),
    minSpeed: atLeast('minSpeed', 0, options.minSpeed ?? 256),
    speedWindow: atLeast('speedWindow', 0.001, options.speedWindow ?? 60),
    maxBytes: atLeast('maxBytes', 1, options.maxBytes ?? 200e6),
    maxPageBytes: atLeast('maxPageBytes', 1, options.maxPageBytes ?? 20e6),
    maxHeaderBytes: atLeast('maxHeaderBytes', 1024, options.maxHeaderBytes ?? 64 * 1024),
    maxRedirects: atLeast('maxRedirects', 0, options.maxRedirects ?? 10),
    maxWait: atLeast('maxWait', 0, options.maxWait ?? 120),
    maxTotalBytes: optional('maxTotalBytes', options.maxTotalBytes),
    spillBytes: atLeast('spillBytes', 0, options.spillBytes ?? 1024 * 1024),
    userAgent: options.userAgent ?? `imgtrawl/${VERSION}`,
    headers: options.headers ?? {},
    cookies: options.cookies,
    netrc: options.netrc,
    proxy: options.proxy,
    ca: options.ca,
    insecure: options.insecure ?? false,
    allowPrivate: options.allowPrivate ?? false,
    robots: options.robots ?? true,
    http2: options.http2 ?? true,
    partialDir: options.partialDir,
  };
}

function atLeast(name: string, least: number, value: number): number {
  if (value >= least) return value;
  throw new RangeError(`${name} must be ${least} or more, not ${value}`);
}

function optional(name: string, value: number | undefined): number | undefined {
  if (value === undefined || value > 0) return value;
  throw new RangeError(`${name} must be more than 0, not ${value}`);
}
