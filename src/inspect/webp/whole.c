#include "whole.h"

#include <string.h>
#include <wasm_simd128.h>

#include "src/dsp/dsp.h"

/*
 * What colour is mixed of lies above and below (fancy upsampling), so that an odd row waits for the one that follows.
 * The library makes both at once.
 */
enum { WIDEST = 16384, HALF = WIDEST / 2 };
static uint8_t lights[WIDEST], blues[HALF], reds[HALF];
static uint8_t first[3 * WIDEST], second[3 * WIDEST];

static void take(struct pixels *to, const uint8_t *row) {
  memcpy(pixels_row(to), row, 3 * to->width);
  pixels_take(to);
}

static void wait(const uint8_t *y, const uint8_t *u, const uint8_t *v, int width) {
  memcpy(lights, y, width);
  memcpy(blues, u, (width + 1) >> 1);
  memcpy(reds, v, (width + 1) >> 1);
}

void whole_add_lossy(struct pixels *to, const VP8Io *io) {
  WebPInitUpsamplers();
  WebPUpsampleLinePairFunc mix = WebPUpsamplers[MODE_RGB];
  int width = io->width;
  for (int i = 0; i < io->mb_h; i++) {
    int row = io->mb_y + i, uv = (i >> 1) * io->uv_stride;
    const uint8_t *y = io->y + i * io->y_stride, *u = io->u + uv, *v = io->v + uv;
    if (row == 0 || (row & 1 && row == io->height - 1)) {
      mix(y, NULL, u, v, u, v, first, NULL, width);
      take(to, first);
    } else if (row & 1) {
      wait(y, u, v, width);
    } else {
      mix(lights, y, blues, reds, u, v, first, second, width);
      take(to, first);
      take(to, second);
    }
  }
}

void whole_add_lossless(struct pixels *to, const uint8_t *row) {
  uint8_t *out = pixels_row(to);
  int x = 0;
  for (; x + 4 <= to->width; x += 4) {
    v128_t four = wasm_v128_load(row + 4 * x);
    four = wasm_i8x16_shuffle(four, four, 2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 0, 0, 0, 0);
    wasm_v128_store(out + 3 * x, four);
  }
  for (; x < to->width; x++) {
    for (int band = 0; band < 3; band++) out[3 * x + band] = row[4 * x + 2 - band];
  }
  pixels_take(to);
}
