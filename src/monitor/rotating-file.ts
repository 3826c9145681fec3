/** A file that lines are added to, by several processes if need be, and that never grows without bound. */
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

export interface RotatingFileOptions {
  /** At this size the file becomes `FILE.1`, that one `FILE.2`, and so on; in bytes. Default 10,000,000. */
  readonly maxBytes?: number;
  /** Old files that are kept. Default 5. */
  readonly keep?: number;
}

export class RotatingFile implements Disposable {
  readonly path: string;
  readonly #maxBytes: number;
  readonly #keep: number;
  #fd: number | undefined;

  /** Throws the file system's error when the file cannot be opened. */
  constructor(path: string, { maxBytes = 10e6, keep = 5 }: RotatingFileOptions = {}) {
    this.path = path;
    this.#maxBytes = maxBytes;
    this.#keep = keep;
    mkdirSync(dirname(path), { recursive: true });
    this.#fd = openSync(path, 'a');
  }

  /** Adds whole lines. Throws the file system's error; the next call tries anew. */
  append(text: string): void {
    const bytes = Buffer.from(text);
    this.#fd = this.#current(bytes.length);
    // One call, so that what two processes append at the same time is not mixed within a line.
    for (let from = 0; from < bytes.length; ) from += writeSync(this.#fd, bytes, from);
  }

  /** The open file, unless somebody else (another run, logrotate) has moved it away, or it is full. */
  #current(coming: number): number {
    const fd = this.#fd;
    if (fd !== undefined) {
      const open = fstatSync(fd);
      // A device or a pipe has no size to grow beyond.
      if (!open.isFile()) return fd;
      const named = statSync(this.path, { throwIfNoEntry: false });
      const isOurs = named?.ino === open.ino && named.dev === open.dev;
      if (isOurs && (open.size === 0 || open.size + coming <= this.#maxBytes)) return fd;
      this[Symbol.dispose]();
      if (isOurs) this.#rotate();
    }
    return openSync(this.path, 'a');
  }

  #rotate(): void {
    rmSync(`${this.path}.${this.#keep}`, { force: true });
    for (let age = this.#keep - 1; age >= 0; age--) {
      const from = age === 0 ? this.path : `${this.path}.${age}`;
      if (statSync(from, { throwIfNoEntry: false })) renameSync(from, `${this.path}.${age + 1}`);
    }
  }

  [Symbol.dispose](): void {
    const fd = this.#fd;
    this.#fd = undefined;
    if (fd !== undefined) closeSync(fd);
  }
}
