/**
 * Undoes the filters of PNG (W3C, third edition, 9): each byte is stored as its difference to neighbours.
 *
 * All but Up have to wait for the pixel to the left. So a register holds one pixel of whatever size and
 * what follows it, eight bytes, and the next pixel is stored over what was too much. Hence what lies
 * behind a row is overwritten, and behind source and rows there must be bytes to read.
 */

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
  else if (type === 1) sub(source, row, row + length, step);
  else if (type === 2) up(source, row, above, length);
  else if (type === 3) average(source, row, row + length, above, step);
  else paeth(source, row, row + length, above, step);
}

function sub(source: usize, row: usize, end: usize, step: usize): void {
  let left = i8x16.splat(0);
  while (row < end) {
    left = i8x16.add(v128.load64_zero(source), left);
    v128.store64_lane(row, left, 0);
    source += step;
    row += step;
  }
}

function up(source: usize, row: usize, above: usize, length: usize): void {
  let i: usize = 0;
  for (; i + 16 <= length; i += 16) {
    v128.store(row + i, i8x16.add(v128.load(source + i), v128.load(above + i)));
  }
  for (; i < length; i++) store<u8>(row + i, load<u8>(source + i) + load<u8>(above + i));
}

function average(source: usize, row: usize, end: usize, above: usize, step: usize): void {
  const one = i8x16.splat(1);
  let left = i8x16.splat(0);
  while (row < end) {
    const over = v128.load64_zero(above);
    // The instruction rounds up where PNG rounds down.
    const odd = v128.and(v128.xor(left, over), one);
    const mean = i8x16.avgr_u(left, over);
    left = i8x16.sub(i8x16.add(v128.load64_zero(source), mean), odd);
    v128.store64_lane(row, left, 0);
    source += step;
    above += step;
    row += step;
  }
}

/**
 * Adds whichever of left, above and corner is nearest to left + above − corner; of equals left, then
 * above. A sample has 16 bits here, the upper ones zero.
 *
 * What bounds it is the chain from one pixel to the next. Hence the sums are made before it is known
 * which of them counts, and no minimum is looked for.
 */
function paeth(source: usize, row: usize, end: usize, above: usize, step: usize): void {
  let left = i16x8.splat(0);
  let corner = i16x8.splat(0);
  while (row < end) {
    const over = v128.load_ext<u8>(above);
    const leftWay = i16x8.sub(over, corner);
    const toLeft = i16x8.abs(leftWay);
    const toOver = i16x8.abs(i16x8.sub(left, corner));
    // Not by way of the difference of left and corner, for which it would have to wait.
    const toCorner = i16x8.abs(i16x8.add(left, i16x8.sub(leftWay, corner)));
    const notLeft = v128.or(i16x8.gt_s(toLeft, toOver), i16x8.gt_s(toLeft, toCorner));
    const notOver = i16x8.gt_s(toOver, toCorner);
    const value = v128.load_ext<u8>(source);
    // By bytes, so that nothing is carried into the upper ones.
    const other = v128.bitselect(i8x16.add(value, corner), i8x16.add(value, over), notOver);
    left = v128.bitselect(other, i8x16.add(value, left), notLeft);
    v128.store64_lane(row, i8x16.narrow_i16x8_u(left, left), 0);
    corner = over;
    source += step;
    above += step;
    row += step;
  }
}
