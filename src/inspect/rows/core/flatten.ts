/**
 * Lays a row of 8-bit RGB with alpha on white: (value × alpha + 255 × (255 − alpha)) / 255, rounded down. Two
 * pixels at once, so that up to 5 bytes behind the result are overwritten.
 */
export function flattenRgba(row: usize, out: usize, pixels: usize): void {
  const white = i16x8.splat(255);
  const one = i16x8.splat(1);
  const end = out + 3 * pixels;
  while (out < end) {
    const values = v128.load_ext<u8>(row);
    const alpha = i16x8.shuffle(values, values, 3, 3, 3, 3, 7, 7, 7, 7);
    // At most 65025, for which what follows is a division by 255, without overflow.
    const sum = i16x8.add(i16x8.mul(values, alpha), i16x8.mul(white, i16x8.sub(white, alpha)));
    const blended = i16x8.shr_u(i16x8.add(i16x8.add(sum, one), i16x8.shr_u(sum, 8)), 8);
    const bytes = i8x16.narrow_i16x8_u(blended, blended);
    const packed = i8x16.shuffle(bytes, bytes, 0, 1, 2, 4, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    v128.store64_lane(out, packed, 0);
    row += 8;
    out += 6;
  }
}
