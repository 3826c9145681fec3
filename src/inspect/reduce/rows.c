/* For one picture after the other that is decoded elsewhere: its rows are brought here. */
#include <emscripten.h>
#include <stdlib.h>
#include <string.h>

#include "pixels.h"

static struct pixels to;

/* A row of places in a table of colours: red, green, blue, and 1 where there is none, a byte each. */
enum { PLACES = 256 };
static uint8_t *places;
static uint32_t colors[PLACES], seen;

/* 0 when there is no memory. */
EMSCRIPTEN_KEEPALIVE int begin(int width, int height, int bands) {
  seen = 0;
  places = malloc(width);
  if (places && pixels_begin(&to, width, height, bands)) return 1;
  free(places);
  return 0;
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

EMSCRIPTEN_KEEPALIVE uint8_t *indexed_row(void) {
  return places;
}

EMSCRIPTEN_KEEPALIVE void take_indexed(void) {
  uint8_t *out = pixels_row(&to);
  for (int x = 0; x < to.width; x++, out += 3) {
    uint32_t color = colors[places[x]];
    /* One byte too many, which the next pixel overwrites. */
    memcpy(out, &color, sizeof color);
    seen |= color;
  }
  pixels_take(&to);
}

/* Red, green and blue (pixels.h). NULL also when a pixel had no colour. */
EMSCRIPTEN_KEEPALIVE uint8_t *end(void) {
  uint8_t *pixels = pixels_end(&to);
  free(places);
  if (seen < 1u << 24) return pixels;
  free(pixels);
  return NULL;
}
