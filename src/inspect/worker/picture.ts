/** Colour planes of a whole picture, as shown, no larger than PDQ filters them; and what is made of them. */
import { type AxisMatrix, applyBoth, areaAverage, bufferOfPlane, MIN_SIDE } from '../pdq/mod.ts';
import { CHROMA_SIDE, LUMA_SIDE, THUMBNAIL_BYTES } from '../thumbnail.ts';

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
}

let scratch: Float32Array[] = [];

/** Kept from picture to picture: 3 MB of garbage for each would pile up before it is collected. */
export function takePlanes(count: number): [Float32Array, Float32Array, Float32Array] {
  if ((scratch[0]?.length ?? 0) < count) scratch = [0, 1, 2].map(() => new Float32Array(count));
  return scratch.map((plane) => plane.subarray(0, count)) as ReturnType<typeof takePlanes>;
}

export function digestPixels({ data, width, height }: RgbPixels): Digest {
  const count = width * height;
  const [red, blue, luma] = takePlanes(count);
  for (let at = 0, from = 0; at < count; at++, from += 3) {
    const r = data[from]!;
    const g = data[from + 1]!;
    const b = data[from + 2]!;
    red[at] = r;
    blue[at] = b;
    luma[at] = lumaOf(r, g, b);
  }
  const axis = (side: number): Both => {
    const across = areaAverage(width, side);
    return [across, width === height ? across : areaAverage(height, side)];
  };
  const thumbnail = thumbnailOf({ red, blue, luma }, axis(LUMA_SIDE), axis(CHROMA_SIDE));
  if (width < MIN_SIDE || height < MIN_SIDE) return { thumbnail };
  return { buffer: bufferOfPlane(luma, width, height), thumbnail };
}

export function digestPlanes(planes: Planes, { light, color, pdq }: Axes): Digest {
  const thumbnail = thumbnailOf(planes, light, color);
  return { ...(pdq && { buffer: applyBoth(planes.luma, ...pdq) }), thumbnail };
}

/** Light as JPEG and PDQ weigh it (ITU-R BT.601). */
export function lumaOf(r: number, g: number, b: number): number {
  return 0.299 * r + 0.587 * g + 0.114 * b;
}

function thumbnailOf({ luma, red, blue }: Planes, light: Both, color: Both) {
  const dim = red && applyBoth(luma, ...color);
  const chroma = (plane: Float32Array | undefined, scale: number) =>
    plane && applyBoth(plane, ...color).map((value, at) => 128 + scale * (value - dim![at]!));
  return packThumbnail(
    applyBoth(luma, ...light),
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
