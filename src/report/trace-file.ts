/** A file in the Trace Event Format (JSON object form), which Perfetto and chrome://tracing open. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { TrawlError } from '../errors.ts';
import { fileError } from '../store/file-error.ts';

/**
 * One event. `ts` and `dur` are whole µs. The format: "Trace Event Format", Google, 2016;
 * phases used here: X (span), i (instant), C (counter), M (name of a process or thread).
 */
export interface TraceEvent {
  readonly ph: 'X' | 'i' | 'C' | 'M';
  readonly name: string;
  readonly cat?: string;
  readonly ts?: number;
  readonly dur?: number;
  readonly pid: number;
  readonly tid: number;
  /** Scope of an instant: process or thread. */
  readonly s?: 'p' | 't';
  readonly args?: Readonly<Record<string, unknown>>;
}

const HEAD = '{"displayTimeUnit":"ms","traceEvents":[\n';
const TAIL = '\n]}\n';
/** Events are written in pieces of this size, or when so much time has passed. */
const PIECE_CHARS = 64 * 1024;
const FLUSH_MS = 1000;

/**
 * Each piece is written over the end of the one before, end included, in one call: so the file is whole
 * JSON at any time, whoever kills the program, and no event stays in memory.
 */
export class TraceFile implements Disposable {
  readonly #path: string;
  readonly #fd: number;
  #at = 0;
  #text = HEAD;
  #empty = true;
  #closed = false;
  #flushed = performance.now();
  #failure: TrawlError | undefined;

  private constructor(path: string, fd: number) {
    this.#path = path;
    this.#fd = fd;
  }

  /** Throws TrawlError when the file cannot be written. A file that is there is written anew. */
  static open(path: string): TraceFile {
    try {
      const file = new TraceFile(path, openSync(path, 'w'));
      file.#flush();
      if (file.#failure) throw file.#failure;
      return file;
    } catch (error) {
      throw fileError(error, path);
    }
  }

  /** The error that ended the writing: a full disk ends the trace, not the run. */
  get failure(): TrawlError | undefined {
    return this.#failure;
  }

  write(event: TraceEvent): void {
    if (this.#failure || this.#closed) return;
    this.#text += `${this.#empty ? '' : ',\n'}${JSON.stringify(event)}`;
    this.#empty = false;
    const due = this.#text.length >= PIECE_CHARS || performance.now() - this.#flushed >= FLUSH_MS;
    if (due) this.#flush();
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#flush();
    this.#closed = true;
    closeSync(this.#fd);
  }

  #flush(): void {
    if (this.#failure) return;
    const piece = Buffer.from(this.#text);
    try {
      const whole = Buffer.concat([piece, Buffer.from(TAIL)]);
      for (let done = 0; done < whole.length; ) {
        done += writeSync(this.#fd, whole, done, whole.length - done, this.#at + done);
      }
    } catch (error) {
      this.#failure = fileError(error, this.#path);
      return;
    }
    this.#at += piece.length;
    this.#text = '';
    this.#flushed = performance.now();
  }
}
