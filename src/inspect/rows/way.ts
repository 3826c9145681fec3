/** What is made of a picture that comes row by row: the choice of whoever wants it read. */
import type { Turn } from '../turn.ts';
import type { Digest } from '../worker/picture.ts';
import { CellSums, type Size, sumBytes } from './cells.ts';
import { digestCells } from './digest.ts';

/** Takes all rows of one picture, which lie in the core's memory. */
export interface RowTaker {
  /** Takes the whole row `y`. */
  addRow(y: number, row: Uint8Array): void;
  /** The same of colours in a table, which lies there, too; of all rows, or of none. */
  addIndexed(y: number, row: Uint8Array, table: Uint8Array): void;
  /** Takes `pixels` pixels of row `y`: column `left` and every `step`-th after it. */
  addSome(y: number, left: number, step: number, samples: Uint8Array, pixels: number): void;
  /** Once, when all of them have come. Undefined when a pixel has no colour, or their order does not suit it. */
  digest(turn?: Turn): Digest | undefined;
}

export interface Way {
  /** What it needs of the core's memory, in bytes. */
  roomFor(size: Size): number;
  /**
   * @param room as large as {@link roomFor} says
   * @param tiled the picture is stored in tiles
   */
  begin(size: Size, channels: 1 | 3, room: Uint8Array<ArrayBuffer>, tiled?: boolean): RowTaker;
}

class Cells extends CellSums implements RowTaker {
  readonly #size: Size;

  constructor(size: Size, channels: 1 | 3, room: Uint8Array<ArrayBuffer>) {
    super(size, channels, room);
    this.#size = size;
  }

  digest(turn?: Turn): Digest | undefined {
    return digestCells(this, this.#size, turn);
  }
}

/** The short one: rows are added up. */
export const IN_CELLS: Way = {
  roomFor: sumBytes,
  begin: (size, channels, room) => new Cells(size, channels, room),
};
