/* The other way: a picture of which a side is shorter than REDUCED, as libvips enlarges it. */
#ifndef ENLARGE_H
#define ENLARGE_H

#include <stdint.h>

/*
 * Red, green and blue.
 * @param run pixels of a row of the result that libvips makes at once
 * @return NULL when there is no memory; the caller frees both
 */
uint8_t *enlarged(const uint8_t *pixels, int width, int height, int run);

#endif
