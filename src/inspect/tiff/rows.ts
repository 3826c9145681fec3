/** The rows of a picture out of its blocks, top to bottom, as samples of 8 bits or fewer. */
import { Band, bandBytes } from './bands.ts';
import type { TiffParts } from './parts.ts';
import { restorer } from './restore.ts';
import { UNPACKERS } from './unpack/mod.ts';

/** Tiles side by side that take more memory are not for us. */
const LARGEST_BAND = 64 << 20;

function bytesFor(pixels: number, bits: number): number {
  return Math.ceil((pixels * bits) / 8);
}

export class RowReader {
  readonly #parts: TiffParts;
  /** Bytes of a block's row, as it is stored; of the picture's, restored. */
  readonly #stored: number;
  readonly #shown: number;
  /** Bits of a pixel, restored. */
  readonly #pixelBits: number;

  constructor(parts: TiffParts) {
    const { size, bits, samples, blocks } = parts;
    this.#parts = parts;
    this.#stored = bytesFor(blocks.width, samples * bits);
    this.#pixelBits = samples * Math.min(8, bits);
    this.#shown = bytesFor(size.width, this.#pixelBits);
  }

  /** What it needs of the core's memory; undefined when that is too much. */
  rooms(): number[] | undefined {
    const { blocks, compression } = this.#parts;
    const band = bandBytes(blocks, this.#shown);
    if (band > LARGEST_BAND) return undefined;
    return [this.#stored, band, ...UNPACKERS[compression]!.rooms(this.#stored)];
  }

  /**
   * Hands out each row; it lies in the core's memory and is valid until the next one.
   * @param rooms as {@link rooms} wants them
   * @returns false when the data end before the rows do, or make no sense
   */
  read(
    [restored, forBand, ...others]: readonly Uint8Array<ArrayBuffer>[],
    take: (row: Uint8Array, y: number) => void,
  ): boolean {
    const { size, blocks, compression } = this.#parts;
    const restore = restorer(this.#parts, restored!);
    const { unpack } = UNPACKERS[compression]!;
    const band = new Band(forBand!, this.#shown);
    const wide = (blocks.width * this.#pixelBits) / 8;
    for (let i = 0, top = 0; top < size.height; top += blocks.height) {
      const high = Math.min(blocks.height, size.height - top);
      const rows = blocks.tiled ? blocks.height : high;
      for (let column = 0; column < blocks.across; column++, i++) {
        let y = 0;
        const done = unpack(
          blocks.data(i),
          { rows, rowBytes: this.#stored },
          others,
          blocks.tiled
            ? (row) => band.put(restore(row), column * wide, y++)
            : (row) => take(restore(row), top + y++),
        );
        if (!done) return false;
      }
      if (blocks.tiled) for (let y = 0; y < high; y++) take(band.row(y), top + y);
    }
    return true;
  }
}
