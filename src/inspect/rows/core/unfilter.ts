/**
 * Undoes the filters of PNG (W3C, third edition, 9): each byte is stored as its difference to neighbours.
 *
 * All but Up have to wait for the pixel to the left. So a register holds one pixel of whatever size and
 * what follows it, eight samples of 16 bits, the upper ones zero, and the next pixel is stored over what was
 * too much. Hence what lies behind a row is overwritten, and behind source and rows there must be bytes to read.
 *
 * What bounds it is the chain from one pixel to the next. Hence two rows are undone at once, where both have it.
 */

const SUB: u32 = 1;
const UP: u32 = 2;
const AVERAGE: u32 = 3;

/**
 * One row.
 * @param source the filtered bytes
 * @param row where to put `length` bytes; the 7 behind them are overwritten
 * @param above the row before, of the same length; zeros before the first
 * @param step bytes from one pixel to the next, 1–8
 */
export function unfilter(
  type: u32,
  source: usize,
  row: usize,
  above: usize,
  length: usize,
  step: usize,
): void {
  if (type === 0) memory.copy(row, source, length);
  else if (type === UP) up(source, row, above, length);
  else byPixels(type, source, row, above, length, step);
}

function up(source: usize, row: usize, above: usize, length: usize): void {
  let i: usize = 0;
  for (; i + 16 <= length; i += 16) {
    v128.store(row + i, i8x16.add(v128.load(source + i), v128.load(above + i)));
  }
  for (; i < length; i++) store<u8>(row + i, load<u8>(source + i) + load<u8>(above + i));
}

function byPixels(
  type: u32,
  source: usize,
  row: usize,
  above: usize,
  length: usize,
  step: usize,
): void {
  let left = i16x8.splat(0);
  let corner = i16x8.splat(0);
  for (let i: usize = 0; i < length; i += step) {
    const over = v128.load_ext<u8>(above + i);
    left = inline.always(pixel(type, v128.load_ext<u8>(source + i), left, over, corner));
    v128.store64_lane(row + i, i8x16.narrow_i16x8_u(left, left), 0);
    corner = over;
  }
}

/**
 * Two rows, neither of whose types is None or Up.
 * @param source the filtered bytes of the second row follow those of the first and its own type
 * @param row of the first
 * @param below of the second
 */
export function unfilterTwo(
  type: u32,
  source: usize,
  row: usize,
  below: usize,
  above: usize,
  length: usize,
  step: usize,
): void {
  const second = source + length + 1;
  const other: u32 = load<u8>(second - 1);
  let left = i16x8.splat(0);
  let corner = i16x8.splat(0);
  let leftBelow = i16x8.splat(0);
  for (let i: usize = 0; i < length; i += step) {
    const over = v128.load_ext<u8>(above + i);
    const value = inline.always(pixel(type, v128.load_ext<u8>(source + i), left, over, corner));
    v128.store64_lane(row + i, i8x16.narrow_i16x8_u(value, value), 0);
    const filtered = v128.load_ext<u8>(second + i);
    leftBelow = inline.always(pixel(other, filtered, leftBelow, value, left));
    v128.store64_lane(below + i, i8x16.narrow_i16x8_u(leftBelow, leftBelow), 0);
    left = value;
    corner = over;
  }
}

/** By bytes, so that nothing is carried into the upper ones. The type is the same for a whole row. */
function pixel(type: u32, value: v128, left: v128, over: v128, corner: v128): v128 {
  if (type === SUB) return i8x16.add(value, left);
  if (type === AVERAGE) return i8x16.add(value, i16x8.shr_u(i16x8.add(left, over), 1));
  return inline.always(paeth(value, left, over, corner));
}

/**
 * Adds whichever of left, above and corner is nearest to left + above − corner; of equals left, then
 * above. The sums are made before it is known which of them counts, and no minimum is looked for, as the next
 * pixel waits for this one.
 */
function paeth(value: v128, left: v128, over: v128, corner: v128): v128 {
  const leftWay = i16x8.sub(over, corner);
  const toLeft = i16x8.abs(leftWay);
  const toOver = i16x8.abs(i16x8.sub(left, corner));
  // Not by way of the difference of left and corner, for which it would have to wait.
  const toCorner = i16x8.abs(i16x8.add(left, i16x8.sub(leftWay, corner)));
  const notLeft = v128.or(i16x8.gt_s(toLeft, toOver), i16x8.gt_s(toLeft, toCorner));
  const notOver = i16x8.gt_s(toOver, toCorner);
  // One instruction where bitselect takes three. The masks' lanes have all bits or none, so that no platform differs.
  const sum = i8x16.add(value, left);
  const other = i8x16.relaxed_laneselect(i8x16.add(value, corner), i8x16.add(value, over), notOver);
  return i8x16.relaxed_laneselect(other, sum, notLeft);
}
