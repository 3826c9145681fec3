/** Cuts data, of which there are more and more, into rows. */
import type { Shape, TakeRow } from './unpacker.ts';

export class RowCutter {
  readonly #rowBytes: number;
  readonly #take: TakeRow;
  /** Rows that are still to come. */
  #rows: number;

  constructor({ rows, rowBytes }: Shape, take: TakeRow) {
    this.#rowBytes = rowBytes;
    this.#rows = rows;
    this.#take = take;
  }

  /** All rows have come. */
  get complete(): boolean {
    return this.#rows === 0;
  }

  /** Undefined when there are more data than rows; see {@link ReadData}. */
  read(data: Uint8Array): number | undefined {
    let at = 0;
    for (; at + this.#rowBytes <= data.length; at += this.#rowBytes) {
      if (this.#rows-- === 0) return undefined;
      this.#take(data.subarray(at, at + this.#rowBytes));
    }
    return at;
  }
}
