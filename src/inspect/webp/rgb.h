/* From Y′CbCr as VP8 has it (BT.601, limited range) to RGB. */
#ifndef RGB_H
#define RGB_H

#include <stdint.h>

/* Of one row. */
struct rgb {
  uint8_t *red, *green, *blue;
};

/*
 * A row of `width` pixels, of which a sample of Cb and Cr stands for 1 << shift (0 or 1). Up to 15 more are read and
 * written than there are.
 */
void to_rgb(const uint8_t *y, const uint8_t *u, const uint8_t *v, int shift, int width, struct rgb out);

/* The most pixels that widen() takes. */
enum { WIDENED = 512 };

/*
 * A row of Cb or Cr with a sample for each of `width` pixels, as decoders mix them: of the samples that stand for
 * two by two, the nearest four. `other` is the row above or below that lies nearer, or the same at the edge. Of an
 * odd width, one more is written.
 */
void widen(const uint8_t *row, const uint8_t *other, int width, uint8_t *out);

#endif
