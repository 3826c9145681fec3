/** Transparent colours on white, rounded as libvips rounds. */

export function onWhite(value: number, alpha: number): number {
  return ((value * alpha + 255 * (255 - alpha)) / 255) | 0;
}

/** Pixels of so many colours with alpha behind them, `bytes` a sample: of 16 bits, the high ones come first. */
export function layOnWhite(
  row: Uint8Array,
  bytes: number,
  colors: number,
  pixels: number,
  out: Uint8Array,
): Uint8Array {
  const step = bytes * (colors + 1);
  for (let i = 0, from = 0, to = 0; i < pixels; i++, from += step) {
    const alpha = row[from + bytes * colors]!;
    for (let c = 0; c < colors; c++, to++) {
      const value = row[from + bytes * c]!;
      out[to] = alpha === 255 ? value : onWhite(value, alpha);
    }
  }
  return out;
}
