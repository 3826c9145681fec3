/**
 * How many pixels a GIF's LZW data holds (GIF 89a, appendix F), without the pixels: a code's string
 * is one longer than that of the code before it. Tells whether a cut frame has lost pixels.
 */

const MAX_BITS = 12;

/** Pixels up to the end of the sub-blocks from `start`, a fault or `enough`. */
export function lzwPixels(
  bytes: Uint8Array,
  start: number,
  codeSize: number,
  enough: number,
): number {
  const clear = 1 << codeSize;
  const lengths = new Uint16Array(1 << MAX_BITS).fill(1, 0, clear);
  let next = clear + 2;
  let bits = codeSize + 1;
  let previous = -1;
  let pixels = 0;
  let buffer = 0;
  let held = 0;
  let at = start;
  let left = 0;
  while (pixels < enough) {
    while (held < bits) {
      if (left === 0) {
        left = bytes[at++] ?? 0;
        if (left === 0) return pixels;
      }
      const byte = bytes[at++];
      if (byte === undefined) return pixels;
      left--;
      buffer |= byte << held;
      held += 8;
    }
    const code = buffer & ((1 << bits) - 1);
    buffer >>>= bits;
    held -= bits;
    if (code === clear) {
      next = clear + 2;
      bits = codeSize + 1;
      previous = -1;
      continue;
    }
    if (code === clear + 1) return pixels;
    if (code > next || (code === next && previous < 0)) return pixels;
    if (previous >= 0 && next < 1 << MAX_BITS) {
      lengths[next++] = lengths[previous]! + 1;
      if (next === 1 << bits && bits < MAX_BITS) bits++;
    }
    pixels += lengths[code]!;
    previous = code;
  }
  return pixels;
}
