/* A picture of 8 bits reduced row by row to at most REDUCED × REDUCED pixels of red, green and blue, as by libvips. */
#ifndef REDUCE_H
#define REDUCE_H

#include <stdint.h>

#include "axis.h"

struct reduction {
  int bands; /* 1 or 3 */
  int run;   /* So many pixels of a row of the result libvips makes at once. */
  struct axis across, down;
  int stride;
  uint8_t *rows, *incoming, *squeezed; /* The last rows, in turn; one more; one that is a row of the result. */
  uint16_t *sums;
  int16_t *pairs;
  int y, boxed, done; /* Rows that came, that are averaged, that are finished. */
  uint8_t *pixels;
};

/*
 * @param tiled the picture is stored in tiles
 * @return 0 when there is no memory; then nothing needs to be freed
 */
int reduction_begin(struct reduction *to, int width, int height, int bands, int tiled);

/* Where the next row is to be written, with room for 16 pixels more. */
uint8_t *reduction_row(struct reduction *to);

/* It has been written. */
void reduction_take(struct reduction *to);

/* The pixels, or NULL when rows are missing. The caller frees them. */
uint8_t *reduction_end(struct reduction *to);

#endif
