/** What the pool tells those who watch it: traces, progress, the verdict on a run. */

export type FetchPurpose = 'page' | 'sheet' | 'manifest' | 'image' | 'robots';

/** `at` is the pool's clock in ms at the end of what is told; `ms` how long it took. `id` numbers the tasks. */
export type FetchEvent =
  | { readonly type: 'dns'; readonly at: number; readonly host: string; readonly ms: number }
  | {
      readonly type: 'connect';
      readonly at: number;
      readonly host: string;
      readonly ms: number;
      /** Number of the connection within the pool, from 1. */
      readonly connection: number;
    }
  | {
      readonly type: 'tls';
      readonly at: number;
      readonly host: string;
      readonly ms: number;
      /** Chosen by ALPN. */
      readonly protocol: 'h2' | 'http/1.1';
      readonly connection: number;
    }
  /** Waits for a permit of the limiter; `request` with the same id follows. */
  | {
      readonly type: 'queued';
      readonly at: number;
      readonly id: number;
      readonly host: string;
    }
  /** Body bytes so far in all, at most every 100 ms. */
  | { readonly type: 'bytes'; readonly at: number; readonly bytes: number }
  /** A connection is gone, whoever ended it. */
  | {
      readonly type: 'disconnect';
      readonly at: number;
      readonly host: string;
      readonly connection: number;
    }
  | {
      readonly type: 'request';
      readonly at: number;
      readonly id: number;
      /** Without credentials; after a redirect the new address. */
      readonly url: string;
      readonly host: string;
      readonly purpose: FetchPurpose;
      readonly attempt: number;
      /** Waited for a permit of the limiter. */
      readonly waitedMs: number;
    }
  | {
      readonly type: 'first-byte';
      readonly at: number;
      readonly id: number;
      readonly status: number;
      readonly ms: number;
      /** That carries the request; absent where it cannot be told. */
      readonly connection?: number;
    }
  | {
      readonly type: 'done';
      readonly at: number;
      readonly id: number;
      readonly ok: boolean;
      /** Body bytes as received. */
      readonly bytes: number;
      /** Since the request started. */
      readonly ms: number;
      /** Error code when not ok. */
      readonly error?: string;
      /** That carried the request; absent when none was reached. */
      readonly connection?: number;
      /** Since the connection was there for it. */
      readonly carriedMs?: number;
    }
  | {
      readonly type: 'retry-wait';
      readonly at: number;
      readonly id: number;
      readonly host: string;
      readonly attempt: number;
      readonly waitMs: number;
      readonly error: string;
    }
  | {
      readonly type: 'host-paused';
      readonly at: number;
      readonly host: string;
      readonly ms: number;
    }
  | {
      readonly type: 'host-limit';
      readonly at: number;
      readonly host: string;
      readonly limit: number;
    }
  | {
      readonly type: 'robots-skip';
      readonly at: number;
      readonly id: number;
      readonly url: string;
      readonly rule?: string;
    };

export type OnFetchEvent = (event: FetchEvent) => void;

/** Where the time of one host's requests went, summed over requests; ms and bytes. */
export interface HostStats {
  requests: number;
  failures: number;
  retries: number;
  /** Body bytes as received. */
  bytes: number;
  /** Waited for a permit (limits, delays, pauses). */
  waitedMs: number;
  /** From the start of a request to its headers; opening a connection is part of it. */
  latencyMs: number;
  /** From the headers to the end of the body. */
  transferMs: number;
  /** Slept before further tries. */
  backoffMs: number;
  connections: number;
}

export function emptyHostStats(): HostStats {
  return {
    requests: 0,
    failures: 0,
    retries: 0,
    bytes: 0,
    waitedMs: 0,
    latencyMs: 0,
    transferMs: 0,
    backoffMs: 0,
    connections: 0,
  };
}
