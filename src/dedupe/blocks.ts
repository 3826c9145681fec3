import type { Overlap } from './align.ts';

/** The picture in 8 × 8 blocks: how far each differs from what was expected there. */
export const BLOCKS = 8;
/** Structure that even a flat block is credited with, in grey levels: noise of a codec. */
const FLOOR = 6;

export interface Blocks {
  /**
   * Root mean square difference over the block's own standard deviation, row by row; NaN where the
   * pictures do not overlap.
   */
  readonly relative: readonly number[];
  /** Standard deviation of what was expected in each of them; NaN likewise. */
  readonly structure: readonly number[];
  /** Mean square difference, of the blocks that overlap. */
  readonly squares: readonly number[];
  /** Standard deviation of the whole overlap, at least 1. */
  readonly deviation: number;
}

export function measureBlocks({ differences, expected }: Overlap, side: number): Blocks {
  const size = side / BLOCKS;
  const relative: number[] = [];
  const structure: number[] = [];
  const squares: number[] = [];
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
    if (n < (size * size) / 3) {
      relative.push(Number.NaN);
      structure.push(Number.NaN);
      continue;
    }
    squares.push(e2 / n);
    const variance = Math.max(0, ss / n - (s / n) ** 2);
    relative.push(Math.sqrt(e2 / n / (variance + FLOOR * FLOOR)));
    structure.push(Math.sqrt(variance));
  }
  const deviation = Math.sqrt(Math.max(1, sumSquares / count - (sum / count) ** 2));
  return { relative, structure, squares, deviation };
}

/** Blocks that may differ altogether: what a small watermark covers. */
const FORGIVEN = 4;

/** Root mean square difference over the deviation of the picture, the four worst blocks left out. */
export function overallDifference({ squares, deviation }: Blocks): number {
  const rest = squares.toSorted((a, b) => b - a).slice(FORGIVEN);
  return Math.sqrt(rest.reduce((total, one) => total + one, 0) / rest.length) / deviation;
}

/** Relative difference of the nth worst block, from 0; infinite when there are not so many. */
export function nthWorst({ relative }: Blocks, n: number): number {
  return nth(relative, n);
}

/** A block with a smaller standard deviation is taken for the ground, in grey levels. */
const GROUND = 10;
/** With more blocks of something, the picture is more than a small thing on an empty ground. */
const FEW = 24;

/** Height and width of a mark along the upper or lower edge, in blocks. */
const MARK_ROWS = 2;
const MARK_COLUMNS = 5;

/** Where a mark may lie: its first row and column. */
export interface Mark {
  readonly top: number;
  readonly left: number;
}

export const MARKS: readonly Mark[] = [0, BLOCKS - MARK_ROWS].flatMap((top) =>
  Array.from({ length: BLOCKS - MARK_COLUMNS + 1 }, (_, left) => ({ top, left })),
);

/** Whether the mark covers a block, counted row by row. */
export function isInMark({ top, left }: Mark, block: number): boolean {
  const row = Math.floor(block / BLOCKS) - top;
  const column = (block % BLOCKS) - left;
  return row >= 0 && row < MARK_ROWS && column >= 0 && column < MARK_COLUMNS;
}

/**
 * Relative difference of the eighth part of the blocks that agrees least, a mark left out, where only a few hold
 * something: those that are forgiven elsewhere may be half of what such a picture shows. 0 for other pictures.
 */
export function worstOfFew({ relative, structure }: Blocks): number {
  const few = [...structure.keys()].filter((block) => (structure[block] as number) > GROUND);
  if (few.length > FEW) return 0;
  const worst = (blocks: readonly number[]) =>
    blocks.map((block) => relative[block] as number).sort((a, b) => b - a)[
      Math.floor(blocks.length / 8)
    ] ?? 0;
  const without = MARKS.map((mark) => worst(few.filter((block) => !isInMark(mark, block))));
  return Math.min(worst(few), ...without);
}

/**
 * Whether the pictures are alike but for one mark: a small one anywhere, or a wider one along the
 * upper or lower edge. Another caption, another digit, a player who has moved are no marks.
 */
export function differsInOneMark({ relative }: Blocks, limit: number): boolean {
  if (nth(relative, FORGIVEN) <= limit) return true;
  return MARKS.some((mark) => {
    const others = relative.filter((_, block) => !isInMark(mark, block));
    return nth(others, 1) <= limit;
  });
}

function nth(values: readonly number[], n: number): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => b - a);
  return sorted[n] ?? Number.POSITIVE_INFINITY;
}
