/** What the catalog says of an address. */
import type { Fetched, ImageRecord } from '../model.ts';
import type { AddressRow } from '../store/mod.ts';
import type { Found } from './context.ts';
import { pick } from './stage-options.ts';

/** Where a record comes from. */
export interface Origin {
  readonly found: Found;
  readonly fetched?: Fetched;
  /** Where nothing was asked: when it was, in ms since 1970. Default now. */
  readonly fetchedAt?: number;
}

export interface RowContext {
  /** Number of the run in the catalog. */
  readonly run: number;
  /** What the catalog said until now. */
  readonly before: AddressRow | undefined;
  /** The record's file is the image's own, not a name for the duplicate. */
  readonly own: boolean;
}

export function addressRow(
  { url, page, status, sha256, file, error, attempts, ms }: ImageRecord,
  { found, fetched, fetchedAt }: Origin,
  { run, before, own }: RowContext,
): AddressRow {
  const { alt, space } = found.ref;
  // A failure does not undo what an earlier run got; an answer without a body brings no facts.
  const keeps = status === 'saved' || status === 'duplicate' ? undefined : before;
  return {
    ...(keeps && pick(keeps, ['sha256', 'file', 'etag', 'lastModified', 'contentType'])),
    url,
    ...(page !== undefined && { page }),
    ...(alt !== undefined && { alt }),
    ...(space !== undefined && !found.named && { space }),
    status,
    ...(sha256 !== undefined && { sha256 }),
    // Where nothing came, a better copy may have taken the name over since the record was made.
    ...(keeps === undefined && file !== undefined && !own && { file }),
    ...(error && { error: error.code, message: error.message }),
    attempts,
    ms,
    ...(fetched?.sentAt !== undefined && { sent: fetched.sentAt }),
    ...(fetched?.wireMs !== undefined && { wireMs: Math.round(fetched.wireMs) }),
    ...(fetched && { http: fetched.status }),
    ...(fetched?.etag !== undefined && { etag: fetched.etag }),
    ...(fetched?.lastModified !== undefined && { lastModified: fetched.lastModified }),
    ...(fetched?.contentType !== undefined && { contentType: fetched.contentType }),
    run,
    fetched: fetchedAt ?? Date.now(),
  };
}
