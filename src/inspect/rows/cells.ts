/**
 * Sums of a picture's pixels over a grid of equal cells: all that is kept of a picture that comes row by
 * row. A cell's mean stands for each of its pixels.
 */

import { sumRowsBytes } from '../sum-rows.ts';
import type { Planes } from '../worker/picture.ts';
import { core } from './memory.ts';

/**
 * Cells that an axis has, some: more than the samples that PDQ's picture is reduced to, as what is finer would fold
 * onto other frequencies than there.
 */
const CELLS = 560;

/** Pixels a side of a cell: one where PDQ sees every pixel. */
export function cellSide(pixels: number): number {
  return Math.max(1, Math.round(pixels / CELLS));
}

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Cells an axis, and those of both. */
function cellsOf({ width, height }: Size) {
  const across = Math.ceil(width / cellSide(width));
  const down = Math.ceil(height / cellSide(height));
  return { across, down, count: across * down };
}

/** Room for the sums of a picture in colour, of cells and of columns; the latter with some that are behind a row. */
export function sumBytes(size: Size): number {
  const { across, down, count } = cellsOf(size);
  return 12 * count + 8 + Math.max(8 * size.width + 32, sumRowsBytes(across, down));
}

/** Rows of which 16 bits hold the sum of a column. */
const MOST_ROWS = 256;

export class CellSums {
  readonly #width: number;
  readonly #height: number;
  /** Cells an axis. */
  readonly #across: number;
  readonly #down: number;
  /** Pixels a cell, an axis; those at the right and lower edge may have fewer. */
  readonly #cellWidth: number;
  readonly #cellHeight: number;
  /** By channel, row-major: at most 255 × 1786² by the longest sides that a PNG has. */
  readonly #sums: readonly Int32Array<ArrayBuffer>[];
  /** Sums of columns, of how many rows, and of which row of cells. */
  readonly #columns: Uint8Array<ArrayBuffer>;
  #rows = 0;
  #row = 0;
  /** The columns are those of places in a table. */
  #indexed = false;
  /** A pixel had a place where there is no colour. */
  #missing = false;

  /** @param room of {@link sumBytes}, in the core's memory */
  constructor({ width, height }: Size, channels: 1 | 3, room: Uint8Array<ArrayBuffer>) {
    this.#width = width;
    this.#height = height;
    this.#cellWidth = cellSide(width);
    this.#cellHeight = cellSide(height);
    const { across, down, count } = cellsOf({ width, height });
    this.#across = across;
    this.#down = down;
    this.#sums = Array.from({ length: channels }, (_, channel) =>
      new Int32Array(room.buffer, room.byteOffset + 4 * count * channel, count).fill(0),
    );
    // At an address that is a multiple of 8.
    this.#columns = room.subarray((4 * count * channels + 7) & ~7).fill(0);
  }

  /** Room of {@link sumRowsBytes} that is used no more when all pixels have been added. */
  get spare(): Uint8Array<ArrayBuffer> {
    return this.#columns;
  }

  /** Adds the whole row `y`, whose samples lie in the core's memory. */
  addRow(y: number, { byteOffset }: Uint8Array): void {
    this.#turnTo(y);
    const count = this.#width * this.#sums.length;
    core().addColumns(this.#columns.byteOffset, byteOffset, count);
  }

  /** The same of colours in a table that lies in the core's memory, too; of all rows, or of none. */
  addIndexed(y: number, row: Uint8Array, { byteOffset: table }: Uint8Array): void {
    this.#turnTo(y);
    this.#indexed = true;
    core().addPlaces(this.#columns.byteOffset, row.byteOffset, this.#width, table);
  }

  /** Prepares the columns for row `y`, fastest when rows come in their order. */
  #turnTo(y: number): void {
    const row = Math.floor(y / this.#cellHeight);
    if (row !== this.#row || this.#rows === MOST_ROWS) this.#addColumns();
    this.#row = row;
    this.#rows++;
  }

  #addColumns(): void {
    if (this.#rows === 0) return;
    this.#rows = 0;
    const [a, b, c] = this.#rowOfCells(this.#row);
    const columns = this.#columns.byteOffset;
    const [width, side] = [this.#width, this.#cellWidth];
    if (b === undefined) core().addGrey(a!, columns, width, side);
    else {
      const others = core().addRgb(a!, b, c!, columns, width, side, this.#indexed ? 8 : 6);
      this.#missing ||= this.#indexed && others !== 0;
    }
  }

  /** Adds `pixels` pixels of row `y`: column `left` and every `step`-th after it. */
  addSome(y: number, left: number, step: number, samples: Uint8Array, pixels: number): void {
    const first = Math.floor(y / this.#cellHeight) * this.#across;
    for (let i = 0, x = left, from = 0; i < pixels; i++, x += step) {
      const to = first + Math.floor(x / this.#cellWidth);
      for (const sums of this.#sums) sums[to]! += samples[from++]!;
    }
  }

  /**
   * Once, when all pixels have been added: the means take the place of the sums. Undefined when one of them has
   * no colour.
   */
  means(): Planes | undefined {
    this.#addColumns();
    if (this.#missing) return undefined;
    // The last cell of a row may be narrower.
    const share = this.#cellWidth / (this.#width - (this.#across - 1) * this.#cellWidth);
    const planes = this.#sums.map(({ buffer, byteOffset, length }) => {
      return new Float32Array(buffer, byteOffset, length);
    });
    for (let row = 0; row < this.#down; row++) {
      const high = Math.min(this.#cellHeight, this.#height - row * this.#cellHeight);
      const scale = 1 / (high * this.#cellWidth);
      const [a, b, c] = this.#rowOfCells(row);
      if (b === undefined) core().meansOfGrey(a!, this.#across, scale);
      else core().meansOfRgb(a!, b, c!, this.#across, scale);
      for (const plane of planes) plane[(row + 1) * this.#across - 1]! *= share;
    }
    const [first, luma, blue] = planes;
    return luma ? { luma, red: first!, blue: blue! } : { luma: first! };
  }

  /** Its addresses, by channel. */
  #rowOfCells(row: number): number[] {
    return this.#sums.map(({ byteOffset }) => byteOffset + 4 * row * this.#across);
  }
}
