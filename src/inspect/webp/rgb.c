#include "rgb.h"

#include <wasm_simd128.h>

/*
 * Sixteen pixels at once, in 64ths. A product of a and b is a × b / 2¹⁵, rounded; the factors are those of the standard for
 * samples that were multiplied by 2⁷, that of blue (2.017) for half as much.
 */
#define FACTOR(value) wasm_i16x8_const_splat((int16_t)((value) * 16384 + 0.5))
#define TIMES wasm_i16x8_q15mulr_sat

/* What eight samples of Cb and Cr add to the light. */
struct colors {
  v128_t red, green, blue;
};

static v128_t light_of(v128_t y) {
  return TIMES(wasm_i16x8_shl(wasm_i16x8_sub(y, wasm_i16x8_const_splat(16)), 7), FACTOR(1.164384));
}

static v128_t difference_of(const uint8_t *samples) {
  return wasm_i16x8_shl(wasm_i16x8_sub(wasm_u16x8_load8x8(samples), wasm_i16x8_const_splat(128)), 7);
}

static struct colors colors_of(const uint8_t *u, const uint8_t *v) {
  v128_t cb = difference_of(u), cr = difference_of(v);
  v128_t less = wasm_i16x8_add(TIMES(cb, FACTOR(0.391762)), TIMES(cr, FACTOR(0.812968)));
  return (struct colors){
      .red = TIMES(cr, FACTOR(1.596027)),
      .green = wasm_i16x8_neg(less),
      .blue = TIMES(wasm_i16x8_shl(cb, 1), FACTOR(2.017232 / 2)),
  };
}

/* Each of the first, or of the last four twice. */
#define SPREAD(color, a, b, c, d) wasm_i16x8_shuffle(color, color, a, a, b, b, c, c, d, d)

static struct colors spread_first(struct colors of) {
  return (struct colors){SPREAD(of.red, 0, 1, 2, 3), SPREAD(of.green, 0, 1, 2, 3), SPREAD(of.blue, 0, 1, 2, 3)};
}

static struct colors spread_last(struct colors of) {
  return (struct colors){SPREAD(of.red, 4, 5, 6, 7), SPREAD(of.green, 4, 5, 6, 7), SPREAD(of.blue, 4, 5, 6, 7)};
}

/* Rounded; what exceeds 0–255 is cut. */
static v128_t sum(v128_t low, v128_t high, v128_t first, v128_t last) {
  v128_t half = wasm_i16x8_const_splat(32);
  first = wasm_i16x8_shr(wasm_i16x8_add_sat(wasm_i16x8_add_sat(low, first), half), 6);
  last = wasm_i16x8_shr(wasm_i16x8_add_sat(wasm_i16x8_add_sat(high, last), half), 6);
  return wasm_u8x16_narrow_i16x8(first, last);
}

void to_rgb(const uint8_t *y, const uint8_t *u, const uint8_t *v, int shift, int width, struct rgb out) {
  for (int x = 0; x < width; x += 16) {
    v128_t lights = wasm_v128_load(y + x);
    v128_t low = light_of(wasm_u16x8_extend_low_u8x16(lights));
    v128_t high = light_of(wasm_u16x8_extend_high_u8x16(lights));
    struct colors first = colors_of(u + (x >> shift), v + (x >> shift)), last;
    if (shift) {
      last = spread_last(first);
      first = spread_first(first);
    } else last = colors_of(u + x + 8, v + x + 8);
    wasm_v128_store(out.red + x, sum(low, high, first.red, last.red));
    wasm_v128_store(out.green + x, sum(low, high, first.green, last.green));
    wasm_v128_store(out.blue + x, sum(low, high, first.blue, last.blue));
  }
}

void widen(const uint8_t *restrict row, const uint8_t *restrict other, int width, uint8_t *restrict out) {
  uint16_t mixed[WIDENED / 2 + 2], *middle = mixed + 1;
  int count = (width + 1) >> 1;
  for (int x = 0; x < count; x++) middle[x] = 3 * row[x] + other[x];
  mixed[0] = middle[0];
  middle[count] = middle[count - 1];
  for (int x = 0; x < count; x++) {
    out[2 * x] = (3 * middle[x] + middle[x - 1] + 8) >> 4;
    out[2 * x + 1] = (3 * middle[x] + middle[x + 1] + 8) >> 4;
  }
}
