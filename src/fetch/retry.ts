/** When and whether to try again: pure functions, so that the policy can be read and tested in one place. */
import { TrawlError } from '../errors.ts';

/** Statuses that say "later" (RFC 9110, 6585, 8470). */
export function isBusyStatus(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || (status >= 500 && status <= 599);
}

/**
 * Exponential backoff with full jitter (M. Brooker, "Exponential Backoff And Jitter", AWS 2015): a
 * uniform share of `base · 2^retry`, so that clients that failed together do not return together.
 * @param retry 0 for the first further try
 * @param baseMs ms
 * @param random from [0, 1)
 */
export function backoffMs(retry: number, baseMs: number, random: number, capMs = 30_000): number {
  return random * Math.min(capMs, baseMs * 2 ** Math.min(retry, 30));
}

export interface RetryPolicy {
  /** Further tries. */
  readonly retries: number;
  readonly baseMs: number;
  /** Longest wait that a server may ask for, ms. */
  readonly maxWaitMs: number;
}

export type RetryDecision =
  | { readonly again: true; readonly waitMs: number }
  | { readonly again: false; readonly error: TrawlError };

/** What to do after try number `attempt` (from 1) ended with `error`. */
export function afterFailure(
  error: TrawlError,
  attempt: number,
  policy: RetryPolicy,
  random: number,
): RetryDecision {
  if (error.kind !== 'retry') return { again: false, error };
  const asked = error.retryAfterMs;
  if (asked !== undefined && asked > policy.maxWaitMs) {
    return { again: false, error: waitTooLong(error, asked) };
  }
  if (attempt > policy.retries) return { again: false, error };
  const backoff = backoffMs(attempt - 1, policy.baseMs, random);
  return { again: true, waitMs: asked === undefined ? backoff : asked + backoff };
}

function waitTooLong(error: TrawlError, askedMs: number): TrawlError {
  return new TrawlError(
    'wait-too-long',
    `${error.message}; it asks for a wait of ${Math.ceil(askedMs / 1000)} s, longer than --max-wait`,
    {
      cause: error,
      retryAfterMs: askedMs,
      ...(error.status === undefined ? {} : { status: error.status }),
    },
  );
}
