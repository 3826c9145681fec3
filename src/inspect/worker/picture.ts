/** Colour planes of a whole picture, as shown, no larger than PDQ filters them; and what is made of them. */
import {
  type AxisMatrix,
  applyBoth,
  areaAverage,
  bufferOfPlane,
  MIN_SIDE,
  type SumRows,
} from '../pdq/mod.ts';
import { CHROMA_SIDE, LUMA_SIDE, THUMBNAIL_BYTES } from '../thumbnail.ts';
import { transposed } from '../turn.ts';

/** All that the hash and the second look need of a picture. */
export interface Digest {
  /** PDQ's 64 × 64 luminance; absent when the picture is too small to have a hash. */
  readonly buffer?: Float32Array;
  /** See thumbnail.ts. */
  readonly thumbnail: Uint8Array<ArrayBuffer>;
}

/** 8-bit RGB, row-major, three bytes a pixel. */
export interface RgbPixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Row-major, 0–255; red and blue are those of RGB, and missing from a grey picture. */
export interface Planes {
  readonly luma: Float32Array;
  readonly red?: Float32Array;
  readonly blue?: Float32Array;
}

type Both = readonly [across: AxisMatrix, down: AxisMatrix];

/** What is made of the planes, axis by axis. */
export interface Axes {
  /** To {@link LUMA_SIDE} and {@link CHROMA_SIDE}. */
  readonly light: Both;
  readonly color: Both;
  /** To PDQ's buffer; missing when the picture is too small to have a hash. */
  readonly pdq?: Both;
  /** What comes out is shown with its axes swapped. */
  readonly swap: boolean;
  /** Faster, where the planes lie. */
  readonly sumRows?: SumRows;
}

let scratch: Float32Array[] = [];

/** Kept from picture to picture: 3 MB of garbage for each would pile up before it is collected. */
function takePlanes(count: number): [Float32Array, Float32Array, Float32Array] {
  if ((scratch[0]?.length ?? 0) < count) scratch = [0, 1, 2].map(() => new Float32Array(count));
  return scratch.map((plane) => plane.subarray(0, count)) as ReturnType<typeof takePlanes>;
}

/**
 * Of pixels that begin with red, green and blue, in planes that are the next picture's, too.
 *
 * @param step bytes from one pixel to the next
 */
export function planesOf(data: Uint8Array, step: 3 | 4): Required<Planes> {
  const count = data.length / step;
  const [red, blue, luma] = takePlanes(count);
  for (let at = 0, from = 0; at < count; at++, from += step) {
    const r = data[from]!;
    const b = data[from + 2]!;
    red[at] = r;
    blue[at] = b;
    luma[at] = lumaOf(r, data[from + 1]!, b);
  }
  return { luma, red, blue };
}

export function digestPixels({ data, width, height }: RgbPixels): Digest {
  const planes = planesOf(data, 3);
  const axis = (side: number): Both => {
    const across = areaAverage(width, side);
    return [across, width === height ? across : areaAverage(height, side)];
  };
  const axes = { light: axis(LUMA_SIDE), color: axis(CHROMA_SIDE), swap: false };
  const thumbnail = thumbnailOf(planes, axes);
  if (width < MIN_SIDE || height < MIN_SIDE) return { thumbnail };
  return { buffer: bufferOfPlane(planes.luma, width, height), thumbnail };
}

export function digestPlanes(planes: Planes, axes: Axes): Digest {
  const thumbnail = thumbnailOf(planes, axes);
  return { ...(axes.pdq && { buffer: shown(planes.luma, axes.pdq, axes) }), thumbnail };
}

function shown(
  plane: Float32Array,
  [across, down]: Both,
  { swap, sumRows }: Axes,
): Float32Array<ArrayBuffer> {
  const samples = applyBoth(plane, across, down, across.columns, sumRows);
  return swap ? transposed(samples, across.rows) : samples;
}

/** Light as JPEG and PDQ weigh it (ITU-R BT.601). */
function lumaOf(r: number, g: number, b: number): number {
  return 0.299 * r + 0.587 * g + 0.114 * b;
}

function thumbnailOf({ luma, red, blue }: Planes, axes: Axes) {
  const { light, color } = axes;
  const dim = red && shown(luma, color, axes);
  const chroma = (plane: Float32Array | undefined, scale: number) =>
    plane && shown(plane, color, axes).map((value, at) => 128 + scale * (value - dim![at]!));
  return packThumbnail(
    shown(luma, light, axes),
    // JPEG's YCbCr (ITU-T T.871): (B − Y) / 1.772 and (R − Y) / 1.402.
    chroma(blue, 1 / 1.772),
    chroma(red, 1 / 1.402),
  );
}

/** Three planes, rounded to bytes, one after the other; a missing chroma plane is neutral. */
export function packThumbnail(
  luma: Float32Array,
  cb: Float32Array | undefined,
  cr: Float32Array | undefined,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8ClampedArray(THUMBNAIL_BYTES).fill(128);
  bytes.set(luma);
  if (cb) bytes.set(cb, luma.length);
  if (cr) bytes.set(cr, luma.length + CHROMA_SIDE * CHROMA_SIDE);
  return new Uint8Array(bytes.buffer);
}
