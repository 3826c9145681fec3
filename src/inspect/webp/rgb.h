/* From Y′CbCr as VP8 has it (BT.601, limited range) to RGB. */
#ifndef RGB_H
#define RGB_H

#include <stdint.h>

/*
 * A row of `width` pixels, of which a sample of Cb and Cr stands for two; up to 15 more are read and written
 * than there are.
 */
void to_rgb(const uint8_t *y, const uint8_t *u, const uint8_t *v, int width, uint8_t *red, uint8_t *green,
            uint8_t *blue);

#endif
