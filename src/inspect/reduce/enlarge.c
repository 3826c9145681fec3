#include "enlarge.h"

#include <stdlib.h>

#include "axis.h"

/*
 * Each pixel is made of 4 × 4 by Catmull and Rom's cubic, first across, then down; both round to whole numbers. Places
 * and weights are as exact as in axis.c. libvips (8.18, vips_resize) moves the picture by half a pixel of the result,
 * also along a side that has its length already.
 */
enum { PLACES = 64, TAPS = 4 };

struct tap {
  int at[TAPS], weights[TAPS];
};

/* Of the second of the four, as far from it as `x` is from 0. */
static int inner(int x) {
  return (2 * PLACES * PLACES * PLACES - 5 * PLACES * x * x + 3 * x * x * x) / 2 / PLACES;
}

/* Of the first. */
static int outer(int x) {
  return -x * (PLACES - x) * (PLACES - x) / 2 / PLACES;
}

/* Each place is a step behind the one before it, and every `run`-th one is computed anew: as in axis.c. */
static void tap_begin(struct tap taps[REDUCED], int size, int run) {
  double step = 1 / ((double)REDUCED / size), at = 0;
  for (int i = 0; i < REDUCED; i++) {
    /* One more for the border that libvips adds, and one for the pixel before. */
    at = i % run == 0 ? i * step - 0.5 + 1 + 1 : at + step;
    int place = (((int)(at * 2 * PLACES) & (2 * PLACES - 1)) + 1) >> 1;
    int weights[TAPS] = {outer(place), inner(place), inner(PLACES - place), outer(PLACES - place)};
    for (int k = 0; k < TAPS; k++) {
      int to = (int)at - 3 + k;
      taps[i].at[k] = to < 0 ? 0 : to >= size ? size - 1 : to;
      taps[i].weights[k] = weights[k];
    }
  }
}

static int rounded(int sum) {
  return (sum + (1 << (SCALE - 1))) >> SCALE;
}

static void enlarge_across(const uint8_t *row, const struct tap *taps, int16_t *out) {
  for (int x = 0; x < REDUCED; x++, taps++) {
    for (int band = 0; band < 3; band++) {
      int sum = 0;
      for (int k = 0; k < TAPS; k++) sum += taps->weights[k] * row[3 * taps->at[k] + band];
      *out++ = rounded(sum);
    }
  }
}

static void enlarge_down(const int16_t *rows, const struct tap *tap, uint8_t *restrict out) {
  enum { WIDE = 3 * REDUCED };
  const int16_t *a = rows + tap->at[0] * WIDE, *b = rows + tap->at[1] * WIDE;
  const int16_t *c = rows + tap->at[2] * WIDE, *d = rows + tap->at[3] * WIDE;
  const int *w = tap->weights;
  for (int x = 0; x < WIDE; x++) {
    int value = rounded(w[0] * a[x] + w[1] * b[x] + w[2] * c[x] + w[3] * d[x]);
    out[x] = value < 0 ? 0 : value > 255 ? 255 : value;
  }
}

uint8_t *enlarged(const uint8_t *pixels, int width, int height, int run) {
  static struct tap across[REDUCED], down[REDUCED];
  int16_t *rows = malloc((size_t)height * 3 * REDUCED * sizeof *rows);
  uint8_t *out = malloc(3 * REDUCED * REDUCED);
  if (!rows || !out) {
    free(rows);
    free(out);
    return NULL;
  }
  tap_begin(across, width, run);
  tap_begin(down, height, 1);
  for (int y = 0; y < height; y++) enlarge_across(pixels + 3 * y * width, across, rows + y * 3 * REDUCED);
  for (int y = 0; y < REDUCED; y++) enlarge_down(rows, &down[y], out + y * 3 * REDUCED);
  free(rows);
  return out;
}
