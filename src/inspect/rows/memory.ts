/**
 * The memory of the WebAssembly core (core/), which holds some rows and the sums of one picture. It is
 * kept from picture to picture, as asking the system for fresh pages takes time.
 */
import { CoreInstance } from '../core-instance.ts';
import type { RowSummer } from '../sum-rows.ts';
import { CORE } from './core-code.ts';

interface Core extends RowSummer {
  readonly memory: WebAssembly.Memory;
  readonly roomsFrom: { readonly value: number };
  addColumns(columns: number, samples: number, count: number): void;
  addGrey(sums: number, columns: number, width: number, side: number): void;
  addPlaces(columns: number, places: number, count: number, table: number): void;
  addRgb(
    reds: number,
    greens: number,
    blues: number,
    columns: number,
    width: number,
    side: number,
    step: number,
  ): number;
  adlerAdd(sum: number, from: number, to: number): number;
  inflateBegin(data: number, out: number, size: number): void;
  inflateFeed(bytes: number, final: number): void;
  inflateMove(bytes: number): number;
  inflateRun(): number;
  inflateTo(): number;
  inflateUsed(): number;
  lzwBegin(data: number, rows: number, pixelBits: number): void;
  lzwFeed(bytes: number): void;
  lzwRow(width: number): number;
  lzwUsed(): number;
  meansOfGrey(sums: number, count: number, scale: number): void;
  meansOfRgb(reds: number, greens: number, blues: number, count: number, scale: number): void;
  flattenRgba(row: number, out: number, pixels: number): void;
  unfilter(
    type: number,
    source: number,
    row: number,
    above: number,
    length: number,
    step: number,
  ): void;
  unfilterTwo(
    type: number,
    source: number,
    row: number,
    below: number,
    above: number,
    length: number,
    step: number,
  ): void;
}

/** Behind each room: the core reads and writes up to 8 bytes too far. */
const MARGIN = 16;
/**
 * Memory that is larger is not kept for the next picture. Sums take at most 8.5 MB of it; rows some KB, up to 27 MB
 * in a PNG of a million pixels a row, which is the most that structure/ lets pass.
 */
const KEPT = 10 << 20;

const instance = new CoreInstance<Core>(CORE, KEPT);

export function core(): Core {
  return instance.exports;
}

/**
 * Rooms of so many bytes each, of any content, at addresses that are multiples of 16. What was there before
 * may not be used afterwards.
 */
export function takeRooms(lengths: readonly number[]): Uint8Array<ArrayBuffer>[] {
  let end = (core().roomsFrom.value + MARGIN) & ~15;
  const addresses = lengths.map((length) => {
    const at = end;
    end = (at + length + MARGIN + 15) & ~15;
    return at;
  });
  const buffer = instance.takeMemory(end);
  return lengths.map((length, i) => new Uint8Array(buffer, addresses[i]!, length));
}
