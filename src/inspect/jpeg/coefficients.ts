/** Where the DCT coefficients of a component are kept: only the lowest of each block. */

/** How many coefficients an axis are kept of the eight. */
export type Kept = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

export interface Component {
  readonly id: number;
  /** Sampling factors: blocks of one MCU across and down. */
  readonly horizontal: number;
  readonly vertical: number;
  /** Samples that belong to the picture; the last blocks reach further. */
  readonly width: number;
  readonly height: number;
  /** Blocks that belong to the picture, as scans of this component alone code them. */
  readonly blocksWide: number;
  readonly blocksHigh: number;
  readonly kept: Kept;
  /** Values from one row of `values` to the next: `kept` for each block of whole MCUs. */
  readonly stride: number;
  /** Coefficient (u, v) of block (x, y) is at `(y · kept + v) · stride + x · kept + u`. */
  readonly values: Float32Array;
  /** By zigzag index: offset within a block's place, or −1 when the coefficient is not kept. */
  readonly places: Int32Array;
  /** Zigzag index after the last one that is kept. */
  readonly limit: number;
  /** Zigzag indices of kept coefficients that no scan has brought yet. */
  lacking: readonly number[];
  readonly quantTable: number;
  /** By zigzag index; set when the component's first scan begins. */
  quant: Uint16Array | undefined;
}

/** Natural position (row × 8 + column) of each zigzag index (T.81, figure 5). */
export const ZIGZAG = Uint8Array.of(
  0,
  1,
  8,
  16,
  9,
  2,
  3,
  10,
  17,
  24,
  32,
  25,
  18,
  11,
  4,
  5,
  12,
  19,
  26,
  33,
  40,
  48,
  41,
  34,
  27,
  20,
  13,
  6,
  7,
  14,
  21,
  28,
  35,
  42,
  49,
  56,
  57,
  50,
  43,
  36,
  29,
  22,
  15,
  23,
  30,
  37,
  44,
  51,
  58,
  59,
  52,
  45,
  38,
  31,
  39,
  46,
  53,
  60,
  61,
  54,
  47,
  55,
  62,
  63,
);

/** Places of the kept coefficients by zigzag index; 80 long, because a damaged run may pass 63. */
export function placesOf(
  kept: Kept,
  stride: number,
): Pick<Component, 'places' | 'limit' | 'lacking'> {
  const places = new Int32Array(80).fill(-1);
  const lacking: number[] = [];
  for (let index = 0; index < 64; index++) {
    const u = ZIGZAG[index]! & 7;
    const v = ZIGZAG[index]! >> 3;
    if (u >= kept || v >= kept) continue;
    places[index] = v * stride + u;
    lacking.push(index);
  }
  return { places, limit: lacking.at(-1)! + 1, lacking };
}

/** Undoes the quantisation of values that were stored without. */
export function dequantise({ values, kept, stride, quant }: Component): void {
  if (!quant) return;
  const factors = new Float32Array(64);
  for (const [index, natural] of ZIGZAG.entries()) factors[natural] = quant[index]!;
  for (let from = 0, row = 0; from < values.length; from += stride, row++) {
    const v = row % kept;
    for (let u = 0; u < kept; u++) {
      const factor = factors[v * 8 + u]!;
      for (let at = from + u; at < from + stride; at += kept) values[at]! *= factor;
    }
  }
}
