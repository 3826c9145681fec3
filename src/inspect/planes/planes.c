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

static inline void add_apart(uint32_t *restrict columns, const uint8_t *restrict row, int count, int step) {
  for (int x = 0; x < count; x++) columns[x] += row[x * step];
}

/* A sample counts as much as it is opaque. */
static inline void add_seen(uint32_t *restrict columns, const uint8_t *restrict row, int step, int shift,
                            const uint8_t *restrict alpha, int alpha_step, int width) {
  for (int x = 0; x < width; x++) columns[x] += row[(x >> shift) * step] * alpha[x * alpha_step];
}

static const uint8_t *row_of(const struct plane *plane, int y) {
  return plane->samples + (y >> plane->shift_y) * plane->stride;
}

/* The compiler makes vectors of what it knows: the distances that occur most. */
static void add_row(uint32_t *columns, const struct plane *plane, int y, int count) {
  const uint8_t *row = row_of(plane, y);
  if (plane->wide) add_wide(columns, (const uint16_t *)row, count);
  else if (plane->step == 1) add_narrow(columns, row, count);
  else if (plane->step == 4) add_apart(columns, row, count, 4);
  else add_apart(columns, row, count, plane->step);
}

static void add_seen_row(uint32_t *columns, const struct plane *plane, const struct plane *alpha, int y, int width) {
  const uint8_t *row = row_of(plane, y), *seen = row_of(alpha, y);
  int step = plane->step, shift = plane->shift_x, alpha_step = alpha->step;
  if (step == 1 && shift == 0 && alpha_step == 1) add_seen(columns, row, 1, 0, seen, 1, width);
  else if (step == 4 && shift == 0 && alpha_step == 4) add_seen(columns, row, 4, 0, seen, 4, width);
  else add_seen(columns, row, step, shift, seen, alpha_step, width);
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

/* Of so many whole cells. A loop of a known length takes half the time. */
static inline void fold_whole(uint32_t *restrict sums, const uint32_t *restrict columns, int count, int side) {
  for (int i = 0; i < count; i++, columns += side) {
    uint32_t sum = 0;
    for (int x = 0; x < side; x++) sum += columns[x];
    sums[i] = sum;
  }
}

static void fold_by(uint32_t *sums, const uint32_t *columns, int count, int side) {
  switch (side) {
    case 1: return fold_whole(sums, columns, count, 1);
    case 2: return fold_whole(sums, columns, count, 2);
    case 3: return fold_whole(sums, columns, count, 3);
    case 4: return fold_whole(sums, columns, count, 4);
    case 5: return fold_whole(sums, columns, count, 5);
    case 6: return fold_whole(sums, columns, count, 6);
    case 7: return fold_whole(sums, columns, count, 7);
    case 8: return fold_whole(sums, columns, count, 8);
    default: return fold_whole(sums, columns, count, side);
  }
}

/* Columns to cells; then the columns are zero again. */
static void fold(uint32_t *sums, const struct cells *cells, int i) {
  int width = cells->width, side = cells->side_x, shift = cells->shift_x[i];
  uint32_t *columns = cells->columns[i];
  int whole = shift ? 0 : width / side;
  fold_by(sums, columns, whole, side);
  sums += whole;
  for (int x = whole * side; x < width; sums++) {
    int end = x + side < width ? x + side : width;
    uint32_t sum = 0;
    for (; x < end; x++) sum += columns[x >> shift];
    *sums = sum;
  }
  memset(columns, 0, samples_of(width, shift) * sizeof *columns);
}

/* Means of a row of cells of so many pixels each, from their sums. */
static void mix(float *restrict out, const uint32_t *restrict first, const uint32_t *restrict second,
                const uint32_t *restrict third, const uint32_t *restrict opaque, const double *w, int clear,
                double pixels, int count) {
  float scale = (float)(1 / (clear ? 255 * pixels : pixels));
  float a = (float)w[0] * scale, b = (float)w[1] * scale, c = (float)w[2] * scale;
  float base = clear ? 255 : (float)w[3], seen = clear ? ((float)w[3] - 255) * scale : 0;
  for (int x = 0; x < count; x++) {
    out[x] = a * (float)first[x] + b * (float)second[x] + c * (float)third[x] + seen * (float)opaque[x] + base;
  }
}

static void finish_row(struct cells *cells) {
  int across = cells_across(cells), down = cells_down(cells), row = (cells->y - 1) / cells->side_y;
  int high = cells->y - row * cells->side_y, last = across - 1;
  const uint32_t *a = cells->sums, *b = a + across, *c = b + across, *opaque = c + across;
  for (int i = 0; i < cells->count; i++) fold(cells->sums + i * across, cells, i);
  if (cells->clear) fold(cells->sums + OPAQUE * across, cells, OPAQUE);
  for (int k = 0; k < cells->rows; k++) {
    float *out = cells->means + ((size_t)k * down + row) * across;
    const double *weights = cells->weights[k];
    mix(out, a, b, c, opaque, weights, cells->clear, (double)cells->side_x * high, last);
    double left = (double)(cells->width - last * cells->side_x) * high;
    mix(out + last, a + last, b + last, c + last, opaque + last, weights, cells->clear, left, 1);
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
      if (cells->clear) add_seen_row(columns, plane, &alpha, y, band->width);
      else add_row(columns, plane, y, count);
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
