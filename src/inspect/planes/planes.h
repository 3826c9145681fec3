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

/* Rows of a picture, the first of them even. */
struct band {
  int width, height;
  struct plane planes[3];
  /* Of 8 bits, one for each pixel; without samples where all is opaque. */
  struct plane alpha;
};

/* The grid, and what has been added to the row of cells under way. The caller sets what comes first. */
struct cells {
  int width, height;   /* Of the picture, pixels. */
  int side_x, side_y;  /* Of a cell; those at the right and lower edge are what is left. */
  int count;           /* Of planes: 1, or 3. */
  int clear;           /* Something may be transparent: it is laid on white. */
  /* As many rows as planes come out: what they make of the samples and of 1. */
  const double (*weights)[4];
  int rows;

  int y; /* Rows that were added. */
  int shift_x[4];
  uint32_t *columns[4], *sums, *scratch;
  uint8_t *opaque;
  float *means;
};

/* 0 when there is no memory; then nothing needs to be freed. */
int cells_begin(struct cells *cells);

/* The next rows, of which those that are not clear are as wide as the picture; others start at column `left`. */
void cells_add(struct cells *cells, const struct band *band, int left);

/* The next `rows` rows are transparent. */
void cells_skip(struct cells *cells, int rows);

/* The planes, each row-major, one behind the other, or NULL when rows are missing. The caller frees them. */
float *cells_end(struct cells *cells);

#endif
