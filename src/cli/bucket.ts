/** The bucket that the options of a command mean. */
import process from 'node:process';
import { Bucket, findCredentials, MAX_OBJECT_BYTES, parseBucket } from '../bucket/mod.ts';
import { TrawlError } from '../errors.ts';
import type { CommandContext } from './command.ts';

/** Undefined without --s3. Throws TrawlError `usage`; the bucket itself is not asked yet. */
export async function openBucket({
  options,
  output,
  signal,
}: CommandContext): Promise<Bucket | undefined> {
  const { s3: target, s3Endpoint: endpoint, s3Region: region, maxBytes } = options;
  const { timeout, proxy, ca, insecure } = options;
  if (target === undefined) return undefined;
  const { env } = process;
  const address = parseBucket({ target, endpoint, region, env });
  if (maxBytes > MAX_OBJECT_BYTES) {
    throw new TrawlError('usage', '--max-bytes: an object of a bucket has 5 GiB at most');
  }
  return new Bucket(address, await findCredentials(env), {
    network: { timeout, proxy, ca, insecure },
    signal,
    onRetry: ({ message }, waitMs) =>
      output.detail(`${message}; again in ${(waitMs / 1000).toFixed(1)} s`),
  });
}
