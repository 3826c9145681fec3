import type { Hash } from 'node:crypto';
import type { PartialSlot, Version } from './partial.ts';

/** Bytes that may wait for the disk before the network has to wait, too. */
const MOST_WAITING_BYTES = 1024 * 1024;
/** Bytes after which a killed run loses no more than this. */
const CHECKPOINT_BYTES = 4 * 1024 * 1024;

/** Writes a body to its slot in the order it comes, in few large writes, and notes how far it is good. */
export class PartialWriter {
  readonly #slot: PartialSlot;
  readonly #keptBytes: number;
  readonly #hash: Hash;
  readonly #version: Version | undefined;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #sinceCheckpoint = Number.POSITIVE_INFINITY;
  #open = false;
  #pump: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** @param hash of the first `keptBytes`, which are in the slot already */
  constructor(slot: PartialSlot, keptBytes: number, hash: Hash, version: Version | undefined) {
    this.#slot = slot;
    this.#keptBytes = keptBytes;
    this.#hash = hash;
    this.#version = version;
    // The kept beginning has its checkpoint.
    if (keptBytes > 0) this.#sinceCheckpoint = 0;
  }

  /** A promise says when there is room for more. Throws what the file system threw before. */
  write(piece: Buffer): Promise<void> | undefined {
    if (this.#failure) throw this.#failure.error;
    this.#waiting.push(piece);
    this.#waitingBytes += piece.length;
    this.#pump ??= this.#run();
    return this.#waitingBytes > MOST_WAITING_BYTES ? this.#flushed() : undefined;
  }

  /** Everything is in the file; gives its hash. */
  async end(): Promise<Hash> {
    await this.#flushed();
    return this.#hash;
  }

  /** Makes what arrived continuable. */
  async keep(): Promise<void> {
    await this.#flushed();
    if (this.#version && this.#open) await this.#slot.checkpoint(this.#hash, this.#version);
  }

  async #flushed(): Promise<void> {
    while (this.#pump) await this.#pump;
    if (this.#failure) throw this.#failure.error;
  }

  async #run(): Promise<void> {
    try {
      if (!this.#open) {
        await this.#slot.begin(this.#keptBytes);
        this.#open = true;
      }
      while (this.#waiting.length > 0) {
        const pieces = this.#waiting;
        const bytes = this.#waitingBytes;
        this.#waiting = [];
        this.#waitingBytes = 0;
        for (const piece of pieces) this.#hash.update(piece);
        await this.#slot.write(pieces);
        this.#sinceCheckpoint += bytes;
        if (this.#version && this.#sinceCheckpoint >= CHECKPOINT_BYTES) {
          await this.#slot.checkpoint(this.#hash, this.#version);
          this.#sinceCheckpoint = 0;
        }
      }
    } catch (error) {
      this.#failure = { error };
    } finally {
      this.#pump = undefined;
    }
  }
}
