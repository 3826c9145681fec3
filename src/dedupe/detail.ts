import type { Overlap } from './align.ts';
import { BLOCKS, isInMark, MARKS, type Mark } from './blocks.ts';

/** Half the side of the window whose mean is taken away, in samples. */
const REACH = 3;
/** Samples along the edges that are left out: in a small picture, a border of one pixel reaches so far. */
const EDGE = 2;
/** Detail of this variance counts half, in grey levels²: noise of a codec. */
const NOISE = 25;
/** Detail that every picture is credited with, in blocks: one that has next to none is not judged by it. */
const CREDIT = 1;
/** Share of the detail that may differ altogether, wherever it is. */
const FORGIVEN = 0.03;
/** Share of the detail that a mark may hide. */
const HIDDEN = 0.12;

/** Detail from which on a block can be told by it, as a share of what a block can hold. */
const DETAILED = 0.3;

/** What two pictures hold in one block, each as a share of what a block can hold. */
interface Block {
  /** Mean of the two, 0–1. */
  readonly detail: number;
  /** How much of it is the same, up to `detail`. */
  readonly common: number;
  /** Of the one that holds less: what the other one's mark hides. */
  readonly least: number;
}

/** How far the details of two pictures agree; correlations, 1 where there is nothing to agree about. */
export interface DetailMeasure {
  readonly all: number;
  /** Within the part that agrees least, two others left out. */
  readonly worstPart: number;
}

/**
 * Correlation of what is finer than a seventh of the picture: shapes with one edge, or two slopes, can be
 * laid over each other so that hardly any brightness is left between them, but not so that their
 * details agree.
 *
 * Each block counts as much as any other, however strong its contrast: the outline of a sign, a card or a piece
 * of a jigsaw puzzle against its ground would outweigh what it shows. A mark along the upper or lower edge is left
 * out, and the worst of the rest; both are measured by the detail that there is. On an empty ground, a few
 * blocks can be all that a drawing shows.
 */
export function measureDetail(both: Overlap, side: number): DetailMeasure {
  const blocks = compareDetail(both, side);
  const without = MARKS.map((mark) => withoutMark(blocks, mark));
  const parts = blocks
    .filter(({ detail }) => detail > DETAILED)
    .map(({ common, detail }) => common / detail);
  parts.sort((a, b) => a - b);
  return {
    all: Math.max(...[blocks, ...without].map(correlation)),
    worstPart: parts[Math.min(2, parts.length - 1)] ?? 1,
  };
}

function withoutMark(blocks: readonly Block[], mark: Mark): Block[] {
  const rest = blocks.filter((_, at) => !isInMark(mark, at));
  const covered = worstFirst(blocks.filter((_, at) => isInMark(mark, at)));
  let hidden = HIDDEN * blocks.reduce((sum, { least }) => sum + least, CREDIT);
  const marked = covered.findIndex(({ least }) => {
    hidden -= least;
    return hidden < 0;
  });
  return marked < 0 ? rest : [...rest, ...covered.slice(marked)];
}

function correlation(blocks: readonly Block[]): number {
  let detail = blocks.reduce((sum, block) => sum + block.detail, 0);
  let common = blocks.reduce((sum, block) => sum + block.common, 0);
  let forgiven = FORGIVEN * detail;
  for (const block of worstFirst(blocks)) {
    forgiven -= block.detail;
    if (forgiven < 0) break;
    detail -= block.detail;
    common -= block.common;
  }
  return (common + CREDIT) / (detail + CREDIT);
}

function worstFirst(blocks: readonly Block[]): Block[] {
  return blocks.toSorted((a, b) => b.detail - b.common - (a.detail - a.common));
}

function compareDetail({ differences, expected }: Overlap, side: number): Block[] {
  const observed = expected.map((value, i) => value + (differences[i] as number));
  const fine = highPass(expected, differences, side);
  const other = highPass(observed, differences, side);
  const size = side / BLOCKS;
  const sums = Array.from({ length: BLOCKS * BLOCKS }, () => ({ aa: 0, bb: 0, ab: 0, count: 0 }));
  for (let y = EDGE; y < side - EDGE; y++) {
    for (let x = EDGE; x < side - EDGE; x++) {
      const [a, b] = [fine[y * side + x] as number, other[y * side + x] as number];
      const sum = sums[Math.floor(y / size) * BLOCKS + Math.floor(x / size)];
      if (sum === undefined || Number.isNaN(a)) continue;
      sum.aa += a * a;
      sum.bb += b * b;
      sum.ab += a * b;
      sum.count++;
    }
  }
  return sums.map(({ aa, bb, ab, count }) => {
    // Too little of the block overlaps.
    if (count < (size * size) / 4) return { detail: 0, common: 0, least: 0 };
    const noise = NOISE * count;
    const energy = (aa + bb) / 2;
    const smaller = Math.min(aa, bb);
    return {
      detail: energy / (energy + noise),
      common: ab / (energy + noise),
      least: smaller / (smaller + noise),
    };
  });
}

/** Less the mean of the samples around that overlap (`mask` is NaN elsewhere); NaN elsewhere. */
function highPass(plane: Float32Array, mask: Float32Array, side: number): Float32Array {
  const stride = side + 1;
  // Sums over all rectangles from the corner (Crow 1984).
  const sums = new Float64Array(stride * stride);
  const counts = new Int32Array(stride * stride);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const valid = !Number.isNaN(mask[y * side + x] as number);
      const at = (y + 1) * stride + x + 1;
      const [up, left, both] = [at - stride, at - 1, at - stride - 1];
      sums[at] =
        (sums[up] as number) +
        (sums[left] as number) -
        (sums[both] as number) +
        (valid ? (plane[y * side + x] as number) : 0);
      counts[at] =
        (counts[up] as number) +
        (counts[left] as number) -
        (counts[both] as number) +
        (valid ? 1 : 0);
    }
  }
  const out = new Float32Array(side * side).fill(Number.NaN);
  for (let y = 0; y < side; y++) {
    const top = Math.max(0, y - REACH) * stride;
    const bottom = Math.min(side, y + REACH + 1) * stride;
    for (let x = 0; x < side; x++) {
      if (Number.isNaN(mask[y * side + x] as number)) continue;
      const left = Math.max(0, x - REACH);
      const right = Math.min(side, x + REACH + 1);
      const within = (table: Float64Array | Int32Array) =>
        (table[bottom + right] as number) -
        (table[top + right] as number) -
        (table[bottom + left] as number) +
        (table[top + left] as number);
      out[y * side + x] = (plane[y * side + x] as number) - within(sums) / within(counts);
    }
  }
  return out;
}
