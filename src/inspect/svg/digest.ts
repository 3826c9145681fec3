/** From the bytes of an SVG to what the hash and the second look need. */
import { pdqPurpose } from '../jpeg/axis.ts';
import { areaAverage, MIN_SIDE } from '../pdq/mod.ts';
import { CHROMA_SIDE, LUMA_SIDE } from '../thumbnail.ts';
import { type Digest, digestPlanes, planesOf } from '../worker/picture.ts';
import { drawnAxis } from './axis.ts';
import { drawableText } from './document.ts';
import { type Drawn, draw, type Size } from './resvg.ts';

/**
 * As many pixels are drawn at most: of 300 drawings, half have the hash of their own size and 95 % one up to 4 bits
 * from it. With half as many pixels it is 2 and 10 bits.
 */
const DRAWN_PIXELS = 512 * 384;
/** One that is longer, by its width, has hardly more than a line across where it is drawn so small. */
const MAX_STRETCH = 16;

/** Of an SVG that structure/ has found whole. Returns undefined when wasm-vips has to draw it. */
export async function digestSvg(bytes: Uint8Array, { width, height }: Size) {
  if (Math.max(width, height) > MAX_STRETCH * Math.min(width, height)) return undefined;
  const text = drawableText(bytes);
  if (text === undefined) return undefined;
  const size = { width, height };
  const scale = Math.min(1, Math.sqrt(DRAWN_PIXELS / (width * height)));
  return draw(text, size, scale, (drawn) => digestDrawn(drawn, size));
}

function digestDrawn({ rgba, width, height }: Drawn, size: Size): Digest {
  const average = (side: number) => [areaAverage(width, side), areaAverage(height, side)] as const;
  const purpose = pdqPurpose(size.width, size.height);
  const pdq = [
    drawnAxis(width, size.width, purpose),
    drawnAxis(height, size.height, purpose),
  ] as const;
  const hashed = Math.min(size.width, size.height) >= MIN_SIDE;
  return digestPlanes(planesOf(rgba, 4), {
    light: average(LUMA_SIDE),
    color: average(CHROMA_SIDE),
    ...(hashed && { pdq }),
    swap: false,
  });
}
