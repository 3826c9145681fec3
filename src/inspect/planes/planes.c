#include "planes.h"

#include <stdlib.h>
#include <string.h>

/*
 * Rows are added up first, column by column, which the compiler does for many columns at once, and then
 * columns to cells. 32 bits are enough: a side of at most 65,536 pixels gives cells of 128 × 128, and
 * 128 × 128 × 255 × 255 is less than 2³².
 */

static void add_narrow(uint32_t *restrict columns, const uint8_t *restrict row, int count) {
  for (int x = 0; x < count; x++) columns[x] += row[x];
}

static void add_wide(uint32_t *restrict columns, const uint16_t *restrict row, int count) {
  for (int x = 0; x < count; x++) columns[x] += row[x];
}

static void add_apart(uint32_t *restrict columns, const uint8_t *restrict row, int count, int step) {
  for (int x = 0; x < count; x++) columns[x] += row[x * step];
}

/* A sample counts as much as it is opaque. */
static void add_seen(uint32_t *restrict columns, const uint8_t *row, const struct plane *plane,
                     const uint8_t *alpha, int alpha_step, int width) {
  for (int x = 0; x < width; x++) {
    columns[x] += row[(x >> plane->shift_x) * plane->step] * alpha[x * alpha_step];
  }
}

static const uint8_t *row_of(const struct plane *plane, int y) {
  return plane->samples + (y >> plane->shift_y) * plane->stride;
}

/* Of the rows from top to below bottom. `seen` is the alpha to weigh with, or NULL. */
static void sum_cells(uint32_t *cells, uint32_t *columns, const struct plane *plane,
                      const struct plane *seen, int width, int top, int bottom, int side) {
  int shift = seen ? 0 : plane->shift_x;
  int count = (width + (1 << shift) - 1) >> shift;
  memset(columns, 0, count * sizeof *columns);
  for (int y = top; y < bottom; y++) {
    const uint8_t *row = row_of(plane, y);
    if (seen) add_seen(columns, row, plane, row_of(seen, y), seen->step, width);
    else if (plane->wide) add_wide(columns, (const uint16_t *)row, count);
    else if (plane->step == 1) add_narrow(columns, row, count);
    else add_apart(columns, row, count, plane->step);
  }
  for (int x = 0; x < width; cells++) {
    int end = x + side < width ? x + side : width;
    uint32_t sum = 0;
    for (; x < end; x++) sum += columns[x >> shift];
    *cells = sum;
  }
}

float *cell_means(const struct picture *picture, int side_x, int side_y, const double (*weights)[4],
                  int rows) {
  int width = picture->width, height = picture->height;
  int across = (width + side_x - 1) / side_x, down = (height + side_y - 1) / side_y;
  const struct plane *alpha = picture->alpha.samples ? &picture->alpha : NULL;
  float *means = malloc((size_t)rows * across * down * sizeof *means);
  uint32_t *sums = malloc(((size_t)4 * across + width) * sizeof *sums);
  if (!means || !sums) {
    free(means);
    free(sums);
    return NULL;
  }
  uint32_t *columns = sums + 4 * across, *opaque = sums + 3 * across;
  memset(sums, 0, (size_t)4 * across * sizeof *sums);
  for (int row = 0; row < down; row++) {
    int top = row * side_y, bottom = top + side_y < height ? top + side_y : height;
    for (int i = 0; i < picture->count; i++) {
      sum_cells(sums + i * across, columns, &picture->planes[i], alpha, width, top, bottom, side_x);
    }
    if (alpha) sum_cells(opaque, columns, alpha, NULL, width, top, bottom, side_x);
    for (int x = 0; x < across; x++) {
      int wide = x < across - 1 ? side_x : width - x * side_x;
      double most = (double)wide * (bottom - top) * (alpha ? 255 : 1);
      double share = alpha ? opaque[x] / most : 1;
      for (int k = 0; k < rows; k++) {
        const double *w = weights[k];
        double sum = w[0] * sums[x] + w[1] * sums[across + x] + w[2] * sums[2 * across + x];
        means[((size_t)k * down + row) * across + x] =
            (float)(sum / most + w[3] * share + 255 * (1 - share));
      }
    }
  }
  free(sums);
  return means;
}
