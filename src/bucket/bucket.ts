/**
 * A bucket that takes each object once. Names say what is in an object, so whoever finds one there has
 * nothing to add, and doing things twice changes nothing.
 */
import { hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { AwsV4Signer } from 'aws4fetch';
import { AsyncPool, type Clock, KeyedLimiter, systemClock } from '../concurrency/mod.ts';
import { TrawlError, toTrawlError } from '../errors.ts';
import { typeByExtension } from '../extract/address.ts';
import { afterFailure, type FetchOptions, Uploader } from '../fetch/mod.ts';
import { type BucketAddress, objectUrl } from './address.ts';
import { meaningOf } from './answer.ts';
import type { Credentials } from './credentials.ts';

export interface BucketDeps {
  /** Of --timeout, --proxy, --ca and --insecure. */
  readonly network: Pick<FetchOptions, 'timeout' | 'proxy' | 'ca' | 'insecure'>;
  /** Ends everything. */
  readonly signal?: AbortSignal;
  /** Called before each further try. */
  readonly onRetry?: (error: TrawlError, waitMs: number) => void;
  readonly clock?: Clock;
  /** From [0, 1); for the jitter. */
  readonly random?: () => number;
}

interface Put {
  readonly name: string;
  /** Of the body, hex: the server compares it with what arrives. */
  readonly sha256: string;
  readonly bytes: number;
  readonly type: string;
  /** Made anew for each try. */
  readonly body: () => Uint8Array | Readable;
}

/** Puts on their way at the same time. Each reads its file in pieces, so their size does not matter. */
const AT_ONCE = 16;
/** With full jitter two to five minutes in all: a server that restarts, a bucket that AWS divides. */
const POLICY = { retries: 16, baseMs: 500, maxWaitMs: 120_000 };
/** What one put may bring, in bytes. https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html */
export const MAX_OBJECT_BYTES = 5 * 1024 ** 3;

/**
 * Rejections are TrawlErrors: `bucket-refused`, `bucket-unreachable`, or the signal's reason. After one of
 * the first two everything is rejected: a bucket that does not take one object takes none.
 */
export class Bucket implements AsyncDisposable {
  readonly #address: BucketAddress;
  readonly #credentials: Credentials;
  readonly #deps: BucketDeps;
  readonly #clock: Clock;
  readonly #uploader: Uploader;
  readonly #pool: AsyncPool<Put, boolean>;
  readonly #over = new AbortController();
  /** Keys that are good for a day, as the signer makes them of the secret one. */
  readonly #dayKeys = new Map<string, ArrayBuffer>();

  constructor(address: BucketAddress, credentials: Credentials, deps: BucketDeps) {
    this.#address = address;
    this.#credentials = credentials;
    this.#deps = deps;
    this.#clock = deps.clock ?? systemClock;
    this.#uploader = new Uploader(deps.network, this.#clock);
    this.#pool = new AsyncPool({
      run: (put, signal) => this.#put(put, signal),
      limiter: new KeyedLimiter({ total: AT_ONCE, perKey: AT_ONCE }),
      keyOf: () => '',
      signal: deps.signal ? AbortSignal.any([deps.signal, this.#over.signal]) : this.#over.signal,
    });
  }

  /** Puts a file, which has this SHA-256. False when an object of that name was there. */
  async putFile(name: string, path: string, sha256: string): Promise<boolean> {
    const { size: bytes } = await stat(path);
    const type = typeByExtension(name) ?? 'application/octet-stream';
    return await this.#pool.submit({
      ...{ name, sha256, bytes, type },
      body: () => createReadStream(path),
    });
  }

  /** Puts a JSON line for each record. False when an object of that name was there. */
  async putLines(name: string, records: readonly object[]): Promise<boolean> {
    const body = Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    const sha256 = hash('sha256', body, 'hex');
    const type = 'application/jsonl';
    return await this.#pool.submit({
      ...{ name, sha256, bytes: body.length, type },
      body: () => body,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]();
    await this.#uploader[Symbol.asyncDispose]();
  }

  async #put(put: Put, signal: AbortSignal): Promise<boolean> {
    const { onRetry, random = Math.random } = this.#deps;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#putOnce(put, signal);
      } catch (thrown) {
        const error = toTrawlError(thrown);
        if (error.kind === 'abort') throw this.#end(error);
        const decision = afterFailure(error, attempt, POLICY, random());
        if (!decision.again) throw this.#end(this.#unreachable(decision.error, attempt));
        onRetry?.(error, decision.waitMs);
        await this.#clock.sleep(decision.waitMs, signal);
      }
    }
  }

  #end(error: TrawlError): TrawlError {
    this.#over.abort(error);
    return error;
  }

  async #putOnce({ name, sha256, bytes, type, body }: Put, signal: AbortSignal): Promise<boolean> {
    const { region } = this.#address;
    const { url, headers } = await new AwsV4Signer({
      ...this.#credentials,
      method: 'PUT',
      url: objectUrl(this.#address, name).href,
      headers: { 'if-none-match': '*', 'x-amz-content-sha256': sha256, 'content-type': type },
      service: 's3',
      region,
      cache: this.#dayKeys,
    }).sign();
    const answer = await this.#uploader.put(
      {
        url,
        headers: { ...Object.fromEntries(headers), 'content-length': String(bytes) },
        body: body(),
      },
      signal,
    );
    const meaning = meaningOf(answer, this.#shown(name));
    if (meaning instanceof TrawlError) throw meaning;
    return meaning === 'stored';
  }

  #unreachable(cause: TrawlError, tries: number): TrawlError {
    const { bucket, endpoint } = this.#address;
    const often = tries === 1 ? '' : ` after ${tries} tries`;
    const text = `The bucket ${bucket} at ${endpoint} took nothing${often}: ${cause.message}`;
    return new TrawlError('bucket-unreachable', text, { cause });
  }

  #shown(name: string): string {
    const { bucket, prefix } = this.#address;
    return `s3://${bucket}/${prefix}${name}`;
  }
}
