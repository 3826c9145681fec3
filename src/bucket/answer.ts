/** What a server's answer to a conditional put means. Pure. */
import { TrawlError } from '../errors.ts';
import { isBusyStatus, parseRetryAfter, type UploadAnswer } from '../fetch/mod.ts';

/** `stored` now, or `there` before; else a TrawlError whose kind says whether to try again. */
export function meaningOf(answer: UploadAnswer, key: string): 'stored' | 'there' | TrawlError {
  const { status, headers, text } = answer;
  if (status >= 200 && status <= 299) return 'stored';
  // 304 is what servers of MinIO answered before AWS had conditional puts (minio/minio issue 19442).
  if (status === 412 || status === 304) return 'there';
  // What else the server says may be an echo of what we sent, keys and all.
  const code = /<Code>\s*([A-Za-z0-9.]{1,80})\s*<\/Code>/.exec(text)?.[1] ?? '';
  const told = `${key} was not put: the server answered ${status}${code && ` ${code}`}`;
  if (PASSING.has(code) || (isBusyStatus(status) && status !== 501)) {
    const [after] = [headers['retry-after']].flat();
    const retryAfterMs = after === undefined ? undefined : parseRetryAfter(after, Date.now());
    return new TrawlError('http-busy', told, {
      status,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  }
  const why = regionOf(answer, code) ?? REASONS[code] ?? REASONS[status];
  return new TrawlError('bucket-refused', why === undefined ? told : `${told}: ${why}`, { status });
}

/**
 * Faults of a moment that S3 does not give a 5xx. A conflict is one: it says that somebody is just putting or
 * removing that object, and not that it is there. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
const PASSING: ReadonlySet<string> = new Set([
  'ConditionalRequestConflict',
  'OperationAborted',
  'RequestTimeout',
  'IncompleteBody',
  'BadDigest',
  'XAmzContentSHA256Mismatch',
]);

const REASONS: Readonly<Record<string, string>> = {
  AccessDenied: 'these credentials may not put objects there (s3:PutObject)',
  InvalidAccessKeyId: 'it does not know the access key id',
  SignatureDoesNotMatch: 'the secret access key is not that of the access key id',
  ExpiredToken: 'the session token has expired',
  InvalidToken: 'the session token is not valid',
  RequestTimeTooSkewed: 'the clock of this machine is wrong',
  NoSuchBucket: 'there is no such bucket',
  EntityTooLarge: 'the image is larger than it takes',
  501: 'it has no conditional puts (If-None-Match)',
};

/** Buckets of AWS are to be asked for in their region. */
const ELSEWHERE = new Set([
  'PermanentRedirect',
  'TemporaryRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
]);

function regionOf({ status, headers, text }: UploadAnswer, code: string): string | undefined {
  if (!ELSEWHERE.has(code) && (status < 300 || status > 399)) return undefined;
  const [header] = [headers['x-amz-bucket-region']].flat();
  const named = header ?? /<Region>([^<]*)<\/Region>/.exec(text)?.[1];
  return named !== undefined && /^[a-z0-9-]{1,40}$/.test(named)
    ? `the bucket is in another region; give --s3-region ${named}`
    : 'the bucket is in another region or at another address (--s3-region, --s3-endpoint)';
}
