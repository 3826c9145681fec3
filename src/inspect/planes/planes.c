#include "planes.h"

#include <stdlib.h>
#include <string.h>

/*
 * Rows are added up first, column by column, which the compiler does for many columns at once, and then
 * columns to cells. 32 bits are enough: a side of at most 65,536 pixels gives cells of 128 × 128, and
 * 128 × 128 × 255 × 255 is less than 2³².
 */

/* Of the columns; the others are colours. */
enum { OPAQUE = 3 };

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

static void add_row(uint32_t *columns, const struct plane *plane, int y, int count) {
  const uint8_t *row = row_of(plane, y);
  if (plane->wide) add_wide(columns, (const uint16_t *)row, count);
  else if (plane->step == 1) add_narrow(columns, row, count);
  else add_apart(columns, row, count, plane->step);
}

static int samples_of(int width, int shift) {
  return (width + (1 << shift) - 1) >> shift;
}

static int cells_across(const struct cells *cells) {
  return (cells->width + cells->side_x - 1) / cells->side_x;
}

static int cells_down(const struct cells *cells) {
  return (cells->height + cells->side_y - 1) / cells->side_y;
}

int cells_begin(struct cells *cells) {
  int width = cells->width, across = cells_across(cells);
  size_t words = 4 * ((size_t)across + width);
  cells->y = 0;
  cells->means = malloc((size_t)cells->rows * across * cells_down(cells) * sizeof *cells->means);
  cells->scratch = calloc(words * sizeof *cells->scratch + width, 1);
  if (!cells->means || !cells->scratch) {
    free(cells->means);
    free(cells->scratch);
    return 0;
  }
  for (int i = 0; i < 4; i++) cells->columns[i] = cells->scratch + (size_t)i * width;
  cells->sums = cells->scratch + (size_t)4 * width;
  cells->opaque = (uint8_t *)(cells->scratch + words);
  memset(cells->opaque, 255, width);
  memset(cells->shift_x, 0, sizeof cells->shift_x);
  return 1;
}

/* Columns to cells, whose sums then are zero again. */
static void fold(uint32_t *sums, const struct cells *cells, int i) {
  int width = cells->width, side = cells->side_x, shift = cells->shift_x[i];
  uint32_t *columns = cells->columns[i];
  for (int x = 0; x < width; sums++) {
    int end = x + side < width ? x + side : width;
    uint32_t sum = 0;
    for (; x < end; x++) sum += columns[x >> shift];
    *sums = sum;
  }
  memset(columns, 0, samples_of(width, shift) * sizeof *columns);
}

static void finish_row(struct cells *cells) {
  int across = cells_across(cells), down = cells_down(cells), row = (cells->y - 1) / cells->side_y;
  int high = cells->y - row * cells->side_y;
  uint32_t *sums = cells->sums, *opaque = sums + OPAQUE * across;
  for (int i = 0; i < cells->count; i++) fold(sums + i * across, cells, i);
  if (cells->clear) fold(opaque, cells, OPAQUE);
  for (int x = 0; x < across; x++) {
    int wide = x < across - 1 ? cells->side_x : cells->width - x * cells->side_x;
    double most = (double)wide * high * (cells->clear ? 255 : 1);
    double share = cells->clear ? opaque[x] / most : 1;
    for (int k = 0; k < cells->rows; k++) {
      const double *w = cells->weights[k];
      double sum = w[0] * sums[x] + w[1] * sums[across + x] + w[2] * sums[2 * across + x];
      cells->means[((size_t)k * down + row) * across + x] =
          (float)(sum / most + w[3] * share + 255 * (1 - share));
    }
  }
}

/* Of the next rows, how many belong to the row of cells under way. */
static int rows_at_once(const struct cells *cells, int rows) {
  int left = cells->side_y - cells->y % cells->side_y;
  return rows < left ? rows : left;
}

static void move_on(struct cells *cells, int rows) {
  cells->y += rows;
  if (cells->y % cells->side_y == 0 || cells->y == cells->height) finish_row(cells);
}

static void add_rows(struct cells *cells, const struct band *band, int left, int from, int to) {
  struct plane alpha = band->alpha;
  if (!alpha.samples) alpha = (struct plane){.samples = cells->opaque, .step = 1};
  for (int i = 0; i < cells->count; i++) {
    const struct plane *plane = &band->planes[i];
    uint32_t *columns = cells->columns[i] + left;
    int count = samples_of(band->width, plane->shift_x);
    if (!cells->clear) cells->shift_x[i] = plane->shift_x;
    for (int y = from; y < to; y++) {
      if (cells->clear) {
        const uint8_t *row = row_of(plane, y);
        add_seen(columns, row, plane, row_of(&alpha, y), alpha.step, band->width);
      } else add_row(columns, plane, y, count);
    }
  }
  if (!cells->clear) return;
  for (int y = from; y < to; y++) add_row(cells->columns[OPAQUE] + left, &alpha, y, band->width);
}

void cells_add(struct cells *cells, const struct band *band, int left) {
  for (int y = 0; y < band->height;) {
    int rows = rows_at_once(cells, band->height - y);
    add_rows(cells, band, left, y, y + rows);
    y += rows;
    move_on(cells, rows);
  }
}

void cells_skip(struct cells *cells, int rows) {
  while (rows > 0) {
    int some = rows_at_once(cells, rows);
    rows -= some;
    move_on(cells, some);
  }
}

float *cells_end(struct cells *cells) {
  free(cells->scratch);
  if (cells->y == cells->height) return cells->means;
  free(cells->means);
  return NULL;
}
