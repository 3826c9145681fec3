#include "rgb.h"

#include <wasm_simd128.h>

/*
 * Sixteen pixels at once, in 64ths. A product of a and b is a × b / 2¹⁵, rounded; the factors are those of the standard for
 * samples that were multiplied by 2⁷, that of blue (2.018) for half as much.
 */
#define FACTOR(value) wasm_i16x8_const_splat((int16_t)((value) * 16384 + 0.5))
#define TIMES wasm_i16x8_q15mulr_sat

/* Of eight samples. */
static v128_t light(v128_t y) {
  return TIMES(wasm_i16x8_shl(wasm_i16x8_sub(y, wasm_i16x8_const_splat(16)), 7), FACTOR(1.164384));
}

static v128_t difference(v128_t samples) {
  return wasm_i16x8_shl(wasm_i16x8_sub(samples, wasm_i16x8_const_splat(128)), 7);
}

/* Eight values of colour differences, each for two pixels, added to the light of sixteen; what exceeds 0–255 is cut. */
static v128_t sum(v128_t low, v128_t high, v128_t color) {
  v128_t first = wasm_i16x8_shuffle(color, color, 0, 0, 1, 1, 2, 2, 3, 3);
  v128_t second = wasm_i16x8_shuffle(color, color, 4, 4, 5, 5, 6, 6, 7, 7);
  v128_t half = wasm_i16x8_const_splat(32);
  first = wasm_i16x8_shr(wasm_i16x8_add_sat(wasm_i16x8_add_sat(low, first), half), 6);
  second = wasm_i16x8_shr(wasm_i16x8_add_sat(wasm_i16x8_add_sat(high, second), half), 6);
  return wasm_u8x16_narrow_i16x8(first, second);
}

void to_rgb(const uint8_t *y, const uint8_t *u, const uint8_t *v, int width, uint8_t *red, uint8_t *green,
            uint8_t *blue) {
  for (int x = 0; x < width; x += 16) {
    v128_t lights = wasm_v128_load(y + x);
    v128_t low = light(wasm_u16x8_extend_low_u8x16(lights));
    v128_t high = light(wasm_u16x8_extend_high_u8x16(lights));
    v128_t cb = difference(wasm_u16x8_load8x8(u + x / 2));
    v128_t cr = difference(wasm_u16x8_load8x8(v + x / 2));
    v128_t less = wasm_i16x8_add(TIMES(cb, FACTOR(0.391762)), TIMES(cr, FACTOR(0.812968)));
    wasm_v128_store(red + x, sum(low, high, TIMES(cr, FACTOR(1.596027))));
    wasm_v128_store(green + x, sum(low, high, wasm_i16x8_neg(less)));
    wasm_v128_store(blue + x, sum(low, high, TIMES(wasm_i16x8_shl(cb, 1), FACTOR(2.017232 / 2))));
  }
}
