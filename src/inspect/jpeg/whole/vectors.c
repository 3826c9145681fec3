/*
 * The loops of libjpeg-turbo that take most time, by the vectors of WebAssembly, bit for bit what its own C gives for
 * every picture that an encoder makes: the library has such for processors only. It asks for them through jsimd.h.
 */
#include <stdint.h>
#include <wasm_simd128.h>

#define JPEG_INTERNALS
#include "jinclude.h"
#include "jpeglib.h"
#include "jdct.h"
#include "jsimd.h"
#include "jsimddct.h"

#define HAVE(what, answer) \
  int jsimd_can_##what(void) { \
    return answer; \
  }

HAVE(idct_islow, 1)
HAVE(h2v1_fancy_upsample, 1)
HAVE(h2v2_fancy_upsample, 1)
HAVE(ycc_rgb, 1)
HAVE(h2v1_upsample, 0)
HAVE(h2v2_upsample, 0)
HAVE(ycc_rgb565, 0)

/* Each pair of neighbours: of a and b by turns. */
#define PAIRS_LOW(a, b) wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define PAIRS_HIGH(a, b) wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#define BOTH(a, b) wasm_i16x8_const(a, b, a, b, a, b, a, b)

/*
 * The inverse DCT of jidctint.c (Loeffler, Ligtenberg and Moschytz). It rounds but once an axis, so that what is added
 * up before may be in any order: each part is a sum of products, with sums of the library's factors (cosines, 13 bits).
 */
#define SCALE 13

struct halves {
  v128_t low, high;
};

static inline struct halves times(v128_t low, v128_t high, v128_t factors) {
  return (struct halves){wasm_i32x4_dot_i16x8(low, factors), wasm_i32x4_dot_i16x8(high, factors)};
}

static inline struct halves add(struct halves a, struct halves b) {
  return (struct halves){wasm_i32x4_add(a.low, b.low), wasm_i32x4_add(a.high, b.high)};
}

static inline struct halves subtract(struct halves a, struct halves b) {
  return (struct halves){wasm_i32x4_sub(a.low, b.low), wasm_i32x4_sub(a.high, b.high)};
}

static inline v128_t rounded(struct halves sum, int bits) {
  v128_t low = wasm_i32x4_shr(sum.low, bits), high = wasm_i32x4_shr(sum.high, bits);
  return wasm_i16x8_narrow_i32x4(low, high);
}

/* Of eight lines at once, in place: lane i of r[k] is frequency k of line i, and then sample k. */
static inline void transform(v128_t r[8], int bits) {
  v128_t a = PAIRS_LOW(r[0], r[4]), b = PAIRS_HIGH(r[0], r[4]);
  v128_t half = wasm_i32x4_splat(1 << (bits - 1));
  struct halves round = {half, half};
  struct halves sum = add(times(a, b, BOTH(1 << SCALE, 1 << SCALE)), round);
  struct halves difference = add(times(a, b, BOTH(1 << SCALE, -(1 << SCALE))), round);
  a = PAIRS_LOW(r[2], r[6]), b = PAIRS_HIGH(r[2], r[6]);
  struct halves outer = times(a, b, BOTH(10703, 4433)), inner = times(a, b, BOTH(4433, -10704));
  struct halves even[4] = {add(sum, outer), add(difference, inner), subtract(difference, inner), subtract(sum, outer)};
  a = PAIRS_LOW(r[1], r[3]), b = PAIRS_HIGH(r[1], r[3]);
  v128_t c = PAIRS_LOW(r[5], r[7]), d = PAIRS_HIGH(r[5], r[7]);
  struct halves odd[4] = {
      add(times(a, b, BOTH(11363, 9633)), times(c, d, BOTH(6437, 2260))),
      add(times(a, b, BOTH(9633, -2259)), times(c, d, BOTH(-11362, -6436))),
      add(times(a, b, BOTH(6437, -11362)), times(c, d, BOTH(2261, 9633))),
      add(times(a, b, BOTH(2260, -6436)), times(c, d, BOTH(9633, -11363))),
  };
  for (int k = 0; k < 4; k++) {
    r[k] = rounded(add(even[k], odd[k]), bits);
    r[7 - k] = rounded(subtract(even[k], odd[k]), bits);
  }
}

static inline void transpose(v128_t r[8]) {
  v128_t a[8], b[8];
  for (int k = 0; k < 4; k++) {
    a[2 * k] = PAIRS_LOW(r[k], r[k + 4]);
    a[2 * k + 1] = PAIRS_HIGH(r[k], r[k + 4]);
  }
  for (int k = 0; k < 4; k++) {
    b[2 * k] = PAIRS_LOW(a[k], a[k + 4]);
    b[2 * k + 1] = PAIRS_HIGH(a[k], a[k + 4]);
  }
  for (int k = 0; k < 4; k++) {
    r[2 * k] = PAIRS_LOW(b[k], b[k + 4]);
    r[2 * k + 1] = PAIRS_HIGH(b[k], b[k + 4]);
  }
}

/* 128 is added, and what exceeds 0–255 is cut. */
static inline v128_t samples_of(v128_t a, v128_t b) {
  return wasm_v128_xor(wasm_i8x16_narrow_i16x8(a, b), wasm_i8x16_const_splat(-128));
}

void jsimd_idct_islow(j_decompress_ptr cinfo, jpeg_component_info *component, JCOEFPTR block, JSAMPARRAY rows,
                      JDIMENSION column) {
  const int16_t *steps = component->dct_table;
  v128_t r[8], rest = wasm_i16x8_const_splat(0);
  for (int k = 0; k < 8; k++) {
    v128_t values = wasm_v128_load(block + 8 * k);
    /* The first value is seen to apart. */
    rest = wasm_v128_or(rest, k == 0 ? wasm_i16x8_replace_lane(values, 0, 0) : values);
    r[k] = wasm_i16x8_mul(values, wasm_v128_load(steps + 8 * k));
  }
  if (!wasm_v128_any_true(rest)) {
    v128_t mean = wasm_i16x8_splat((4 * wasm_i16x8_extract_lane(r[0], 0) + 16) >> 5);
    v128_t same = samples_of(mean, mean);
    for (int k = 0; k < 8; k++) wasm_v128_store64_lane(rows[k] + column, same, 0);
    return;
  }
  /* Two bits more than samples have are kept in between; the transform is one of √8 an axis. */
  transform(r, SCALE - 2);
  transpose(r);
  transform(r, SCALE + 2 + 3);
  transpose(r);
  for (int k = 0; k < 8; k += 2) {
    v128_t two = samples_of(r[k], r[k + 1]);
    wasm_v128_store64_lane(rows[k] + column, two, 0);
    wasm_v128_store64_lane(rows[k + 1] + column, two, 1);
  }
}

/*
 * Fancy upsampling (jdsample.c): a sample of colour is 3/4 of the nearer one and 1/4 of the other, along each axis.
 * A line of them begins here with a copy of its first and ends with one of its last.
 */
enum { WIDEST = 65536 / 2 };
static uint16_t line[1 + WIDEST + 1 + 8];

static inline v128_t three_of(v128_t value) {
  return wasm_i16x8_add(value, wasm_i16x8_shl(value, 1));
}

/* Each value becomes two samples. `first` and `second` are added before so many bits are taken off. */
static inline void widen(int count, JSAMPROW out, int first, int second, int bits) {
  line[0] = line[1];
  line[count + 1] = line[count];
  for (int x = 0; x < count; x += 8) {
    v128_t before = wasm_v128_load(line + x), after = wasm_v128_load(line + x + 2);
    v128_t here = three_of(wasm_v128_load(line + x + 1));
    v128_t left = wasm_i16x8_add(wasm_i16x8_add(here, before), wasm_i16x8_splat(first));
    v128_t right = wasm_i16x8_add(wasm_i16x8_add(here, after), wasm_i16x8_splat(second));
    left = wasm_u16x8_shr(left, bits);
    right = wasm_i16x8_shl(wasm_u16x8_shr(right, bits), 8);
    wasm_v128_store(out + 2 * x, wasm_v128_or(left, right));
  }
}

void jsimd_h2v1_fancy_upsample(j_decompress_ptr cinfo, jpeg_component_info *component, JSAMPARRAY rows,
                               JSAMPARRAY *out) {
  int count = component->downsampled_width;
  for (int y = 0; y < cinfo->max_v_samp_factor; y++) {
    for (int x = 0; x < count; x += 8) wasm_v128_store(line + 1 + x, wasm_u16x8_load8x8(rows[y] + x));
    widen(count, (*out)[y], 1, 2, 2);
  }
}

void jsimd_h2v2_fancy_upsample(j_decompress_ptr cinfo, jpeg_component_info *component, JSAMPARRAY rows,
                               JSAMPARRAY *out) {
  int count = component->downsampled_width;
  for (int y = 0; y < cinfo->max_v_samp_factor; y++) {
    /* The library gives a row before the first and one behind the last. */
    const JSAMPLE *near = rows[y >> 1], *far = rows[(y >> 1) + (y & 1 ? 1 : -1)];
    for (int x = 0; x < count; x += 8) {
      v128_t sum = wasm_i16x8_add(three_of(wasm_u16x8_load8x8(near + x)), wasm_u16x8_load8x8(far + x));
      wasm_v128_store(line + 1 + x, sum);
    }
    widen(count, (*out)[y], 8, 7, 4);
  }
}

/* What eight samples of Cb and Cr add to the light: as jdcolor.c has it, for all of −128–127. */
struct colors {
  v128_t red, green, blue;
};

static inline struct colors colors_of(v128_t cb, v128_t cr) {
  v128_t middle = wasm_i16x8_const_splat(128);
  cb = wasm_i16x8_sub(cb, middle);
  cr = wasm_i16x8_sub(cr, middle);
  /* 0.34414 Cb and (1 − 0.71414) Cr, 1.402 − 1 and 1.772 − 2. */
  v128_t factors = BOTH(-22554, 18734), half = wasm_i32x4_const_splat(1 << 15);
  v128_t low = wasm_i32x4_add(wasm_i32x4_dot_i16x8(PAIRS_LOW(cb, cr), factors), half);
  v128_t high = wasm_i32x4_add(wasm_i32x4_dot_i16x8(PAIRS_HIGH(cb, cr), factors), half);
  v128_t green = wasm_i16x8_narrow_i32x4(wasm_i32x4_shr(low, 16), wasm_i32x4_shr(high, 16));
  return (struct colors){
      .red = wasm_i16x8_add(cr, wasm_i16x8_q15mulr_sat(cr, wasm_i16x8_const_splat(13173))),
      .green = wasm_i16x8_sub(green, cr),
      .blue = wasm_i16x8_add(wasm_i16x8_shl(cb, 1), wasm_i16x8_q15mulr_sat(cb, wasm_i16x8_const_splat(-7471))),
  };
}

static inline v128_t lit(v128_t low, v128_t high, v128_t y) {
  low = wasm_i16x8_add(low, wasm_u16x8_extend_low_u8x16(y));
  high = wasm_i16x8_add(high, wasm_u16x8_extend_high_u8x16(y));
  return wasm_u8x16_narrow_i16x8(low, high);
}

/* Sixteen pixels, three bytes each. */
static inline void store(JSAMPROW out, v128_t r, v128_t g, v128_t b) {
  v128_t rg = wasm_i8x16_shuffle(r, g, 0, 16, 0, 1, 17, 0, 2, 18, 0, 3, 19, 0, 4, 20, 0, 5);
  v128_t gb = wasm_i8x16_shuffle(g, b, 5, 21, 0, 6, 22, 0, 7, 23, 0, 8, 24, 0, 9, 25, 0, 10);
  v128_t br = wasm_i8x16_shuffle(b, r, 10, 27, 0, 11, 28, 0, 12, 29, 0, 13, 30, 0, 14, 31, 0, 15);
  wasm_v128_store(out, wasm_i8x16_shuffle(rg, b, 0, 1, 16, 3, 4, 17, 6, 7, 18, 9, 10, 19, 12, 13, 20, 15));
  wasm_v128_store(out + 16, wasm_i8x16_shuffle(gb, r, 0, 1, 22, 3, 4, 23, 6, 7, 24, 9, 10, 25, 12, 13, 26, 15));
  wasm_v128_store(out + 32, wasm_i8x16_shuffle(br, g, 0, 1, 27, 3, 4, 28, 6, 7, 29, 9, 10, 30, 12, 13, 31, 15));
}

/* The rows are those of libjpeg.c, which have room for sixteen pixels more. */
void jsimd_ycc_rgb_convert(j_decompress_ptr cinfo, JSAMPIMAGE planes, JDIMENSION row, JSAMPARRAY out, int count) {
  int width = cinfo->output_width;
  for (int i = 0; i < count; i++, row++) {
    const JSAMPLE *ys = planes[0][row], *blues = planes[1][row], *reds = planes[2][row];
    for (int x = 0; x < width; x += 16) {
      v128_t y = wasm_v128_load(ys + x), cb = wasm_v128_load(blues + x), cr = wasm_v128_load(reds + x);
      struct colors low = colors_of(wasm_u16x8_extend_low_u8x16(cb), wasm_u16x8_extend_low_u8x16(cr));
      struct colors high = colors_of(wasm_u16x8_extend_high_u8x16(cb), wasm_u16x8_extend_high_u8x16(cr));
      store(out[i] + 3 * x, lit(low.red, high.red, y), lit(low.green, high.green, y), lit(low.blue, high.blue, y));
    }
  }
}
