/** Adds a row's 8-bit samples up by cells of `side` pixels, the last of which may have fewer. */

/** @param sums of the row's cells, 32 bits each, to which is added */
export function addGrey(sums: usize, samples: usize, width: usize, side: usize): void {
  const end = samples + width;
  while (samples < end) {
    const stop = min(end, samples + side);
    let sum = load<u32>(sums);
    while (samples < stop) sum += load<u8>(samples++);
    store<u32>(sums, sum);
    sums += 4;
  }
}

/** The same of three channels, interleaved in the samples. */
export function addRgb(
  reds: usize,
  greens: usize,
  blues: usize,
  samples: usize,
  width: usize,
  side: usize,
): void {
  const end = samples + 3 * width;
  for (let at: usize = 0; samples < end; at += 4) {
    const stop = min(end, samples + 3 * side);
    let red = load<u32>(reds + at);
    let green = load<u32>(greens + at);
    let blue = load<u32>(blues + at);
    while (samples < stop) {
      red += load<u8>(samples);
      green += load<u8>(samples, 1);
      blue += load<u8>(samples, 2);
      samples += 3;
    }
    store<u32>(reds + at, red);
    store<u32>(greens + at, green);
    store<u32>(blues + at, blue);
  }
}

/**
 * The same of pixels that are places in a table of colours: red, green, blue, 16 bits each, and 1 in place of a
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
  for (let at: usize = 0; at < end; at += 4) {
    const red = <f64>load<i32>(reds + at) * scale;
    const green = <f64>load<i32>(greens + at) * scale;
    const blue = <f64>load<i32>(blues + at) * scale;
    // Named, as within a cast the numbers would be of 32 bits.
    const luma: f64 = 0.299 * red + 0.587 * green + 0.114 * blue;
    store<f32>(reds + at, <f32>red);
    store<f32>(greens + at, <f32>luma);
    store<f32>(blues + at, <f32>blue);
  }
}
