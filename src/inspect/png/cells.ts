/**
 * Sums of a picture's pixels over a grid of equal cells: all that is kept of a picture that comes row by
 * row. A cell's mean stands for each of its pixels.
 */
import { REDUCED } from '../pdq/mod.ts';
import { core } from './memory.ts';

/** Pixels a side of a cell: as many as leave some 512 cells to the axis, and one where PDQ sees every pixel. */
export function cellSide(pixels: number): number {
  return pixels <= REDUCED ? 1 : Math.max(1, Math.round(pixels / REDUCED));
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Room for the sums of a picture in colour. */
export function sumBytes({ width, height }: Size): number {
  return 12 * Math.ceil(width / cellSide(width)) * Math.ceil(height / cellSide(height));
}

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

  /** @param room of {@link sumBytes}, in the core's memory */
  constructor({ width, height }: Size, channels: 1 | 3, room: Uint8Array) {
    this.width = width;
    this.channels = channels;
    this.cellWidth = cellSide(width);
    this.cellHeight = cellSide(height);
    this.across = Math.ceil(width / this.cellWidth);
    this.down = Math.ceil(height / this.cellHeight);
    const count = this.across * this.down * channels;
    this.sums = new Int32Array(room.buffer, room.byteOffset, count).fill(0);
  }

  /** Adds the whole row `y`, whose samples lie in the core's memory. */
  addRow(y: number, samples: Uint8Array): void {
    const { sums, channels } = this;
    const first = Math.floor(y / this.cellHeight) * this.across * channels;
    const { addGrey, addRgb } = core();
    const add = channels === 3 ? addRgb : addGrey;
    add(sums.byteOffset + 4 * first, samples.byteOffset, this.width, this.cellWidth);
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
