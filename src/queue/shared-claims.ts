/**
 * Claims of bytes that live in the queue's engine, for the folder of one worker. With a bucket an image
 * is there before it is claimed: who finds a claim finds an object.
 */
import type { Bucket } from '../bucket/mod.ts';
import type { Claim, Claims } from '../pipeline/claims.ts';
import type { QueueEngine } from './engine.ts';

export class SharedClaims implements Claims {
  readonly #engine: Pick<QueueEngine, 'claim' | 'claimed'>;
  readonly #owner: string;
  readonly #bucket: Pick<Bucket, 'putFile'> | undefined;

  /** @param owner id of the folder; without a dot. */
  constructor(
    engine: Pick<QueueEngine, 'claim' | 'claimed'>,
    owner: string,
    bucket?: Pick<Bucket, 'putFile'>,
  ) {
    this.#engine = engine;
    this.#owner = owner;
    this.#bucket = bucket;
  }

  async holder(sha256: string): Promise<Claim | undefined> {
    const value = await this.#engine.claimed(keyOf(sha256));
    return value === undefined ? undefined : this.#read(sha256, value);
  }

  async claim(sha256: string, file: string, path: string): Promise<Claim> {
    await this.#bucket?.putFile(file, path, sha256);
    const extension = file.slice(file.lastIndexOf('.') + 1);
    return this.#read(
      sha256,
      await this.#engine.claim(keyOf(sha256), `${this.#owner}.${extension}`),
    );
  }

  #read(sha256: string, value: string): Claim {
    const dot = value.lastIndexOf('.');
    return { file: `${sha256}${value.slice(dot)}`, mine: value.slice(0, dot) === this.#owner };
  }
}

/** A third shorter than hex: there are 10⁹ of them. */
const keyOf = (sha256: string): string => Buffer.from(sha256, 'hex').toString('base64url');
