/** From the samples of a decoded picture to RGB and light, as sums with weights (ITU-T H.273, 8.3). */

/** Of Y, Cb, Cr (or G, B, R) as they are stored, and of 1. */
export type Weights = readonly [number, number, number, number];

export interface Samples {
  readonly depth: number;
  readonly grey: boolean;
  /** Matrix coefficients. */
  readonly matrix: number;
  readonly fullRange: boolean;
}

const IDENTITY = 0;
const UNSPECIFIED = 2;

/** How much red and blue weigh in Y. What is unspecified, libheif takes for BT.601. */
const WEIGHTS: Readonly<Record<number, readonly [red: number, blue: number]>> = {
  1: [0.2126, 0.0722],
  [UNSPECIFIED]: [0.299, 0.114],
  5: [0.299, 0.114],
  6: [0.299, 0.114],
  9: [0.2627, 0.0593],
};

/**
 * Luma as JPEG weighs it, red and blue, each 0–255; of a grey picture luma alone. Undefined when its colours
 * are made in another way.
 */
export function weightsOf(samples: Samples): readonly Weights[] | undefined {
  const { depth, grey, matrix, fullRange } = samples;
  const unit = 2 ** (8 - depth);
  // Limited range: 16–235, colour differences 16–240.
  const [luma, black] = fullRange ? [unit, 0] : [(unit * 255) / 219, (16 * 255) / 219];
  const chroma = fullRange ? unit : (unit * 255) / 224;
  if (grey) return [[luma, 0, 0, -black]];
  if (matrix === IDENTITY) {
    if (!fullRange) return undefined;
    return [
      [0.587 * unit, 0.114 * unit, 0.299 * unit, 0],
      [0, 0, unit, 0],
      [0, unit, 0, 0],
    ];
  }
  const weights = WEIGHTS[matrix];
  if (!weights) return undefined;
  const [kr, kb] = weights;
  const kg = 1 - kr - kb;
  const neutral = chroma * 2 ** (depth - 1);
  const row = (cb: number, cr: number): Weights => [
    luma,
    cb * chroma,
    cr * chroma,
    -black - (cb + cr) * neutral,
  ];
  const red = row(0, 2 * (1 - kr));
  const blue = row(2 * (1 - kb), 0);
  const green = row((-2 * kb * (1 - kb)) / kg, (-2 * kr * (1 - kr)) / kg);
  const light = red.map((r, i) => 0.299 * r + 0.587 * green[i]! + 0.114 * blue[i]!);
  return [light as unknown as Weights, red, blue];
}
