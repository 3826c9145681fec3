/** From the bytes of a row to 8-bit grey or RGB on white, rounded as libvips rounds. */

import { writeTable } from '../rows/color-table.ts';
import { core } from '../rows/memory.ts';
import { layOnWhite, onWhite } from '../rows/on-white.ts';
import { unpackBits } from '../rows/unpack-bits.ts';
import { u16be } from '../structure/bytes.ts';
import { COLOR_TYPES, GREY_ALPHA, PALETTE, RGB_ALPHA } from '../structure/png-layout.ts';
import type { PngParts } from './parts.ts';

export interface Samples {
  /** Of the result: 1 is grey, 3 is RGB. */
  readonly channels: 1 | 3;
  /** The result are places in this table of colours, one a pixel. */
  readonly table?: Uint8Array;
  /**
   * Undefined when a pixel has a colour that the palette lacks. The result is valid until the next call.
   */
  read(row: Uint8Array, pixels: number): Uint8Array | undefined;
}

/**
 * @param out room for three bytes a pixel of the longest row, in the core's memory, as all rows are
 * @param table room for a table of colours, there too
 */
export function samplesOf(
  parts: PngParts,
  out: Uint8Array,
  table: Uint8Array<ArrayBuffer>,
): Samples {
  const { colorType, depth, interlaced } = parts.header;
  if (colorType === PALETTE) {
    return interlaced ? paletteSamples(parts, out) : places(parts, out, table);
  }
  const { channels } = COLOR_TYPES[colorType]!;
  const colors = channels < 3 ? 1 : 3;
  const key = parts.transparency && keyOf(parts.transparency);
  if (depth === 8 && channels === colors && !key) {
    return { channels: colors, read: (row) => row };
  }
  if (depth < 8) {
    const scale = 255 / ((1 << depth) - 1);
    return {
      channels: 1,
      read(row, pixels) {
        unpackBits(row, depth, pixels, out);
        for (let i = 0; i < pixels; i++) out[i] = out[i] === key?.[0] ? 255 : out[i]! * scale;
        return out;
      },
    };
  }
  const bytes = depth / 8;
  if (colorType === RGB_ALPHA && depth === 8) {
    return {
      channels: 3,
      read(row, pixels) {
        core().flattenRgba(row.byteOffset, out.byteOffset, pixels);
        return out;
      },
    };
  }
  if (colorType >= GREY_ALPHA) {
    return { channels: colors, read: (row, pixels) => layOnWhite(row, bytes, colors, pixels, out) };
  }
  return { channels: colors, read: (row, pixels) => opaque(row, bytes, colors, key, pixels, out) };
}

/** The transparent grey or RGB value, 16 bits a sample whatever the depth. */
function keyOf(data: Uint8Array): number[] {
  return Array.from({ length: data.length / 2 }, (_, i) => u16be(data, 2 * i));
}

/** Grey or RGB, one value of which may stand for white; of 16 bits, the high ones. */
function opaque(
  row: Uint8Array,
  bytes: number,
  colors: number,
  key: readonly number[] | undefined,
  pixels: number,
  out: Uint8Array,
): Uint8Array {
  for (let i = 0, from = 0, to = 0; i < pixels; i++, to += colors) {
    let clear = key !== undefined;
    for (let c = 0; c < colors; c++, from += bytes) {
      out[to + c] = row[from]!;
      clear &&= (bytes === 1 ? row[from]! : u16be(row, from)) === key![c];
    }
    if (clear) out.fill(255, to, to + colors);
  }
  return out;
}

/** RGB on white. */
function colorsOf({ palette, transparency }: PngParts): Uint8Array {
  return palette!.map((value, i) => onWhite(value, transparency?.[Math.floor(i / 3)] ?? 255));
}

function places(parts: PngParts, out: Uint8Array, table: Uint8Array<ArrayBuffer>): Samples {
  const { depth } = parts.header;
  writeTable(table, colorsOf(parts));
  return {
    channels: 3,
    table,
    read(row, pixels) {
      if (depth === 8) return row;
      unpackBits(row, depth, pixels, out);
      return out;
    },
  };
}

function paletteSamples(parts: PngParts, out: Uint8Array): Samples {
  const { depth } = parts.header;
  const colors = colorsOf(parts);
  const entries = colors.length / 3;
  const indices = new Uint8Array(depth < 8 ? out.length / 3 : 0);
  return {
    channels: 3,
    read(row, pixels) {
      if (depth < 8) unpackBits(row, depth, pixels, indices);
      const from = depth < 8 ? indices : row;
      let highest = 0;
      for (let i = 0, to = 0; i < pixels; i++, to += 3) {
        const index = from[i]!;
        highest = Math.max(highest, index);
        out[to] = colors[3 * index]!;
        out[to + 1] = colors[3 * index + 1]!;
        out[to + 2] = colors[3 * index + 2]!;
      }
      return highest < entries ? out : undefined;
    },
  };
}
