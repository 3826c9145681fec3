/** Cuts inflated data, which come in pieces of any length, into rows and undoes their filters. */
import type { Pass } from '../structure/png-layout.ts';
import { FILTERS, unfilter } from './unfilter.ts';

/** Takes a row of pass `pass`; `row` is valid until the next one. */
export type TakeRow = (row: Uint8Array, pass: number, y: number) => void;

export class RowReader {
  readonly #passes: readonly Pass[];
  readonly #pixelBytes: number;
  readonly #take: TakeRow;
  #pass = 0;
  #y = 0;
  #row: Uint8Array;
  #above: Uint8Array;
  /** Start of a row whose rest has not come yet, with its filter type. */
  readonly #begun: Uint8Array;
  #has = 0;

  /** @param pixelBytes bytes a pixel, 1 where several share a byte */
  constructor(passes: readonly Pass[], pixelBytes: number, take: TakeRow) {
    this.#passes = passes;
    this.#pixelBytes = pixelBytes;
    this.#take = take;
    const longest = Math.max(...passes.map(({ rowBytes }) => rowBytes));
    this.#begun = new Uint8Array(1 + longest);
    this.#row = new Uint8Array(passes[0]!.rowBytes);
    this.#above = new Uint8Array(passes[0]!.rowBytes);
  }

  /** All rows of all passes have come. */
  get complete(): boolean {
    return this.#pass === this.#passes.length;
  }

  /** False when there is no such filter, or there are more data than rows. */
  push(piece: Uint8Array): boolean {
    let at = 0;
    while (at < piece.length) {
      if (this.complete) return false;
      const length = 1 + this.#row.length;
      if (this.#has === 0 && piece.length - at >= length) {
        if (!this.#read(piece, at)) return false;
        at += length;
        continue;
      }
      const part = piece.subarray(at, at + length - this.#has);
      this.#begun.set(part, this.#has);
      this.#has += part.length;
      at += part.length;
      if (this.#has < length) return true;
      this.#has = 0;
      if (!this.#read(this.#begun, 0)) return false;
    }
    return true;
  }

  #read(source: Uint8Array, at: number): boolean {
    const filter = source[at]!;
    if (filter >= FILTERS) return false;
    unfilter(filter, source, at + 1, this.#row, this.#above, this.#pixelBytes);
    this.#take(this.#row, this.#pass, this.#y);
    [this.#row, this.#above] = [this.#above, this.#row];
    if (++this.#y === this.#passes[this.#pass]!.height) {
      this.#y = 0;
      const next = this.#passes[++this.#pass];
      if (next) {
        this.#row = new Uint8Array(next.rowBytes);
        this.#above = new Uint8Array(next.rowBytes);
      }
    }
    return true;
  }
}
