/**
 * The hot loop of the second look (../align.ts): the sums of one Gauss–Newton step over all samples, two at once, each
 * in the order of the samples.
 */

/** Samples next to an edge hold a part of any border, and are left out. */
const MARGIN: i32 = 1;

/**
 * Of each column: how it moves with the left and with the right edge, the share of the right one of its two samples
 * of `fixed`, and the left one.
 */
const COLUMN: usize = 32;
const SHARE: usize = 16;
const LEFT: usize = 24;
/** Room for pictures of 48 samples a side. */
const columns: usize = memory.data(32 * 48, 16);

/** A column that lies outside. */
const OUTSIDE: i32 = -1;

/** Behind the system: the sum of absolute differences. */
const ABSOLUTE: usize = 42 * 8;

/**
 * @param fixed picture of `side` × `side` 32-bit floats, which is laid over `moved`, another one
 * @param motion six 64-bit floats: the edges left, right, top and bottom, gain and bias
 * @param scale difference that has half the weight
 * @param system takes 6 rows of 7 numbers, upper half, right side last; behind them the sum of absolute differences
 * @returns number of samples
 */
export function normalEquations(
  fixed: usize,
  moved: usize,
  side: i32,
  motion: usize,
  scale: f64,
  system: usize,
): i32 {
  const last = side - 1 - MARGIN;
  const size = <f64>side;
  placeColumns(side, load<f64>(motion), load<f64>(motion, 8));
  const top = load<f64>(motion, 16);
  const bottom = load<f64>(motion, 24);
  const gain = load<f64>(motion, 32);
  const bias = load<f64>(motion, 40);
  let row00 = f64x2.splat(0);
  let row02 = f64x2.splat(0);
  let row04 = f64x2.splat(0);
  let row10 = f64x2.splat(0);
  let row12 = f64x2.splat(0);
  let row14 = f64x2.splat(0);
  let row22 = f64x2.splat(0);
  let row24 = f64x2.splat(0);
  let row32 = f64x2.splat(0);
  let row34 = f64x2.splat(0);
  let row44 = f64x2.splat(0);
  let row54 = f64x2.splat(0);
  let right0 = f64x2.splat(0);
  let right2 = f64x2.splat(0);
  let right4 = f64x2.splat(0);
  let absolute: f64 = 0;
  let count = 0;
  for (let y = MARGIN; y <= last; y++) {
    const v = (<f64>y + 0.5) / size;
    const fy = (top + v * (1 - top - bottom)) * size - 0.5;
    if (fy < <f64>MARGIN || fy > <f64>last) continue;
    const y0 = min(side - 2, <i32>Math.floor(fy));
    const dy = fy - <f64>y0;
    const motionY = pair(1 - v, -v);
    const upperRow = fixed + ((<usize>(y0 * side)) << 2);
    const lowerRow = upperRow + ((<usize>side) << 2);
    const movedRow = moved + ((<usize>(y * side)) << 2);
    for (let x = MARGIN; x <= last; x++) {
      const column = columns + <usize>x * COLUMN;
      const left = load<i32>(column, LEFT);
      if (left === OUTSIDE) continue;
      const dx = load<f64>(column, SHARE);
      const at = (<usize>left) << 2;
      const a = <f64>load<f32>(upperRow + at);
      const across = <f64>load<f32>(upperRow + at, 4) - a;
      const below = <f64>load<f32>(lowerRow + at);
      const acrossBelow = <f64>load<f32>(lowerRow + at, 4) - below;
      const upper = a + across * dx;
      const lower = below + acrossBelow * dx;
      const value = upper + (lower - upper) * dy;
      const expected = gain * value + bias;
      count++;
      const clipped = max<f64>(0, min<f64>(255, expected));
      const e = <f64>load<f32>(movedRow + ((<usize>x) << 2)) - clipped;
      absolute += abs(e);
      if (clipped !== expected) continue;
      const gx = (across + (acrossBelow - across) * dy) * gain * size;
      const gy = (lower - upper) * gain * size;
      const ratio = e / scale;
      const weight = f64x2.splat(1 / (1 + ratio * ratio));
      const j0 = f64x2.mul(f64x2.splat(gx), v128.load(column));
      const j2 = f64x2.mul(f64x2.splat(gy), motionY);
      const j4 = pair(value, 1);
      const w0 = f64x2.mul(weight, j0);
      const w2 = f64x2.mul(weight, j2);
      const w4 = f64x2.mul(weight, j4);
      const difference = f64x2.splat(e);
      const first0 = first(w0);
      row00 = f64x2.add(row00, f64x2.mul(first0, j0));
      row02 = f64x2.add(row02, f64x2.mul(first0, j2));
      row04 = f64x2.add(row04, f64x2.mul(first0, j4));
      const second0 = second(w0);
      row10 = f64x2.add(row10, f64x2.mul(second0, j0));
      row12 = f64x2.add(row12, f64x2.mul(second0, j2));
      row14 = f64x2.add(row14, f64x2.mul(second0, j4));
      const first2 = first(w2);
      row22 = f64x2.add(row22, f64x2.mul(first2, j2));
      row24 = f64x2.add(row24, f64x2.mul(first2, j4));
      const second2 = second(w2);
      row32 = f64x2.add(row32, f64x2.mul(second2, j2));
      row34 = f64x2.add(row34, f64x2.mul(second2, j4));
      row44 = f64x2.add(row44, f64x2.mul(first(w4), j4));
      row54 = f64x2.add(row54, f64x2.mul(second(w4), j4));
      right0 = f64x2.add(right0, f64x2.mul(w0, difference));
      right2 = f64x2.add(right2, f64x2.mul(w2, difference));
      right4 = f64x2.add(right4, f64x2.mul(w4, difference));
    }
  }
  put(system, 0, row00, row02, row04, first(right0));
  put(system, 1, row10, row12, row14, second(right0));
  put(system, 2, row22, row22, row24, first(right2));
  put(system, 3, row32, row32, row34, second(right2));
  put(system, 4, row44, row44, row44, first(right4));
  put(system, 5, row54, row54, row54, second(right4));
  store<f64>(system, absolute, ABSOLUTE);
  return count;
}

/** Where the columns of `moved` lie in `fixed`. */
function placeColumns(side: i32, left: f64, right: f64): void {
  const last = side - 1 - MARGIN;
  for (let x = MARGIN; x <= last; x++) {
    const column = columns + <usize>x * COLUMN;
    const u = (<f64>x + 0.5) / <f64>side;
    const fx = (left + u * (1 - left - right)) * <f64>side - 0.5;
    const outside = fx < <f64>MARGIN || fx > <f64>last;
    const x0 = min(side - 2, <i32>Math.floor(fx));
    v128.store(column, pair(1 - u, -u));
    store<f64>(column, fx - <f64>x0, SHARE);
    store<i32>(column, outside ? OUTSIDE : x0, LEFT);
  }
}

function pair(a: f64, b: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(a), 1, b);
}

function first(values: v128): v128 {
  return i64x2.shuffle(values, values, 0, 0);
}

function second(values: v128): v128 {
  return i64x2.shuffle(values, values, 1, 1);
}

/** A row of the system: three pairs, of which those left of the diagonal are of no meaning, and its right side. */
function put(system: usize, row: usize, c0: v128, c2: v128, c4: v128, right: v128): void {
  const at = system + row * 56;
  v128.store(at, c0);
  v128.store(at, c2, 16);
  v128.store(at, c4, 32);
  store<f64>(at, f64x2.extract_lane(right, 0), 48);
}
