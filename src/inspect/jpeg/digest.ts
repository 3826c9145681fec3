/** From a JPEG's coefficients to what the hash and the second look need. */
import { applyBoth, MIN_SIDE, REDUCED } from '../pdq/mod.ts';
import { sumRowsIn } from '../sum-rows.ts';
import { CHROMA_SIDE, LUMA_SIDE } from '../thumbnail.ts';
import { type Turn, transposed, turnOf } from '../turn.ts';
import { type Digest, packThumbnail } from '../worker/picture.ts';
import { type AxisPurpose, coefficientAxis, pdqPurpose } from './axis.ts';
import { withoutInk } from './cmyk.ts';
import type { Component, Kept } from './coefficients.ts';
import type { Frame } from './frame.ts';
import { core, spareRoom } from './memory.ts';
import { readCoefficients } from './read.ts';
import { NotForUs } from './scan.ts';

/**
 * Samples an axis that the kept coefficients must amount to. PDQ's decimation folds frequencies up
 * to 72 periods a side onto those that it keeps, and each period takes two samples. With fewer than some
 * 150, fields of stars and the like come out up to 34 bits from the full picture's hash; at 192 (1536
 * pixels of which only the DC is kept) few are more than 10 off: see scripts/bench/pdq-accuracy.ts.
 */
const ENOUGH_LUMA = 192;
/** The thumbnail's 16 samples of colour ask for less: parts of 4 blocks, cut at any sample. */
const ENOUGH_CHROMA = 64;

/**
 * @param orientation EXIF orientation, 1–8
 * @returns undefined when the fast path does not read this kind of JPEG, or its data are broken
 * @throws TrawlError `truncated`
 */
export function digestJpeg(file: Uint8Array, orientation: number): Digest | undefined {
  try {
    const frame = readCoefficients(file, chooseKept);
    return frame && combine(frame, turnOf(orientation));
  } catch (error) {
    if (error instanceof NotForUs) return undefined;
    throw error;
  }
}

function chooseKept(blocksWide: number, blocksHigh: number, luma: boolean): Kept {
  // Filtered at its own size, a small picture shows every sample; it is no work to keep them all.
  if (luma && Math.max(blocksWide, blocksHigh) * 8 <= REDUCED) return 8;
  const samples = Math.min(blocksWide, blocksHigh);
  const enough = luma ? ENOUGH_LUMA : ENOUGH_CHROMA;
  return Math.min(8, Math.ceil(enough / samples)) as Kept;
}

function combine(frame: Frame, turn: Turn): Digest {
  const printing = frame.color === 'cmyk' || frame.color === 'ycck';
  const components = printing ? withoutInk(frame) : frame.components;
  const views = components.map((component) => new View(component, turn));
  const { luma, cb, cr } = printing ? RGB : PLANES[frame.color as keyof typeof PLANES];
  const sum = (weights: Weights, sample: (view: View) => Float32Array) =>
    weigh(weights, views, sample);
  const thumbnail = packThumbnail(
    sum(luma, (view) => view.parts(LUMA_SIDE)),
    cb && sum(cb, (view) => view.parts(CHROMA_SIDE)),
    cr && sum(cr, (view) => view.parts(CHROMA_SIDE)),
  );
  const { width, height } = frame;
  if (width < MIN_SIDE || height < MIN_SIDE) return { thumbnail };
  const purpose = pdqPurpose(width, height);
  return { buffer: sum(luma, (view) => view.sample(purpose)), thumbnail };
}

/** Weight of each component. All components are stored with 128 taken off. */
type Weights = readonly number[];

interface Mix {
  readonly luma: Weights;
  readonly cb?: Weights;
  readonly cr?: Weights;
}

/** How light and colour differences (ITU-T T.871) come out of the components. */
const RGB: Mix = {
  luma: [0.299, 0.587, 0.114],
  cb: [-0.299 / 1.772, -0.587 / 1.772, 0.886 / 1.772],
  cr: [0.701 / 1.402, -0.587 / 1.402, -0.114 / 1.402],
};

const PLANES: Record<'grey' | 'ycc' | 'rgb', Mix> = {
  grey: { luma: [1] },
  ycc: { luma: [1, 0, 0], cb: [0, 1, 0], cr: [0, 0, 1] },
  rgb: RGB,
};

function weigh(
  weights: Weights,
  views: readonly View[],
  sample: (view: View) => Float32Array,
): Float32Array<ArrayBuffer> {
  let sum: Float32Array<ArrayBuffer> | undefined;
  for (const [i, weight] of weights.entries()) {
    if (weight === 0) continue;
    const plane = sample(views[i]!);
    sum ??= new Float32Array(plane.length).fill(128);
    for (let at = 0; at < plane.length; at++) sum[at] = sum[at]! + weight * plane[at]!;
  }
  return sum ?? new Float32Array();
}

/** One component, sampled as the picture is shown. */
class View {
  readonly #component: Component;
  readonly #turn: Turn;

  constructor(component: Component, turn: Turn) {
    this.#component = component;
    this.#turn = turn;
  }

  parts(parts: number): Float32Array {
    return this.sample({ parts });
  }

  sample(purpose: AxisPurpose): Float32Array {
    const { width, height, kept, stride, values } = this.#component;
    const { flipAcross, flipDown, swap } = this.#turn;
    const across = coefficientAxis(width, kept, purpose, flipAcross);
    const down = coefficientAxis(height, kept, purpose, flipDown);
    // What was made of inks lies elsewhere.
    const inCore = values.buffer === core().memory.buffer;
    const room = inCore ? spareRoom(across.columns, down.columns) : undefined;
    const sumRows = room && sumRowsIn(core(), room);
    const samples = applyBoth(values, across, down, stride, sumRows);
    return swap ? transposed(samples, across.rows) : samples;
  }
}
