/** Brings rows to rows.c. */

import type { Size } from '../rows/cells.ts';
import { PLACES } from '../rows/color-table.ts';
import type { RowTaker, Way } from '../rows/way.ts';
import { AS_STORED, type Turn } from '../turn.ts';
import { Codec, type CodecExports, started } from '../worker/codec.ts';
import type { Digest } from '../worker/picture.ts';
import { digestReduced } from './digest.ts';

interface Reducer extends CodecExports {
  /** 0 when there is no memory, or wasm-vips is to reduce it. */
  begin(width: number, height: number, bands: number, tiled: number): number;
  /** Address of the next row. */
  row(): number;
  take(): void;
  /** Addresses of a table of colours, and of the next row of places in it. */
  table(): number;
  places(): number;
  takePlaces(): void;
  /** Address of RGB; 0 when rows are missing, or colours. */
  end(): number;
}

const reducer = new Codec<Reducer>('reduce.wasm', started);

/**
 * What `read` makes of a picture by a way that sees every pixel. Undefined when wasm-vips is to decode it, also because
 * its rows do not come from top to bottom.
 */
export async function digestRows(
  read: (way: Way) => Digest | undefined,
): Promise<Digest | undefined> {
  return reducer.run((exports) =>
    read({
      roomFor: () => 0,
      begin: (size, channels, _, tiled) => new ReducedRows(exports, size, channels, tiled),
    }),
  );
}

class ReducedRows implements RowTaker {
  readonly #exports: Reducer;
  readonly #memory: Uint8Array;
  readonly #size: Size;
  readonly #channels: 1 | 3;
  readonly #places: number;
  #hasTable = false;
  /** The row that comes next; NaN when another one came. */
  #next = 0;

  constructor(exports: Reducer, size: Size, channels: 1 | 3, tiled = false) {
    this.#exports = exports;
    this.#size = size;
    this.#channels = channels;
    const begun = exports.begin(size.width, size.height, channels, Number(tiled));
    if (begun === 0) throw new RangeError('This cannot be reduced here.');
    this.#places = exports.places();
    this.#memory = new Uint8Array(exports.memory.buffer);
  }

  addRow(y: number, row: Uint8Array): void {
    if (!this.#turnTo(y)) return;
    this.#memory.set(row.subarray(0, this.#channels * this.#size.width), this.#exports.row());
    this.#exports.take();
  }

  addIndexed(y: number, row: Uint8Array, table: Uint8Array): void {
    if (!this.#turnTo(y)) return;
    if (!this.#hasTable) this.#setTable(table);
    this.#memory.set(row.subarray(0, this.#size.width), this.#places);
    this.#exports.takePlaces();
  }

  addSome(): void {
    this.#next = Number.NaN;
  }

  digest(turn: Turn = AS_STORED): Digest | undefined {
    return digestReduced(this.#exports, this.#exports.end(), this.#size, turn);
  }

  #turnTo(y: number): boolean {
    const isNext = y === this.#next;
    this.#next = isNext ? y + 1 : Number.NaN;
    return isNext;
  }

  #setTable({ buffer, byteOffset }: Uint8Array): void {
    const colors = new Uint16Array(buffer, byteOffset, 4 * PLACES);
    this.#memory.set(colors, this.#exports.table());
    this.#hasTable = true;
  }
}
