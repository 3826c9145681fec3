/* Planes of a decoded picture, and their means over a grid of equal cells: all that is kept of it. */
#ifndef PLANES_H
#define PLANES_H

#include <stddef.h>
#include <stdint.h>

struct plane {
  const uint8_t *samples;
  /* Bytes from one row to the next. */
  ptrdiff_t stride;
  /* Bytes from one sample to the next: 1, or 2 where a sample has 16 bits, or what stands between. */
  int step;
  /* A sample has 16 bits, native order. */
  int wide;
  /* A sample stands for 1 << shift pixels an axis. */
  int shift_x, shift_y;
};

struct picture {
  int width, height;
  int count; /* Of planes: 1, or 3. */
  struct plane planes[3];
  /* Of 8 bits, one for each pixel; without samples where all is opaque. */
  struct plane alpha;
};

/*
 * Means of cells of side_x × side_y pixels, those at the right and lower edge of what is left, on white:
 * as many planes as there are rows of weights, each row-major, one behind the other. A value is what the
 * weights make of the planes' samples and of 1. NULL when there is no memory; else the caller frees it.
 */
float *cell_means(const struct picture *picture, int side_x, int side_y, const double (*weights)[4],
                  int rows);

#endif
