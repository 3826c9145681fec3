import { CHROMA_SIDE } from '../inspect/thumbnail.ts';
import { type Alignment, type Overlap, overlap } from './align.ts';

export interface ColourMeasure {
  /** Root mean square distance from grey of the less colourful picture, in chroma levels. */
  readonly weaker: number;
  readonly stronger: number;
  /** Of the angle between the two fields of Cb and Cr; 1 when both are grey. */
  readonly cosine: number;
  /** The same where there is colour: root mean square of the stronger one, and of the difference. */
  readonly coloured: { readonly strength: number; readonly off: number };
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
  const fields: Overlap[] = [];
  for (const plane of ['cb', 'cr'] as const) {
    const over = overlap(fixed[plane], moved[plane], CHROMA_SIDE, place, [-128, 127]);
    fields.push(over);
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
    coloured: whereColoured(fields),
  };
}

/** A sample further from grey than this has a colour, in chroma levels. */
const SAMPLE_COLOURED = 4;
/** Fewer such samples say nothing. */
const MIN_SAMPLES = 5;
/** Share of them that a mark may hide. */
const HIDDEN = 0.12;

/**
 * Neighbours are averaged first: edges of small things that do not lie quite over each other differ in both
 * directions, other colours in one.
 */
function whereColoured(fields: readonly Overlap[]): ColourMeasure['coloured'] {
  const samples: { strength: number; off: number }[] = [];
  for (let y = 0; y < CHROMA_SIDE; y++) {
    for (let x = 0; x < CHROMA_SIDE; x++) {
      if (Number.isNaN(fields[0]!.differences[y * CHROMA_SIDE + x])) continue;
      let [aa, bb, ee] = [0, 0, 0];
      for (const field of fields) {
        const [a, e] = meanAround(field, x, y);
        aa += a * a;
        bb += (a + e) * (a + e);
        ee += e * e;
      }
      const strength = Math.max(aa, bb);
      if (strength > SAMPLE_COLOURED ** 2) samples.push({ strength, off: ee });
    }
  }
  if (samples.length < MIN_SAMPLES) return { strength: 0, off: 0 };
  samples.sort((one, other) => other.off - one.off);
  const rest = samples.slice(Math.floor(samples.length * HIDDEN));
  const rms = (of: 'strength' | 'off') =>
    Math.sqrt(rest.reduce((sum, sample) => sum + sample[of], 0) / rest.length);
  return { strength: rms('strength'), off: rms('off') };
}

/** Means of what is expected and of the difference over 3 × 3 samples, as far as they overlap. */
function meanAround({ differences, expected }: Overlap, x: number, y: number): [number, number] {
  let [count, sum, off] = [0, 0, 0];
  for (let j = Math.max(0, y - 1); j <= Math.min(CHROMA_SIDE - 1, y + 1); j++) {
    for (let i = Math.max(0, x - 1); i <= Math.min(CHROMA_SIDE - 1, x + 1); i++) {
      const e = differences[j * CHROMA_SIDE + i] as number;
      if (Number.isNaN(e)) continue;
      count++;
      sum += expected[j * CHROMA_SIDE + i] as number;
      off += e;
    }
  }
  return [sum / count, off / count];
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
/**
 * The same where there is colour, which may be a small part of a drawing. 2,707 copies of 200 drawings and 4,830
 * of 154 photos have less of both in the same brightness (share up to 0.17), and in another one, which clips some
 * colours, up to 5.1 levels where the share is larger. Of 323 pairs of other drawings that all else took for one
 * picture, 52 have more.
 */
const MAX_OFF_COLOURED = 2.5;
const MAX_OFF_COLOURED_SHARE = 0.25;
const MAX_OFF_LIT = 5.7;
const MAX_OFF_LIT_SHARE = 0.37;

/**
 * Whether the colours are those of one picture, brightness and compression allowed for.
 * @param lit whether the one picture is brighter
 */
export function isSameColouring(measure: ColourMeasure, lit: boolean): boolean {
  const { weaker, stronger, cosine, coloured } = measure;
  const [level, share] = lit
    ? [MAX_OFF_LIT, MAX_OFF_LIT_SHARE]
    : [MAX_OFF_COLOURED, MAX_OFF_COLOURED_SHARE];
  if (coloured.off > Math.max(level, share * coloured.strength)) return false;
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
