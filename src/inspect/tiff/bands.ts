/** Puts the rows of tiles that lie side by side together, so that they are rows of the picture. */
import type { Blocks } from './blocks.ts';

/** Of a picture whose rows are so long; 0 when it has no tiles. */
export function bandBytes({ tiled, height }: Blocks, rowBytes: number): number {
  return tiled ? height * rowBytes : 0;
}

export class Band {
  readonly #bytes: Uint8Array;
  readonly #rowBytes: number;

  /** @param bytes as many as {@link bandBytes} says */
  constructor(bytes: Uint8Array, rowBytes: number) {
    this.#bytes = bytes;
    this.#rowBytes = rowBytes;
  }

  /** Row `y` of a tile whose first byte is byte `left` of the picture's row. What is beyond its edge is left out. */
  put(row: Uint8Array, left: number, y: number): void {
    this.#bytes.set(row.subarray(0, this.#rowBytes - left), y * this.#rowBytes + left);
  }

  row(y: number): Uint8Array {
    return this.#bytes.subarray(y * this.#rowBytes, (y + 1) * this.#rowBytes);
  }
}
