/*
 * What whole/ needs of libjpeg-turbo: every pixel of a picture, reduced as its rows come. What the library only warns
 * of is left to wasm-vips, too.
 */
#include <emscripten.h>
#include <stdint.h>

#include "jpeglib.h"
#include "pixels.h"

/* The instance is thrown away with all that it has in hand. */
static void give_up(j_common_ptr any) {
  __builtin_trap();
}

static void warn(j_common_ptr any, int level) {
  if (level < 0) give_up(any);
}

static void say_nothing(j_common_ptr any) {}

/* Where a progressive file lacks bits of its values, the library may smooth what it shows; ours does not. */
static int is_complete(const struct jpeg_decompress_struct *picture) {
  if (!picture->coef_bits) return 1;
  for (int i = 0; i < picture->num_components; i++) {
    for (int k = 0; k < DCTSIZE2; k++) {
      if (picture->coef_bits[i][k] != 0) return 0;
    }
  }
  return 1;
}

/* The library keeps all coefficients of one that is not progressive, yet in several scans: nobody counts on that. */
static int is_usual(j_decompress_ptr picture) {
  J_COLOR_SPACE space = picture->jpeg_color_space;
  if (picture->data_precision != 8 || picture->arith_code) return 0;
  if (!picture->progressive_mode && jpeg_has_multiple_scans(picture)) return 0;
  if (picture->num_components == 1) return space == JCS_GRAYSCALE;
  return picture->num_components == 3 && (space == JCS_YCbCr || space == JCS_RGB);
}

static uint8_t *decode(j_decompress_ptr picture) {
  struct pixels to;
  int width = picture->output_width, height = picture->output_height;
  if (!pixels_begin(&to, width, height, picture->output_components, 0)) return NULL;
  while (picture->output_scanline < picture->output_height) {
    uint8_t *row = pixels_row(&to);
    jpeg_read_scanlines(picture, &row, 1);
    pixels_take(&to);
  }
  return pixels_end(&to);
}

/**
 * Red, green and blue as stored, not turned (pixels.h).
 * @return NULL when wasm-vips is to decode it; the caller frees it
 */
EMSCRIPTEN_KEEPALIVE uint8_t *pixels(const uint8_t *bytes, size_t length, unsigned width, unsigned height) {
  struct jpeg_error_mgr errors = {
      .error_exit = give_up,
      .emit_message = warn,
      .output_message = say_nothing,
      .reset_error_mgr = say_nothing,
  };
  struct jpeg_decompress_struct picture = {.err = &errors};
  uint8_t *decoded = NULL;
  jpeg_create_decompress(&picture);
  jpeg_mem_src(&picture, bytes, length);
  jpeg_read_header(&picture, TRUE);
  if (is_usual(&picture) && picture.image_width == width && picture.image_height == height) {
    picture.out_color_space = picture.num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_start_decompress(&picture);
    if (is_complete(&picture)) decoded = decode(&picture);
  }
  jpeg_destroy_decompress(&picture);
  return decoded;
}
