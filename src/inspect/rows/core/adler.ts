/** The checksum of a zlib stream (RFC 1950, 8.2), Adler-32. */

const BASE: u32 = 65521;
/** Bytes, a multiple of 16, after which neither sum has left 32 bits. */
const PART: usize = 5552 & ~15;

/** The sum after the bytes from one address to the other; it begins with 1. */
export function adlerAdd(sum: u32, from: usize, to: usize): u32 {
  let a = sum & 0xffff;
  let b = sum >> 16;
  // Of 16 bytes, the first one counts 16 times in the second sum.
  const high = i16x8(16, 15, 14, 13, 12, 11, 10, 9);
  const low = i16x8(8, 7, 6, 5, 4, 3, 2, 1);
  while (from < to) {
    const stop = from + min(to - from, PART);
    const whole = from + ((stop - from) & ~15);
    let firsts = i32x4.splat(0);
    let before = i32x4.splat(0);
    let seconds = i32x4.splat(0);
    b += a * <u32>(whole - from);
    for (; from < whole; from += 16) {
      const bytes = v128.load(from);
      before = i32x4.add(before, firsts);
      firsts = i32x4.add(
        firsts,
        i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes)),
      );
      const left = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(bytes), high);
      const right = i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(bytes), low);
      seconds = i32x4.add(seconds, i32x4.add(left, right));
    }
    a += sumOf(firsts);
    b += (sumOf(before) << 4) + sumOf(seconds);
    for (; from < stop; from++) {
      a += load<u8>(from);
      b += a;
    }
    a %= BASE;
    b %= BASE;
  }
  return (b << 16) | a;
}

function sumOf(lanes: v128): u32 {
  return (
    i32x4.extract_lane(lanes, 0) +
    i32x4.extract_lane(lanes, 1) +
    i32x4.extract_lane(lanes, 2) +
    i32x4.extract_lane(lanes, 3)
  );
}
