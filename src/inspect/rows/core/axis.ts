/**
 * One row of a matrix, applied down the rows of a plane of 32-bit floats. Sums are made in the same order as those of
 * pdq/axis-matrix.ts, four rows at once, so that they are the same to the bit.
 *
 * @param sums room for `width` 64-bit floats, and three behind them
 * @param plane the first row that is weighed
 * @param stride bytes from one row to the next
 * @param weights `count` of them, 64-bit floats
 */
export function sumRows(
  sums: usize,
  width: usize,
  plane: usize,
  stride: usize,
  weights: usize,
  count: usize,
): void {
  const end = weights + (count << 3);
  const whole = weights + ((count & ~3) << 3);
  for (const stop = plane + (width << 2); plane < stop; plane += 16, sums += 32) {
    let left = f64x2.splat(0);
    let right = f64x2.splat(0);
    let from = plane;
    let at = weights;
    for (; at < whole; at += 32) {
      let low = f64x2.splat(0);
      let high = f64x2.splat(0);
      for (let next: usize = 0; next < 32; next += 8, from += stride) {
        const weight = v128.load64_splat(at + next);
        const values = v128.load(from);
        low = f64x2.add(low, f64x2.mul(weight, f64x2.promote_low_f32x4(values)));
        high = f64x2.add(high, f64x2.mul(weight, f64x2.promote_low_f32x4(upper(values))));
      }
      left = f64x2.add(left, low);
      right = f64x2.add(right, high);
    }
    for (; at < end; at += 8, from += stride) {
      const weight = v128.load64_splat(at);
      const values = v128.load(from);
      left = f64x2.add(left, f64x2.mul(weight, f64x2.promote_low_f32x4(values)));
      right = f64x2.add(right, f64x2.mul(weight, f64x2.promote_low_f32x4(upper(values))));
    }
    v128.store(sums, left);
    v128.store(sums, right, 16);
  }
}

function upper(values: v128): v128 {
  return i64x2.shuffle(values, values, 1, 1);
}
