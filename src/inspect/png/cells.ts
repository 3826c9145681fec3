/**
 * Sums of a picture's pixels over a grid of equal cells: all that is kept of a picture that comes row by
 * row. A cell's mean stands for each of its pixels.
 */
import { REDUCED } from '../pdq/mod.ts';

/** Pixels a side of a cell: as many as leave some 512 cells to the axis, and one where PDQ sees every pixel. */
export function cellSide(pixels: number): number {
  return pixels <= REDUCED ? 1 : Math.max(1, Math.round(pixels / REDUCED));
}

/** Kept from picture to picture, as asking the system for fresh pages takes time. */
let scratch = new Int32Array();

export class CellSums {
  readonly width: number;
  readonly channels: 1 | 3;
  /** Cells an axis. */
  readonly across: number;
  readonly down: number;
  /** Pixels a cell, an axis; those at the right and lower edge may have fewer. */
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** By channel, cell after cell: at most 255 × 1954² by the longest sides that a PNG has. */
  readonly sums: Int32Array;

  /** Valid until the next one is made. */
  constructor(width: number, height: number, channels: 1 | 3) {
    this.width = width;
    this.channels = channels;
    this.cellWidth = cellSide(width);
    this.cellHeight = cellSide(height);
    this.across = Math.ceil(width / this.cellWidth);
    this.down = Math.ceil(height / this.cellHeight);
    const count = this.across * this.down * channels;
    if (scratch.length < count) scratch = new Int32Array(count);
    this.sums = scratch.subarray(0, count).fill(0);
  }

  /** Adds the whole row `y`. */
  addRow(y: number, samples: Uint8Array): void {
    const { sums, cellWidth, channels, across } = this;
    const first = Math.floor(y / this.cellHeight) * across * channels;
    if (channels === 3) addRgb(sums, first, samples, this.width, cellWidth);
    else addGrey(sums, first, samples, this.width, cellWidth);
  }

  /** Adds `pixels` pixels of row `y`: column `left` and every `step`-th after it. */
  addSome(y: number, left: number, step: number, samples: Uint8Array, pixels: number): void {
    const { sums, cellWidth, channels, across } = this;
    const first = Math.floor(y / this.cellHeight) * across;
    for (let i = 0, x = left, from = 0; i < pixels; i++, x += step) {
      const to = (first + Math.floor(x / cellWidth)) * channels;
      for (let c = 0; c < channels; c++) sums[to + c]! += samples[from++]!;
    }
  }
}

function addRgb(
  sums: Int32Array,
  first: number,
  samples: Uint8Array,
  width: number,
  cellWidth: number,
): void {
  const end = 3 * width;
  for (let from = 0, to = first; from < end; to += 3) {
    const stop = Math.min(end, from + 3 * cellWidth);
    let [r, g, b] = [0, 0, 0];
    for (; from < stop; from += 3) {
      r += samples[from]!;
      g += samples[from + 1]!;
      b += samples[from + 2]!;
    }
    sums[to]! += r;
    sums[to + 1]! += g;
    sums[to + 2]! += b;
  }
}

function addGrey(
  sums: Int32Array,
  first: number,
  samples: Uint8Array,
  width: number,
  cellWidth: number,
): void {
  for (let from = 0, to = first; from < width; to++) {
    const stop = Math.min(width, from + cellWidth);
    let sum = 0;
    while (from < stop) sum += samples[from++]!;
    sums[to]! += sum;
  }
}
