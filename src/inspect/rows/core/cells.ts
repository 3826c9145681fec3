/**
 * Adds 8-bit samples up by cells of `side` pixels, the last of which may have fewer. Rows of the same cells are
 * added to each other before, into columns of 16 bits for each sample, which hold the sums of up to 256 rows.
 */

/** Adds a row to the columns; with up to 15 samples behind it, to those behind them. */
export function addColumns(columns: usize, samples: usize, count: usize): void {
  const end = samples + count;
  for (; samples < end; samples += 16, columns += 32) {
    const bytes = v128.load(samples);
    const low = i16x8.extend_low_i8x16_u(bytes);
    const high = i16x8.extend_high_i8x16_u(bytes);
    v128.store(columns, i16x8.add(v128.load(columns), low));
    v128.store(columns, i16x8.add(v128.load(columns, 16), high), 16);
  }
}

/**
 * The same of pixels that are places in a table of colours: red, green, blue, 16 bits each, and 1 in place of a
 * fourth where there is no colour. Each has four columns.
 */
export function addPlaces(columns: usize, places: usize, count: usize, table: usize): void {
  const end = places + count;
  for (; places < end; places++, columns += 8) {
    const color = load<u64>(table + ((<usize>load<u8>(places)) << 3));
    store<u64>(columns, load<u64>(columns) + color);
  }
}

/**
 * Adds the columns to the cells, and empties them.
 * @param sums of the row's cells, 32 bits each, to which is added
 */
export function addGrey(sums: usize, columns: usize, width: usize, side: usize): void {
  const end = columns + (width << 1);
  for (let from = columns; from < end; sums += 4) {
    const stop = min(end, from + (side << 1));
    let sum = load<u32>(sums);
    for (; from < stop; from += 2) sum += load<u16>(from);
    store<u32>(sums, sum);
  }
  memory.fill(columns, 0, width << 1);
}

/**
 * The same of three channels, whose columns lie side by side.
 * @param step bytes from the columns of one pixel to those of the next: 6, or 8 where each has a fourth
 * @returns whether a fourth is not 0; of no meaning where there is none
 */
export function addRgb(
  reds: usize,
  greens: usize,
  blues: usize,
  columns: usize,
  width: usize,
  side: usize,
  step: usize,
): bool {
  const end = columns + step * width;
  let all = i32x4.splat(0);
  for (let from = columns, at: usize = 0; from < end; at += 4) {
    const stop = min(end, from + step * side);
    let sum = i32x4.splat(0);
    for (; from < stop; from += step) sum = i32x4.add(sum, v128.load_ext<u16>(from));
    store<u32>(reds + at, load<u32>(reds + at) + i32x4.extract_lane(sum, 0));
    store<u32>(greens + at, load<u32>(greens + at) + i32x4.extract_lane(sum, 1));
    store<u32>(blues + at, load<u32>(blues + at) + i32x4.extract_lane(sum, 2));
    all = v128.or(all, sum);
  }
  memory.fill(columns, 0, step * width);
  return i32x4.extract_lane(all, 3) !== 0;
}

/** Puts means, as 32-bit floats, in the place of `count` sums. */
export function meansOfGrey(sums: usize, count: usize, scale: f64): void {
  const end = sums + (count << 2);
  for (; sums < end; sums += 4) store<f32>(sums, <f32>(<f64>load<i32>(sums) * scale));
}

/** The same of three channels; in the place of green is luma, as lumaOf in worker/picture.ts weighs it. */
export function meansOfRgb(
  reds: usize,
  greens: usize,
  blues: usize,
  count: usize,
  scale: f64,
): void {
  const end: usize = count << 2;
  for (let at: usize = 0; at < end; at += 8) {
    const red = meansAt(reds + at, scale);
    const green = meansAt(greens + at, scale);
    const blue = meansAt(blues + at, scale);
    const redGreen = f64x2.add(
      f64x2.mul(f64x2.splat(0.299), red),
      f64x2.mul(f64x2.splat(0.587), green),
    );
    const luma = f64x2.add(redGreen, f64x2.mul(f64x2.splat(0.114), blue));
    const two = at + 8 <= end;
    putMeans(reds + at, red, two);
    putMeans(greens + at, luma, two);
    putMeans(blues + at, blue, two);
  }
}

/** Of two sums. */
function meansAt(sums: usize, scale: f64): v128 {
  return f64x2.mul(f64x2.convert_low_i32x4_s(v128.load64_zero(sums)), f64x2.splat(scale));
}

function putMeans(to: usize, means: v128, two: bool): void {
  const floats = f32x4.demote_f64x2_zero(means);
  if (two) v128.store64_lane(to, floats, 0);
  else v128.store32_lane(to, floats, 0);
}
