/*
 * A picture that comes row by row, as the hash of a texture needs it: of one with a side above REDUCED, REDUCED × REDUCED
 * pixels, to the bit those of libvips; a smaller one as it is.
 */
#ifndef PIXELS_H
#define PIXELS_H

#include <stdint.h>

#include "reduce.h"

struct pixels {
  int width, height;
  int bands; /* 1 or 3 */
  int y;     /* Rows that came. */
  struct reduction reduction;
  uint8_t *small; /* All of it, or NULL. */
};

/*
 * Of at most 65,535 pixels a side.
 * @param tiled the picture is stored in tiles, which decides how libvips rounds
 * @return 0 when there is no memory, or libvips is to reduce it; then nothing needs to be freed
 */
int pixels_begin(struct pixels *to, int width, int height, int bands, int tiled);

/* Where the next row is to be written, with room for 16 pixels more. */
uint8_t *pixels_row(struct pixels *to);

/* It has been written. */
void pixels_take(struct pixels *to);

/* Red, green and blue, or NULL when rows are missing or there is no memory. The caller frees them. */
uint8_t *pixels_end(struct pixels *to);

#endif
