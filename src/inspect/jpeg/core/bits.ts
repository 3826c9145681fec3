/**
 * Entropy-coded data as bits, in memory that others than this module fill. The bytes lie there in reverse
 * order, from high addresses to low ones: so a word of WebAssembly, which is little-endian and has no
 * instruction to turn its bytes round, holds them as the bits follow one another.
 */

/** The 57 bits or more from bit `at` on, left-aligned; the bits below them are zero. `top` is the word of bit 0. */
export function bitsAt(top: usize, at: u32): u64 {
  return load<u64>(top - (at >>> 3)) << (at & 7);
}

/** Where `unstuff` stopped: at a marker's 0xFF, or at the end of its input. */
export let stoppedAt: usize = 0;

/**
 * Copies the bytes `from` … `to` without byte stuffing (ITU-T T.81, B.1.1.5) up to the next marker, to below
 * `out` and downwards; returns the number of bytes written. Up to 15 more are overwritten.
 */
export function unstuff(from: usize, to: usize, out: usize): usize {
  const begin = out;
  const ones = i8x16.splat(-1);
  while (from < to) {
    while (from + 16 <= to) {
      const bytes = v128.load(from);
      v128.store(
        out - 16,
        i8x16.shuffle(bytes, bytes, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
      );
      const found = i8x16.bitmask(i8x16.eq(bytes, ones));
      const before = found === 0 ? 16 : ctz(found);
      from += before;
      out -= before;
      if (found !== 0) break;
    }
    while (from < to && load<u8>(from) !== 255) store<u8>(--out, load<u8>(from++));
    if (from >= to) break;
    let next = from + 1;
    while (next < to && load<u8>(next) === 255) next++;
    if (next >= to || load<u8>(next) !== 0) {
      stoppedAt = next < to ? next - 1 : to;
      return begin - out;
    }
    store<u8>(--out, 255);
    from = next + 1;
  }
  stoppedAt = to;
  return begin - out;
}
