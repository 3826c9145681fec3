/* For one picture after the other that is decoded elsewhere: its rows are brought here. */
#include <emscripten.h>
#include <stdlib.h>
#include <string.h>

#include "pixels.h"

static struct pixels to;
static int begun;

/* A row of places in a table of colours: red, green, blue, and 1 where there is none, a byte each. */
enum { PLACES = 256 };
static uint8_t *indices;
static uint32_t colors[PLACES], seen;

/* Red, green and blue (pixels.h). NULL also when a pixel had no colour. The caller frees them. */
EMSCRIPTEN_KEEPALIVE uint8_t *end(void) {
  uint8_t *pixels = pixels_end(&to);
  free(indices);
  begun = 0;
  if (seen < 1u << 24) return pixels;
  free(pixels);
  return NULL;
}

/* 0 as with pixels_begin(). A picture that came to no end is forgotten. */
EMSCRIPTEN_KEEPALIVE int begin(int width, int height, int bands, int tiled) {
  if (begun) free(end());
  seen = 0;
  indices = malloc(width);
  begun = indices && pixels_begin(&to, width, height, bands, tiled);
  if (!begun) free(indices);
  return begun;
}

/* Where the next row is to be written; then it is taken. */
EMSCRIPTEN_KEEPALIVE uint8_t *row(void) {
  return pixels_row(&to);
}

EMSCRIPTEN_KEEPALIVE void take(void) {
  pixels_take(&to);
}

/* The same of colours in a table. */
EMSCRIPTEN_KEEPALIVE uint32_t *table(void) {
  return colors;
}

EMSCRIPTEN_KEEPALIVE uint8_t *places(void) {
  return indices;
}

EMSCRIPTEN_KEEPALIVE void takePlaces(void) {
  uint8_t *out = pixels_row(&to);
  for (int x = 0; x < to.width; x++, out += 3) {
    uint32_t color = colors[indices[x]];
    /* One byte too many, which the next pixel overwrites. */
    memcpy(out, &color, sizeof color);
    seen |= color;
  }
  pixels_take(&to);
}
