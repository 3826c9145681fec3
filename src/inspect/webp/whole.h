/* Every pixel of a picture, as libwebp would write it. */
#ifndef WHOLE_H
#define WHOLE_H

#include <stdint.h>

#include "pixels.h"
#include "src/dec/vp8i_dec.h"

/* Rows of a lossy picture, as many as are ready, the first of them even. */
void whole_add_lossy(struct pixels *to, const VP8Io *io);

/* The next row of a lossless one: each pixel is B, G, R, A. */
void whole_add_lossless(struct pixels *to, const uint8_t *row);

#endif
