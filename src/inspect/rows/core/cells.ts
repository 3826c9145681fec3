/**
 * Adds a row's 8-bit samples up by cells of `side` pixels, the last of which may have fewer. Rows of the same
 * cells are added to each other before, sample by sample: that is done for 16 at once.
 */

/**
 * @param columns sums of the samples of up to 256 rows, 16 bits each, to which is added; with those of up to 15
 *   samples behind `count`
 */
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
 * Empties the columns.
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

/** The same of three channels, interleaved in the columns. */
export function addRgb(
  reds: usize,
  greens: usize,
  blues: usize,
  columns: usize,
  width: usize,
  side: usize,
): void {
  const end = columns + 6 * width;
  for (let from = columns, at: usize = 0; from < end; at += 4) {
    const stop = min(end, from + 6 * side);
    let sum = i32x4.splat(0);
    // With the next pixel's first sample.
    for (; from < stop; from += 6) sum = i32x4.add(sum, v128.load_ext<u16>(from));
    store<u32>(reds + at, load<u32>(reds + at) + i32x4.extract_lane(sum, 0));
    store<u32>(greens + at, load<u32>(greens + at) + i32x4.extract_lane(sum, 1));
    store<u32>(blues + at, load<u32>(blues + at) + i32x4.extract_lane(sum, 2));
  }
  memory.fill(columns, 0, 6 * width);
}

/**
 * The same of a row's pixels that are places in a table of colours: red, green, blue, 16 bits each, and 1 in place of a
 * fourth where there is no colour. Returns whether a pixel has none.
 */
export function addIndexed(
  reds: usize,
  greens: usize,
  blues: usize,
  indices: usize,
  width: usize,
  side: usize,
  table: usize,
): bool {
  const end = indices + width;
  let missing: u64 = 0;
  for (let at: usize = 0; indices < end; at += 4) {
    const stop = min(end, indices + side);
    while (indices < stop) {
      // All four at once, of no more pixels than 16 bits hold the sum of.
      const part = min(stop, indices + 256);
      let sum: u64 = 0;
      while (indices < part) sum += load<u64>(table + ((<usize>load<u8>(indices++)) << 3));
      store<u32>(reds + at, load<u32>(reds + at) + <u32>(sum & 0xffff));
      store<u32>(greens + at, load<u32>(greens + at) + <u32>((sum >> 16) & 0xffff));
      store<u32>(blues + at, load<u32>(blues + at) + <u32>((sum >> 32) & 0xffff));
      missing |= sum >> 48;
    }
  }
  return missing !== 0;
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
