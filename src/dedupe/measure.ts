import { CHROMA_SIDE } from '../inspect/thumbnail.ts';
import { type Alignment, type Overlap, overlap } from './align.ts';

const BLOCKS = 8;
/** Blocks that may differ altogether: what a small watermark covers. */
const FORGIVEN = 4;
/** Structure that even a flat block is credited with, in grey levels: noise of a codec. */
const FLOOR = 6;

export interface LumaMeasure {
  /** Root mean square of the differences over the standard deviation, worst blocks left out. */
  readonly difference: number;
  /** The same of the tenth worst of 64 blocks, against that block's own deviation. */
  readonly tenthBlock: number;
}

export function measureLuma({ differences, expected }: Overlap, side: number): LumaMeasure {
  const size = side / BLOCKS;
  const squares: number[] = [];
  const relative: number[] = [];
  let count = 0;
  let sum = 0;
  let sumSquares = 0;
  for (let block = 0; block < BLOCKS * BLOCKS; block++) {
    const top = Math.floor(block / BLOCKS) * size;
    const left = (block % BLOCKS) * size;
    let n = 0;
    let e2 = 0;
    let s = 0;
    let ss = 0;
    for (let y = top; y < top + size; y++) {
      for (let at = y * side + left; at < y * side + left + size; at++) {
        const e = differences[at] as number;
        if (Number.isNaN(e)) continue;
        const value = expected[at] as number;
        n++;
        e2 += e * e;
        s += value;
        ss += value * value;
      }
    }
    count += n;
    sum += s;
    sumSquares += ss;
    if (n < (size * size) / 3) continue;
    squares.push(e2 / n);
    relative.push(Math.sqrt(e2 / n / (Math.max(0, ss / n - (s / n) ** 2) + FLOOR * FLOOR)));
  }
  squares.sort((a, b) => b - a);
  relative.sort((a, b) => b - a);
  const rest = squares.slice(FORGIVEN);
  const deviation = Math.sqrt(Math.max(1, sumSquares / count - (sum / count) ** 2));
  return {
    difference: Math.sqrt(rest.reduce((total, one) => total + one, 0) / rest.length) / deviation,
    tenthBlock: relative[10] ?? Number.POSITIVE_INFINITY,
  };
}

export interface ColourMeasure {
  /** Root mean square distance from grey of the less colourful one, in chroma levels. */
  readonly weaker: number;
  readonly stronger: number;
  /** Of the angle between the two fields of Cb and Cr; 1 when both are grey. */
  readonly cosine: number;
}

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
