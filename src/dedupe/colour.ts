import { CHROMA_SIDE } from '../inspect/thumbnail.ts';
import { type Alignment, overlap } from './align.ts';

export interface ColourMeasure {
  /** Root mean square distance from grey of the less colourful picture, in chroma levels. */
  readonly weaker: number;
  readonly stronger: number;
  /** Of the angle between the two fields of Cb and Cr; 1 when both are grey. */
  readonly cosine: number;
}

/** Less 128, so that 0 is neutral. */
interface Chroma {
  readonly cb: Float32Array;
  readonly cr: Float32Array;
}

/** Compares the chroma of two pictures, one laid over the other as found for their luma. */
export function measureColour(fixed: Chroma, moved: Chroma, found: Alignment): ColourMeasure {
  const place = { ...found, gain: 1, bias: 0 };
  let aa = 0;
  let bb = 0;
  let ab = 0;
  let count = 0;
  for (const plane of ['cb', 'cr'] as const) {
    const over = overlap(fixed[plane], moved[plane], CHROMA_SIDE, place, [-128, 127]);
    for (let i = 0; i < over.differences.length; i++) {
      const e = over.differences[i] as number;
      if (Number.isNaN(e)) continue;
      const a = over.expected[i] as number;
      const b = a + e;
      aa += a * a;
      bb += b * b;
      ab += a * b;
      count++;
    }
  }
  const [first, second] = [Math.sqrt(aa / count), Math.sqrt(bb / count)];
  return {
    weaker: Math.min(first, second),
    stronger: Math.max(first, second),
    cosine: (ab / count + 1) / (first * second + 1),
  };
}

/** Weaker chroma over stronger: copies from 0.41 (clipped), greyscale copies below 0.1. */
const MIN_RATIO = 0.35;
/** Below this a picture has no colour at all (rounding of a codec), in chroma levels. */
const COLOURLESS = 0.3;
/** And from here on it has some that can be seen. */
const COLOURED = 2;
/** Cosine of the angle between the two chroma fields: copies from 0.70, where colour is faint. */
const MIN_COSINE = 0.65;
/**
 * Chroma that does not agree: above both this many levels and this share of the stronger field it is
 * another colouring. Copies up to 5.5 levels where the share is larger; recoloured artwork from 5.8.
 */
const MAX_OFF = 5.7;
const MAX_OFF_SHARE = 0.44;

/** Whether the colours are those of one picture, brightness and compression allowed for. */
export function isSameColouring({ weaker, stronger, cosine }: ColourMeasure): boolean {
  // Where there is hardly any colour, neither strength nor direction says anything.
  if (stronger <= COLOURED) return true;
  if (weaker < COLOURLESS) return false;
  const off = stronger * Math.sqrt(Math.max(0, 1 - cosine ** 2));
  return (
    off <= Math.max(MAX_OFF, MAX_OFF_SHARE * stronger) &&
    (weaker + 1) / (stronger + 1) >= MIN_RATIO &&
    cosine >= MIN_COSINE
  );
}
