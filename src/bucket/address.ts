/** Where objects go: a bucket, what their names begin with, and who serves it. */
import { TrawlError } from '../errors.ts';

export interface BucketAddress {
  /** Without a `/` at the end. The bucket is part of the path, which every server understands. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Empty, or ending in `/`. */
  readonly prefix: string;
}

export interface GivenBucket {
  /** `s3://BUCKET[/PREFIX]` */
  readonly target: string;
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  /** AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_REGION and AWS_DEFAULT_REGION are read from here. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$/;
/** A key has 1,024 bytes at most, of which ours take up to 80. */
const MAX_PREFIX_BYTES = 900;
/** AWS says so of itself, and most other servers take it for theirs. */
const DEFAULT_REGION = 'us-east-1';

/** Throws TrawlError `usage`; its message never repeats what was given, as that may hold a secret. */
export function parseBucket({ target, endpoint, region, env }: GivenBucket): BucketAddress {
  const match = /^s3:\/\/([^/]+)(?:\/(.*))?$/is.exec(target.trim());
  const [, bucket = '', path = ''] = match ?? [];
  if (!BUCKET.test(bucket)) throw wrong('--s3', 'expected s3://BUCKET or s3://BUCKET/PREFIX');
  const segments = path.replace(/\/$/, '').split('/');
  const prefix = path === '' ? '' : `${segments.join('/')}/`;
  if (prefix !== '' && segments.some((segment) => /^\.{0,2}$|[\0-\x1f\x7f]/.test(segment))) {
    throw wrong('--s3', 'the prefix may hold no empty part, no . and no ..');
  }
  if (Buffer.byteLength(prefix) > MAX_PREFIX_BYTES) {
    throw wrong('--s3', `the prefix is longer than ${MAX_PREFIX_BYTES} bytes`);
  }
  const where = region ?? (env.AWS_REGION || env.AWS_DEFAULT_REGION || DEFAULT_REGION);
  if (!/^[A-Za-z0-9-]{1,64}$/.test(where)) {
    throw wrong('--s3-region', 'expected a name such as eu-central-1');
  }
  const server = endpoint ?? (env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL);
  return { bucket, prefix, region: where, endpoint: server ? checked(server) : aws(where) };
}

/** Address of an object. Everything but RFC 3986's unreserved is escaped, as it is when it is signed. */
export function objectUrl({ endpoint, bucket, prefix }: BucketAddress, name: string): URL {
  const path = `${bucket}/${prefix}${name}`.split('/').map(escaped).join('/');
  return new URL(`${endpoint}/${path}`);
}

const escaped = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );

function checked(endpoint: string): string {
  const url = URL.parse(endpoint);
  const plain = url && url.username + url.password + url.search + url.hash === '';
  if (!plain || !/^https?:$/.test(url.protocol)) {
    throw wrong('--s3-endpoint', 'expected an address such as https://s3.example.org, and no more');
  }
  return url.href.replace(/\/+$/, '');
}

/** https://docs.aws.amazon.com/general/latest/gr/s3.html */
const aws = (region: string): string =>
  `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;

const wrong = (option: string, rule: string): TrawlError =>
  new TrawlError('usage', `${option}: ${rule}`);
