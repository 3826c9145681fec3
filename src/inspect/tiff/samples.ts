/** Hands rows of samples over as 8-bit grey or RGB on white, rounded as libvips rounds. */
import { TABLE_BYTES, writeTable } from '../rows/color-table.ts';
import { core } from '../rows/memory.ts';
import { layOnWhite } from '../rows/on-white.ts';
import { unpackBits } from '../rows/unpack-bits.ts';
import type { RowTaker } from '../rows/way.ts';
import type { TiffParts } from './parts.ts';

/** What {@link adderOf} needs of the core's memory: colours, and a row as it is shown. */
export function adderRooms({ size, palette }: TiffParts): number[] {
  return [palette ? TABLE_BYTES : 0, 3 * size.width];
}

/** Channels of the sums. */
export function channelsOf({ samples, palette }: TiffParts): 1 | 3 {
  return palette || samples >= 3 ? 3 : 1;
}

/** @param rooms as {@link adderRooms} wants them */
export function adderOf(
  { size: { width }, bits, samples, alpha, palette }: TiffParts,
  taker: RowTaker,
  [table, out]: readonly Uint8Array<ArrayBuffer>[],
): (row: Uint8Array, y: number) => void {
  const shown = out!;
  if (palette) {
    writeTable(table!, palette);
    if (bits === 8) return (row, y) => taker.addIndexed(y, row, table!);
    return (row, y) => {
      unpackBits(row, bits, width, shown);
      taker.addIndexed(y, shown, table!);
    };
  }
  if (alpha === 'none') return (row, y) => taker.addRow(y, row);
  const colors = samples - 1;
  const lay = (row: Uint8Array) => {
    if (alpha === 'multiplied') addWhite(row, colors, width, shown);
    else if (colors === 3) core().flattenRgba(row.byteOffset, shown.byteOffset, width);
    else layOnWhite(row, 1, colors, width, shown);
  };
  return (row, y) => {
    lay(row);
    taker.addRow(y, shown);
  };
}

/** Colours that were multiplied by the alpha behind them: none is brighter than that allows. */
function addWhite(row: Uint8Array, colors: number, pixels: number, out: Uint8Array): void {
  for (let i = 0, from = 0, to = 0; i < pixels; i++, from++) {
    const alpha = row[from + colors]!;
    for (const end = from + colors; from < end; from++, to++) {
      out[to] = Math.min(row[from]!, alpha) + 255 - alpha;
    }
  }
}
