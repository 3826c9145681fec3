/** The checksum of a zlib stream (RFC 1950, 8.2), Adler-32. */

const BASE: u32 = 65521;
/** Bytes, a multiple of 32, after which neither sum has left 32 bits, nor that of a column 16. */
const PART: usize = 4096;

/** The sum after the bytes from one address to the other; it begins with 1. */
export function adlerAdd(sum: u32, from: usize, to: usize): u32 {
  let a = sum & 0xffff;
  let b = sum >> 16;
  while (from < to) {
    const stop = from + min(to - from, PART);
    const whole = from + ((stop - from) & ~31);
    b += a * <u32>(whole - from);
    // Of 32 bytes each: their sum, the sum of all of those before, and the sums of columns.
    let firsts = i32x4.splat(0);
    let before = i32x4.splat(0);
    let column0 = i16x8.splat(0);
    let column8 = i16x8.splat(0);
    let column16 = i16x8.splat(0);
    let column24 = i16x8.splat(0);
    for (; from < whole; from += 32) {
      const left = v128.load(from);
      const right = v128.load(from, 16);
      before = i32x4.add(before, firsts);
      const pairs = i16x8.add(
        i16x8.extadd_pairwise_i8x16_u(left),
        i16x8.extadd_pairwise_i8x16_u(right),
      );
      firsts = i32x4.add(firsts, i32x4.extadd_pairwise_i16x8_u(pairs));
      column0 = i16x8.add(column0, i16x8.extend_low_i8x16_u(left));
      column8 = i16x8.add(column8, i16x8.extend_high_i8x16_u(left));
      column16 = i16x8.add(column16, i16x8.extend_low_i8x16_u(right));
      column24 = i16x8.add(column24, i16x8.extend_high_i8x16_u(right));
    }
    a += sumOf(firsts);
    // The first of 32 bytes counts 32 times in the second sum.
    b += sumOf(before) << 5;
    b += weighed(column0, i16x8(32, 31, 30, 29, 28, 27, 26, 25));
    b += weighed(column8, i16x8(24, 23, 22, 21, 20, 19, 18, 17));
    b += weighed(column16, i16x8(16, 15, 14, 13, 12, 11, 10, 9));
    b += weighed(column24, i16x8(8, 7, 6, 5, 4, 3, 2, 1));
    for (; from < stop; from++) {
      a += load<u8>(from);
      b += a;
    }
    a %= BASE;
    b %= BASE;
  }
  return (b << 16) | a;
}

function weighed(columns: v128, weights: v128): u32 {
  return sumOf(
    i32x4.add(
      i32x4.extmul_low_i16x8_u(columns, weights),
      i32x4.extmul_high_i16x8_u(columns, weights),
    ),
  );
}

function sumOf(lanes: v128): u32 {
  return (
    i32x4.extract_lane(lanes, 0) +
    i32x4.extract_lane(lanes, 1) +
    i32x4.extract_lane(lanes, 2) +
    i32x4.extract_lane(lanes, 3)
  );
}
