/**
 * The async fetch pool: the network half of the program. `FetchPool` reads pages, style sheets,
 * manifests and images under one set of limits, politely (robots.txt, Retry-After, delays), with
 * retries where they can help, and behind the address guard. Read along the way of a request:
 * `pool` (tries) → `follow` (redirects, robots) → `transport` (route, permits) → `send` (one request)
 * → `exchange` (undici) → `receive` (memory or partial file). `Uploader` sends bodies the other way.
 */
export { mayReach, spaceOf } from './address.ts';
export type { Lookup, LookupAnswer } from './dns-cache.ts';
export type { FetchEvent, FetchPurpose, HostStats, OnFetchEvent } from './events.ts';
export { AUTO_TOTAL, type FetchOptions, fetchSettings } from './options.ts';
export { FetchPool, type FetchPoolDeps, type FetchRequest, type PoolStats } from './pool.ts';
export { isSecretHeader, redactHeaders, redactText, redactUrl } from './redact.ts';
export { removeIfThere } from './remove.ts';
export { afterFailure, isBusyStatus } from './retry.ts';
export { parseRetryAfter } from './retry-after.ts';
export { type UploadAnswer, Uploader, type UploadRequest } from './upload.ts';
