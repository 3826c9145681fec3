/** Adds a row's 8-bit samples up by cells of `side` pixels; the last cell may have fewer. */

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

/** The same of three channels, interleaved in samples and sums. */
export function addRgb(sums: usize, samples: usize, width: usize, side: usize): void {
  const end = samples + 3 * width;
  while (samples < end) {
    const stop = min(end, samples + 3 * side);
    let red = load<u32>(sums);
    let green = load<u32>(sums, 4);
    let blue = load<u32>(sums, 8);
    while (samples < stop) {
      red += load<u8>(samples);
      green += load<u8>(samples, 1);
      blue += load<u8>(samples, 2);
      samples += 3;
    }
    store<u32>(sums, red);
    store<u32>(sums, green, 4);
    store<u32>(sums, blue, 8);
    sums += 12;
  }
}
