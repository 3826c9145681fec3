/** Entropy-coded data as bits, in memory that others than this module fill. */

/** The 57 bits or more from bit `at` on, left-aligned; the bits below them are zero. */
export function bitsAt(data: usize, at: u32): u64 {
  const bytes = v128.load64_zero(data + (at >>> 3));
  // WebAssembly loads little-endian and has no other instruction to turn bytes round.
  const turned = i8x16.shuffle(bytes, bytes, 7, 6, 5, 4, 3, 2, 1, 0, 7, 6, 5, 4, 3, 2, 1, 0);
  return (<u64>i64x2.extract_lane(turned, 0)) << (at & 7);
}

/** Where `unstuff` stopped: at a marker's 0xFF, or at the end of its input. */
export let stoppedAt: usize = 0;

/**
 * Copies the bytes `from` … `to` without byte stuffing (ITU-T T.81, B.1.1.5) up to the next marker;
 * returns the number of bytes written. Up to 15 more are overwritten.
 */
export function unstuff(from: usize, to: usize, out: usize): usize {
  const begin = out;
  const ones = i8x16.splat(-1);
  while (from < to) {
    while (from + 16 <= to) {
      const bytes = v128.load(from);
      v128.store(out, bytes);
      const found = i8x16.bitmask(i8x16.eq(bytes, ones));
      const before = found === 0 ? 16 : ctz(found);
      from += before;
      out += before;
      if (found !== 0) break;
    }
    while (from < to && load<u8>(from) !== 255) store<u8>(out++, load<u8>(from++));
    if (from >= to) break;
    let next = from + 1;
    while (next < to && load<u8>(next) === 255) next++;
    if (next >= to || load<u8>(next) !== 0) {
      stoppedAt = next < to ? next - 1 : to;
      return out - begin;
    }
    store<u8>(out++, 255);
    from = next + 1;
  }
  stoppedAt = to;
  return out - begin;
}
