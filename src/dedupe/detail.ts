import type { Overlap } from './align.ts';
import { BLOCKS } from './blocks.ts';

/** Half the side of the window whose mean is taken away, in samples. */
const REACH = 3;
/** Blocks that may differ altogether: what a small watermark covers. */
const FORGIVEN = 4;

/**
 * Correlation of what is finer than a seventh of the picture: shapes with one edge, or two slopes, can be
 * laid over each other so that hardly any brightness is left between them, but not so that their
 * details agree. The four worst blocks are left out. 1 where neither has any detail.
 */
export function detailCorrelation({ differences, expected }: Overlap, side: number): number {
  const observed = expected.map((value, i) => value + (differences[i] as number));
  const [fine, other] = [
    highPass(expected, differences, side),
    highPass(observed, differences, side),
  ];
  const size = side / BLOCKS;
  const blocks = Array.from({ length: BLOCKS * BLOCKS }, () => ({ aa: 0, bb: 0, ab: 0 }));
  for (let at = 0; at < side * side; at++) {
    const [a, b] = [fine[at] as number, other[at] as number];
    if (Number.isNaN(a)) continue;
    const row = Math.floor(Math.floor(at / side) / size);
    const block = blocks[row * BLOCKS + Math.floor((at % side) / size)];
    if (block === undefined) continue;
    block.aa += a * a;
    block.bb += b * b;
    block.ab += a * b;
  }
  const off = (block: { aa: number; bb: number; ab: number }) => block.aa + block.bb - 2 * block.ab;
  blocks.sort((a, b) => off(b) - off(a));
  let [aa, bb, ab] = [1, 1, 1];
  for (const block of blocks.slice(FORGIVEN)) {
    aa += block.aa;
    bb += block.bb;
    ab += block.ab;
  }
  return ab / Math.sqrt(aa * bb);
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
