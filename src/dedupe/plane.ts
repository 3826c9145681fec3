/** Small square planes of numbers, row-major: what the second look is made of. */

/** Averages blocks of `factor` × `factor` samples. */
export function pool(
  plane: ArrayLike<number>,
  side: number,
  factor: number,
): Float32Array<ArrayBuffer> {
  const to = side / factor;
  const out = new Float32Array(to * to);
  const share = 1 / (factor * factor);
  for (let at = 0; at < out.length; at++) {
    const first = Math.floor(at / to) * factor * side + (at % to) * factor;
    let sum = 0;
    for (let row = first; row < first + factor * side; row += side) {
      for (let i = row; i < row + factor; i++) {
        sum = Math.fround(sum + (plane[i] as number) * share);
      }
    }
    out[at] = sum;
  }
  return out;
}

/** [1 2 1] / 4 along both axes, edges repeated: takes away what cannot be interpolated. */
export function smooth(plane: ArrayLike<number>, side: number): Float32Array<ArrayBuffer> {
  return smoothRows(smoothRows(plane, side), side);
}

/** Along one axis; the result is transposed, so that twice does both and turns it back. */
function smoothRows(plane: ArrayLike<number>, side: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(side * side);
  for (let y = 0; y < side; y++) {
    const row = y * side;
    for (let x = 0; x < side; x++) {
      const here = plane[row + x] as number;
      const before = x > 0 ? (plane[row + x - 1] as number) : here;
      const after = x < side - 1 ? (plane[row + x + 1] as number) : here;
      out[x * side + y] = (before + 2 * here + after) / 4;
    }
  }
  return out;
}

export function mean(plane: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < plane.length; i++) sum += plane[i] as number;
  return sum / plane.length;
}
