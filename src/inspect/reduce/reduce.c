#include "reduce.h"

#include <stdlib.h>
#include <string.h>
#include <wasm_simd128.h>

/*
 * Down first, then across; along each, boxes first, then weights (axis.c). Each of these four steps rounds to 8 bits.
 * All of that is as in libvips (8.18, vips_resize): it decides the hashes of textures.
 */

/* Bytes that a row may be written too far, and that lie around the one that is squeezed across. */
enum { ROOM = 16 * 3, MARGIN = (MOST_POINTS + 1) * 3 };

/* What libvips makes at once: ten rows, and of each all or, when tiles come in or boxes are averaged down, a tile. */
enum { TILE = 128, ROWS = 10 };

static int clamp(int value, int most) {
  return value < 0 ? 0 : value > most ? most : value;
}

int reduction_begin(struct reduction *to, int width, int height, int bands, int tiled) {
  *to = (struct reduction){.bands = bands};
  int begun = axis_begin(&to->down, height, ROWS);
  to->run = tiled || to->down.box > 1 ? TILE : REDUCED;
  if (!axis_begin(&to->across, width, to->run) || !begun) {
    free(to->across.weights);
    free(to->down.weights);
    return 0;
  }
  int row = width * bands + ROOM;
  to->stride = row;
  to->rows = malloc((size_t)row * (to->down.points + 2) + 2 * MARGIN);
  to->sums = calloc(row, sizeof *to->sums);
  /* Two pixels of three bands and nothing, from two before the first that is weighed to two behind the last. */
  to->pairs = malloc((to->across.count + 2 * to->across.points + 8) * 4 * sizeof *to->pairs);
  to->pixels = malloc(to->across.result * to->down.result * 3 + 1);
  if (!to->rows || !to->sums || !to->pairs || !to->pixels) {
    free(reduction_end(to));
    return 0;
  }
  to->incoming = to->rows + (size_t)row * to->down.points;
  to->squeezed = to->incoming + row + MARGIN;
  return 1;
}

static uint8_t *row_of(const struct reduction *to, int y) {
  return to->rows + (size_t)(y % to->down.points) * to->stride;
}

/* The sum of `box` values, divided and rounded as libvips does it. */
static inline uint32_t mean_of(uint32_t sum, uint32_t box, uint32_t factor) {
  return (sum + box / 2) * factor >> 24;
}

static uint32_t factor_of(int box) {
  return (1u << 24) / box;
}

static inline v128_t dot(v128_t sum, v128_t pairs, v128_t weights) {
  return wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(pairs, weights));
}

static inline v128_t scaled(v128_t a, v128_t b) {
  return wasm_i16x8_narrow_i32x4(wasm_i32x4_shr(a, SCALE), wasm_i32x4_shr(b, SCALE));
}

/* Row `i` of the result, as wide as the picture. */
static void squeeze_down(const struct reduction *to, int i) {
  const struct axis *down = &to->down;
  const struct spot spot = down->spots[i];
  const uint8_t *rows[MOST_POINTS + 1];
  v128_t weights[(MOST_POINTS + 1) / 2];
  int count = (down->points + 1) / 2;
  for (int k = 0; k < 2 * count; k++) rows[k] = row_of(to, clamp(spot.first + k, down->count - 1));
  /* Behind the last of an odd number stands 0; its row may be any. */
  rows[2 * count - 1] = rows[down->points - 1];
  for (int k = 0; k < count; k++) weights[k] = wasm_v128_load32_splat(spot.weights + 2 * k);
  int wide = to->across.size * to->bands;
  for (int x = 0; x < wide; x += 16) {
    v128_t a = wasm_i32x4_const_splat(1 << (SCALE - 1)), b = a, c = a, d = a;
    for (int k = 0; k < count; k++) {
      v128_t one = wasm_v128_load(rows[2 * k] + x), two = wasm_v128_load(rows[2 * k + 1] + x);
      v128_t low = wasm_i8x16_shuffle(one, two, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      v128_t high = wasm_i8x16_shuffle(one, two, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      a = dot(a, wasm_u16x8_extend_low_u8x16(low), weights[k]);
      b = dot(b, wasm_u16x8_extend_high_u8x16(low), weights[k]);
      c = dot(c, wasm_u16x8_extend_low_u8x16(high), weights[k]);
      d = dot(d, wasm_u16x8_extend_high_u8x16(high), weights[k]);
    }
    wasm_v128_store(to->squeezed + x, wasm_u8x16_narrow_i16x8(scaled(a, b), scaled(c, d)));
  }
}

/* In place: what is read lies at what is written, or behind it. */
static void box_across(struct reduction *to) {
  const struct axis *across = &to->across;
  int box = across->box, bands = to->bands;
  uint32_t factor = factor_of(box);
  uint8_t *row = to->squeezed;
  for (int x = 0; x < across->count; x++) {
    for (int band = 0; band < bands; band++) {
      uint32_t sum = 0;
      for (int k = x * box; k < x * box + box; k++) sum += row[clamp(k, across->size - 1) * bands + band];
      row[x * bands + band] = mean_of(sum, box, factor);
    }
  }
}

/* Pixel x and the next one, by bands; those beyond the edges are those at them. A grey one has three equal bands. */
static void pair_up(struct reduction *to) {
  static const uint8_t gray[16] = {0, 16, 1, 16, 0, 16, 1, 16, 0, 16, 1, 16, 16, 16, 16, 16};
  static const uint8_t rgb[16] = {0, 16, 3, 16, 1, 16, 4, 16, 2, 16, 5, 16, 16, 16, 16, 16};
  int bands = to->bands, count = to->across.count, around = to->across.points + 1;
  v128_t order = wasm_v128_load(bands == 1 ? gray : rgb);
  uint8_t *row = to->squeezed;
  /* As many copies of the edges as may be asked for. */
  for (int x = 1; x <= around; x++) memcpy(row - x * bands, row, bands);
  for (int x = count; x < count + around; x++) memcpy(row + x * bands, row + (count - 1) * bands, bands);
  int16_t *out = to->pairs;
  for (int x = -around; x < count + around; x += 2, out += 8) {
    wasm_v128_store(out, wasm_i8x16_swizzle(wasm_v128_load(row + x * bands), order));
  }
}

static void squeeze_across(struct reduction *to, int y) {
  const struct axis *across = &to->across;
  uint8_t *out = to->pixels + y * across->result * 3;
  for (int i = 0; i < across->result; i++, out += 3) {
    struct spot spot = across->spots[i];
    int from = spot.first + across->points + 1, odd = from & 1;
    const int16_t *pairs = to->pairs + (from - odd) * 4, *weights = spot.weights - odd;
    v128_t sum = wasm_i32x4_const_splat(1 << (SCALE - 1));
    int count = (across->points + odd + 1) / 2;
    for (int k = 0; k < count; k++) {
      sum = dot(sum, wasm_v128_load(pairs + 8 * k), wasm_v128_load32_splat(weights + 2 * k));
    }
    v128_t pixel = scaled(sum, sum);
    /* One byte too many, which the next pixel overwrites. */
    wasm_v128_store32_lane(out, wasm_u8x16_narrow_i16x8(pixel, pixel), 0);
  }
}

/* What can be made of the rows that are there. */
static void squeeze(struct reduction *to) {
  for (; to->done < to->down.result; to->done++) {
    int last = to->down.spots[to->done].first + to->down.points - 1;
    if (to->boxed <= clamp(last, to->down.count - 1)) return;
    squeeze_down(to, to->done);
    if (to->across.box > 1) box_across(to);
    pair_up(to);
    squeeze_across(to, to->done);
  }
}

uint8_t *reduction_row(struct reduction *to) {
  return to->down.box > 1 ? to->incoming : row_of(to, to->boxed);
}

static void add(uint16_t *restrict sums, const uint8_t *restrict row, int count) {
  for (int x = 0; x < count; x++) sums[x] += row[x];
}

static void divide(uint8_t *restrict row, uint16_t *restrict sums, int count, uint32_t box) {
  uint32_t factor = factor_of(box);
  for (int x = 0; x < count; x++) {
    row[x] = mean_of(sums[x], box, factor);
    sums[x] = 0;
  }
}

void reduction_take(struct reduction *to) {
  int box = to->down.box, wide = to->across.size * to->bands;
  to->y++;
  if (box > 1) {
    /* The last row stands for those that its box lacks. */
    int missing = to->y == to->down.size ? to->down.count * box - to->y : 0;
    for (int k = 0; k <= missing; k++) add(to->sums, to->incoming, wide);
    if ((to->y + missing) % box) return;
    divide(row_of(to, to->boxed), to->sums, wide, box);
  }
  to->boxed++;
  squeeze(to);
}

uint8_t *reduction_end(struct reduction *to) {
  free(to->across.weights);
  free(to->down.weights);
  free(to->rows);
  free(to->sums);
  free(to->pairs);
  if (to->done == to->down.result) return to->pixels;
  free(to->pixels);
  return NULL;
}
