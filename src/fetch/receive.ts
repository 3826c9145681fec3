/** Where a body goes while it arrives: into memory, or, when it is large, into a partial file. */
import { createHash, type Hash, hash } from 'node:crypto';
import type { Clock } from '../concurrency/clock.ts';
import type { ByteBudget } from '../concurrency/mod.ts';
import { TrawlError } from '../errors.ts';
import type { Body } from '../model.ts';
import type { Bandwidth } from './bandwidth.ts';
import { type Copy, takeCopy } from './body-copy.ts';
import { contentLength } from './content-length.ts';
import { Decoder, encodingsOf } from './decode.ts';
import { type BodySink, ENOUGH, type Head } from './exchange.ts';
import type { Kept, PartialSlot, Version } from './partial.ts';
import { PartialWriter } from './partial-writer.ts';
import { redactUrl } from './redact.ts';
import { ifRangeOf } from './validators.ts';

export interface ReceiveOptions {
  /** After redirects. */
  readonly url: string;
  readonly head: Head;
  /** Bytes after decompression; more is `too-large`. */
  readonly maxBytes: number;
  /** The option that raises `maxBytes`, for the message. */
  readonly maxBytesOption: string;
  /** Keep the first `maxBytes` and drop the rest instead of failing. */
  readonly cut?: boolean;
  /** No bytes at all are `empty-body`. */
  readonly mayBeEmpty?: boolean;
  /** Larger bodies go to the slot. */
  readonly spillBytes: number;
  /** Where they go; without it everything stays in memory. */
  readonly slot?: PartialSlot | undefined;
  /** For those that are kept in memory all the same; without it none is. */
  readonly copies?: ByteBudget | undefined;
  /** The beginning, when the response is the rest of it. */
  readonly kept?: Kept | undefined;
  /** Bytes a second, over ms. */
  readonly minSpeed: number;
  readonly speedWindowMs: number;
  readonly bandwidth?: Bandwidth | undefined;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** Told of every piece as it arrives; may throw to end the run. */
  readonly onBytes: (bytes: number) => void;
}

export interface Received {
  readonly body: Body;
  readonly bytes: number;
  readonly sha256: string;
}

/** A smaller beginning is not worth two files. */
const LEAST_KEPT_BYTES = 64 * 1024;

export class Receiver implements BodySink {
  readonly #options: ReceiveOptions;
  readonly #decoder: Decoder | undefined;
  /** Length of the whole as announced; unknown for chunked and for packed bodies. */
  readonly #total: number | undefined;
  readonly #version: Version | undefined;
  /** Takes a body of known length, so that it is never copied again. */
  #exact: Buffer<ArrayBuffer> | undefined;
  #pieces: Buffer[] = [];
  #size: number;
  #wire = 0;
  #file: PartialWriter | undefined;
  #copy: Copy | undefined;
  #received: Received | undefined;
  #windowStart: number;
  #windowBytes = 0;

  /** Throws `too-large` or `bad-response` for what the head already tells. */
  constructor(options: ReceiveOptions) {
    this.#options = options;
    this.#windowStart = options.clock.now();
    const { head, kept, url } = options;
    const encodings = encodingsOf(head.headers['content-encoding'], url);
    if (encodings.length > 0) {
      this.#decoder = new Decoder(url, encodings, (chunk) => this.#take(chunk));
    }
    this.#size = kept?.bytes ?? 0;
    const announced = contentLength(head.headers['content-length']);
    if (encodings.length === 0 && announced !== undefined) this.#total = this.#size + announced;
    if (kept?.total !== undefined) this.#total = kept.total;
    if ((this.#total ?? 0) > options.maxBytes && !options.cut) throw this.#tooLarge(this.#total);
    const ifRange = encodings.length === 0 ? (kept?.ifRange ?? ifRangeOf(head.headers)) : undefined;
    if (ifRange !== undefined) {
      this.#version = {
        ifRange,
        finalUrl: url,
        ...(this.#total === undefined ? {} : { total: this.#total }),
      };
    }
    if (kept) this.#spill(kept);
    else if (this.#total !== undefined) this.#exact = this.#roomFor(this.#total);
  }

  /** Body bytes as they came over the network. */
  get wireBytes(): number {
    return this.#wire;
  }

  /** What arrived. Only after `end`. */
  get received(): Received {
    return this.#received as Received;
  }

  write(chunk: Buffer): Promise<void> | undefined {
    this.#wire += chunk.length;
    this.#options.onBytes(chunk.length);
    this.#checkSpeed(chunk.length);
    const room = this.#decoder ? this.#decoder.write(chunk) : this.#take(chunk);
    const rest = this.#throttle(chunk.length);
    if (!rest) return room;
    return Promise.all([room, rest]).then(() => {});
  }

  async end(): Promise<void> {
    await this.#decoder?.end();
    const { url, slot, mayBeEmpty } = this.#options;
    if (this.#total !== undefined && this.#size < this.#total) throw this.cutShort();
    if (this.#size === 0 && !mayBeEmpty) {
      throw new TrawlError('empty-body', `${redactUrl(url)} sent no bytes`);
    }
    if (this.#file && slot) {
      const hash = await this.#file.end();
      const path = await slot.finish();
      const copy = this.#copy?.bytes?.length === this.#size ? this.#copy : undefined;
      if (!copy) this.#copy?.[Symbol.dispose]();
      this.#received = {
        body: { in: 'file', path, ...(copy && { copy }) },
        bytes: this.#size,
        sha256: hash.digest('hex'),
      };
    } else {
      this.#keepInMemory();
    }
  }

  /** The error for a connection that was closed in order, but within the body. */
  cutShort(): TrawlError {
    const of = this.#total === undefined ? '' : ` of ${this.#total}`;
    const { url } = this.#options;
    return new TrawlError('short-body', `${redactUrl(url)} ended after ${this.#size}${of} bytes`);
  }

  /** After a failure: keeps what arrived where it can be continued. Throws nothing. */
  async fail(): Promise<void> {
    this.#decoder?.close();
    const { slot } = this.#options;
    using _copy = this.#copy;
    if (!slot) return;
    try {
      if (!this.#file) {
        if (!this.#version || this.#size < LEAST_KEPT_BYTES) return;
        this.#spill();
      }
      await this.#file?.keep();
    } catch {
      // The download has failed anyway; its own error says more than a full disk.
    }
  }

  #keepInMemory(): void {
    const bytes = this.#exact
      ? this.#exact.subarray(0, this.#size)
      : joined(this.#pieces, this.#size);
    this.#pieces = [];
    this.#received = {
      body: { in: 'memory', bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length) },
      bytes: this.#size,
      sha256: hash('sha256', bytes, 'hex'),
    };
  }

  /** Takes a decoded piece. */
  #take(piece: Buffer): Promise<void> | undefined {
    const { maxBytes, cut } = this.#options;
    const room = maxBytes - this.#size;
    if (piece.length > room) {
      if (!cut) throw this.#tooLarge();
      this.#store(piece.subarray(0, room));
      this.#keepInMemory();
      throw ENOUGH;
    }
    return this.#store(piece);
  }

  #store(piece: Buffer): Promise<void> | undefined {
    const at = this.#size;
    this.#size += piece.length;
    let stored = piece;
    if (this.#exact && this.#size <= this.#exact.length) {
      this.#exact.set(piece, at);
      stored = this.#exact.subarray(at, this.#size);
    } else if (this.#exact) {
      // More than announced; undici refuses that, but the buffer must hold if it does not.
      if (!this.#file) this.#pieces.push(this.#exact.subarray(0, at));
      this.#exact = undefined;
    }
    if (this.#file) return this.#file.write(stored);
    if (!this.#exact) this.#pieces.push(stored);
    return this.#willSpill(this.#size) ? this.#spill() : undefined;
  }

  /** For a body of known length, wherever else it goes. */
  #roomFor(total: number): Buffer<ArrayBuffer> | undefined {
    const { maxBytes, copies } = this.#options;
    if (!this.#willSpill(total)) return Buffer.allocUnsafeSlow(Math.min(total, maxBytes));
    this.#copy = copies && takeCopy(copies, total);
    return this.#copy?.bytes;
  }

  #willSpill(size: number): boolean {
    return size > this.#options.spillBytes && this.#options.slot !== undefined;
  }

  /** From here on to the file; what is in memory goes first. */
  #spill(kept?: Kept): Promise<void> | undefined {
    const hash: Hash = kept?.hash ?? createHash('sha256');
    const slot = this.#options.slot as PartialSlot;
    this.#file = new PartialWriter(slot, kept?.bytes ?? 0, hash, this.#version);
    const early = this.#exact ? [this.#exact.subarray(0, this.#size)] : this.#pieces;
    if (!this.#copy) this.#exact = undefined;
    this.#pieces = [];
    let wait: Promise<void> | undefined;
    for (const piece of early) wait = this.#file.write(piece) ?? wait;
    return wait;
  }

  #throttle(bytes: number): Promise<void> | undefined {
    const { bandwidth, clock, signal } = this.#options;
    const ms = bandwidth?.take(bytes, clock.now()) ?? 0;
    if (ms <= 0) return undefined;
    // Our own pause is not the server's slowness.
    this.#windowStart += ms;
    return clock.sleep(ms, signal);
  }

  /** A server that sends a byte now and then never stalls, and would hold its place for ever. */
  #checkSpeed(bytes: number): void {
    const { clock, minSpeed, speedWindowMs, url } = this.#options;
    this.#windowBytes += bytes;
    const now = clock.now();
    const ms = now - this.#windowStart;
    if (ms < speedWindowMs) return;
    if (this.#windowBytes < (minSpeed * ms) / 1000) {
      throw new TrawlError(
        'timeout',
        `${redactUrl(url)} sent ${this.#windowBytes} bytes in ${Math.round(ms / 1000)} s, slower than ${minSpeed} bytes/s`,
      );
    }
    this.#windowStart = now;
    this.#windowBytes = 0;
  }

  #tooLarge(announced?: number): TrawlError {
    const { url, maxBytes, maxBytesOption } = this.#options;
    const size = announced === undefined ? `more than ${maxBytes} bytes` : `${announced} bytes`;
    const rule = `${maxBytesOption} is ${maxBytes}`;
    return new TrawlError('too-large', `${redactUrl(url)} has ${size}; ${rule}`);
  }
}

/** One buffer of its own, which may be handed to a worker. */
function joined(pieces: readonly Buffer[], size: number): Buffer<ArrayBuffer> {
  const whole = Buffer.allocUnsafeSlow(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
