/**
 * Who is at which bucket, in a key for each. The consumers alone would hand out one shard of a bucket at a
 * time, were it not that a server has what it handed out in memory only for up to 0.1 s: killed then, it
 * hands it out again, while its holder is at work. A key is written before it is answered for.
 */
import type { KV, KvEntry } from '@nats-io/kv';
import { API } from './names.ts';
import { apiCode } from './patience.ts';

export interface HoldsOptions {
  readonly kv: KV;
  /** Ours alone: of this process and connection. */
  readonly owner: string;
  /** A holder that has not said so for so long holds nothing any more. */
  readonly ackWaitMs: number;
}

/** Short, as the other signs of life are: what is not answered is tried again. */
const REQUEST_MS = 2000;

/** Every method throws what the connection throws, and may be tried again then. */
export class Holds {
  readonly #options: HoldsOptions;
  /** Revisions of the keys that we hold. */
  readonly #mine = new Map<number, number>();

  constructor(options: HoldsOptions) {
    this.#options = options;
  }

  /** Buckets that we hold. */
  get buckets(): ReadonlySet<number> {
    return new Set(this.#mine.keys());
  }

  /** 0 when the bucket is ours now; else after how long it is worth asking again, in ms. */
  async take(bucket: number): Promise<number> {
    const { kv, owner, ackWaitMs } = this.#options;
    // Handed out twice to the same process.
    if (this.#mine.has(bucket)) return ackWaitMs;
    const entry = await kv.get(keyOf(bucket));
    const holder = entry?.string() ?? '';
    if (entry && holder !== '' && holder !== owner) {
      const left = entry.created.getTime() + ackWaitMs - (await this.#serverTime());
      if (left > 0) return left;
    }
    return (await this.#write(bucket, owner, entry)) ? 0 : ackWaitMs;
  }

  /** Holds it for another `ackWaitMs`. Throws when it is another's. */
  async keep(bucket: number): Promise<void> {
    const { kv, owner } = this.#options;
    const revision = this.#mine.get(bucket);
    if (revision !== undefined && (await this.#write(bucket, owner, { revision }))) return;
    // The write before may have worked without our hearing of it.
    const entry = await kv.get(keyOf(bucket));
    if (entry?.string() === owner && (await this.#write(bucket, owner, entry))) return;
    throw new Error(`bucket ${bucket} is held by another`);
  }

  /** Whoever is next need not wait. */
  async free(bucket: number): Promise<void> {
    const revision = this.#mine.get(bucket);
    if (revision !== undefined) await this.#write(bucket, '', { revision });
    this.#mine.delete(bucket);
  }

  /** It is another's, or will be when our time is over. */
  lose(bucket: number): void {
    this.#mine.delete(bucket);
  }

  /** False when somebody else wrote since. */
  async #write(
    bucket: number,
    holder: string,
    since: Pick<KvEntry, 'revision'> | null,
  ): Promise<boolean> {
    try {
      const options = { previousSeq: since?.revision ?? 0, timeout: REQUEST_MS };
      this.#mine.set(bucket, await this.#options.kv.put(keyOf(bucket), holder, options));
      return true;
    } catch (error) {
      const code = apiCode(error);
      if (code !== API.wrongLastSequence && code !== API.wrongLastSequenceUnknown) throw error;
      return false;
    }
  }

  /** By the clock that dates the keys, in ms since 1970. */
  async #serverTime(): Promise<number> {
    const { kv } = this.#options;
    await kv.put(CLOCK, '');
    const entry = await kv.get(CLOCK);
    if (entry === null) throw Object.assign(new Error('no answer'), { name: 'TimeoutError' });
    return entry.created.getTime();
  }
}

/** Ids of shards, whose records stand beside, have no dot. */
const keyOf = (bucket: number): string => `hold.${bucket}`;
const CLOCK = 'hold.clock';
