/** Which version of a body this is, as far as its headers tell (RFC 9110, 8.8 and 13.1.5). */
import type { IncomingHttpHeaders } from 'node:http';

export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

/** A date is trusted to tell versions apart when it lies so long before the answer (RFC 9110, 8.8.2.2). */
const STRONG_AFTER_MS = 60_000;

export function validatorsOf(headers: IncomingHttpHeaders): Validators {
  const etag = single(headers.etag);
  const lastModified = single(headers['last-modified']);
  return {
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
  };
}

/** What to send as If-Range, or undefined when no strong validator is known and nothing may be joined. */
export function ifRangeOf(headers: IncomingHttpHeaders): string | undefined {
  const { etag, lastModified } = validatorsOf(headers);
  if (etag !== undefined) return /^"[^"]*"$/.test(etag) ? etag : undefined;
  if (lastModified === undefined) return undefined;
  const age = Date.parse(single(headers.date) ?? '') - Date.parse(lastModified);
  return age >= STRONG_AFTER_MS ? lastModified : undefined;
}

/** One value of a header, trimmed; undefined when there is none or more than can be real. */
export function single(value: string | string[] | undefined): string | undefined {
  const text = Array.isArray(value) ? value[0] : value;
  const trimmed = text?.trim();
  return trimmed && trimmed.length <= 4096 ? trimmed : undefined;
}
