/** Cuts inflated data, of which there are more and more, into rows and undoes their filters. */

import { core } from '../rows/memory.ts';
import type { Pass } from '../structure/png-layout.ts';

/** Takes a row of pass `pass`; `row` lies in the core's memory and is valid until the next one. */
export type TakeRow = (row: Uint8Array, pass: number, y: number) => void;

/** Filter types above 4 do not exist. */
const FILTERS = 5;
const UP = 2;

/** Whether each pixel has to wait for the one to its left: of such rows, two are undone at once. */
function isChain(filter: number): boolean {
  return filter > 0 && filter !== UP;
}

function longest(passes: readonly Pass[]): number {
  return Math.max(...passes.map(({ rowBytes }) => rowBytes));
}

/** What a reader needs of the core's memory: for two rows, and the one above them. */
export function rowRooms(passes: readonly Pass[]): number[] {
  const bytes = longest(passes);
  return [bytes, bytes, bytes];
}

/** Most bytes that it leaves to be read with those that follow. */
export function mostLeft(passes: readonly Pass[]): number {
  return 1 + longest(passes);
}

export class RowReader {
  readonly #passes: readonly Pass[];
  readonly #pixelBytes: number;
  readonly #take: TakeRow;
  readonly #core = core();
  #pass = 0;
  #y = 0;
  #row!: Uint8Array;
  #below!: Uint8Array;
  #above!: Uint8Array;

  /**
   * @param pixelBytes bytes a pixel, 1 where several share a byte
   * @param rooms as {@link rowRooms} wants them
   */
  constructor(
    passes: readonly Pass[],
    pixelBytes: number,
    rooms: readonly Uint8Array[],
    take: TakeRow,
  ) {
    this.#passes = passes;
    this.#pixelBytes = pixelBytes;
    this.#take = take;
    const [row, below, above] = rooms;
    this.#row = row!;
    this.#below = below!;
    this.#above = above!;
    this.#begin(passes[0]!);
  }

  /** All rows of all passes have come. */
  get complete(): boolean {
    return this.#pass === this.#passes.length;
  }

  /** Undefined when there is no such filter, or there are more data than rows; see {@link ReadData}. */
  read(data: Uint8Array): number | undefined {
    let at = 0;
    while (at < data.length) {
      if (this.complete) return undefined;
      const size = 1 + this.#row.length;
      if (at + size > data.length) break;
      const filter = data[at]!;
      if (filter >= FILTERS) return undefined;
      const source = data.byteOffset + at + 1;
      const two = at + 2 * size <= data.length && this.#areTwo(filter, data[at + size]!);
      if (two) this.#readTwo(filter, source);
      else this.#readOne(filter, source);
      at += two ? 2 * size : size;
    }
    return at;
  }

  /** Whether two rows with such filters, of the same pass, are undone at once. */
  #areTwo(filter: number, next: number): boolean {
    const isLast = this.#y + 1 === this.#passes[this.#pass]!.height;
    return !isLast && isChain(filter) && isChain(next) && next < FILTERS;
  }

  #readOne(filter: number, source: number): void {
    const [row, above] = [this.#row, this.#above];
    const [to, over] = [row.byteOffset, above.byteOffset];
    this.#core.unfilter(filter, source, to, over, row.length, this.#pixelBytes);
    this.#row = above;
    this.#above = row;
    this.#hand(row);
  }

  #readTwo(filter: number, source: number): void {
    const [row, below, above] = [this.#row, this.#below, this.#above];
    const [to, next, over] = [row.byteOffset, below.byteOffset, above.byteOffset];
    this.#core.unfilterTwo(filter, source, to, next, over, row.length, this.#pixelBytes);
    this.#below = above;
    this.#above = below;
    this.#hand(row);
    this.#hand(below);
  }

  #hand(row: Uint8Array): void {
    this.#take(row, this.#pass, this.#y);
    if (++this.#y < this.#passes[this.#pass]!.height) return;
    this.#y = 0;
    const next = this.#passes[++this.#pass];
    if (next) this.#begin(next);
  }

  /** Rows may be longer than those of the pass before. */
  #begin({ rowBytes }: Pass): void {
    const sized = ({ buffer, byteOffset }: Uint8Array) =>
      new Uint8Array(buffer, byteOffset, rowBytes);
    this.#row = sized(this.#row);
    this.#below = sized(this.#below);
    this.#above = sized(this.#above).fill(0);
  }
}
