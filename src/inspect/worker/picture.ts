/** Colour planes of a whole picture, as shown, no larger than PDQ filters them; and what is made of them. */
import { applyBoth, areaAverage, bufferOfPlane, MIN_SIDE } from '../pdq/mod.ts';
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

type Planes = [Float32Array, Float32Array, Float32Array];

let scratch: Planes | undefined;

/** Kept from picture to picture: 3 MB of garbage for each would pile up before it is collected. */
function planesOf(count: number): Planes {
  if (!scratch || scratch[0].length < count) {
    scratch = [0, 1, 2].map(() => new Float32Array(count)) as Planes;
  }
  return scratch.map((plane) => plane.subarray(0, count)) as Planes;
}

export function digestPixels({ data, width, height }: RgbPixels): Digest {
  const count = width * height;
  const [red, blue, luma] = planesOf(count);
  for (let at = 0, from = 0; at < count; at++, from += 3) {
    const r = data[from]!;
    const g = data[from + 1]!;
    const b = data[from + 2]!;
    red[at] = r;
    blue[at] = b;
    luma[at] = 0.299 * r + 0.587 * g + 0.114 * b;
  }
  const matrices = [CHROMA_SIDE, LUMA_SIDE].map((side) => {
    const across = areaAverage(width, side);
    return { side, across, down: width === height ? across : areaAverage(height, side) };
  });
  const small = (plane: Float32Array, side: number) => {
    const { across, down } = matrices.find((pair) => pair.side === side)!;
    return applyBoth(plane, across, down);
  };
  const dim = small(luma, CHROMA_SIDE);
  const chroma = (plane: Float32Array, scale: number) =>
    small(plane, CHROMA_SIDE).map((value, at) => 128 + scale * (value - dim[at]!));
  const thumbnail = packThumbnail(
    small(luma, LUMA_SIDE),
    // JPEG's YCbCr (ITU-T T.871): (B − Y) / 1.772 and (R − Y) / 1.402.
    chroma(blue, 1 / 1.772),
    chroma(red, 1 / 1.402),
  );
  if (width < MIN_SIDE || height < MIN_SIDE) return { thumbnail };
  return { buffer: bufferOfPlane(luma, width, height), thumbnail };
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
