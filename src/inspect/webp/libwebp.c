/*
 * What webp/ needs of libwebp: the means of the cells of a file's first frame, or all of its pixels. Its rows are added
 * up or reduced as they are decoded, so that there is no picture. The file is taken apart and decoded by the calls that
 * libvips makes, for the same to be refused. What is wrong, wasm-vips says better.
 */
#include <emscripten.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "planes.h"
#include "rgb.h"
#include "src/dec/vp8i_dec.h"
#include "src/dec/vp8li_dec.h"
#include "src/dec/webpi_dec.h"
#include "src/webp/decode.h"
#include "src/webp/demux.h"
#include "whole.h"

/* Where the rows of the picture that is decoded go: from that column on. */
static struct cells cells;
static int left;
/* Where they go instead when every pixel counts, or NULL. */
static struct pixels *whole;

/* One lossy row, as wide as pictures can be. */
enum { WIDEST = 16384 };
static uint8_t red[WIDEST], green[WIDEST], blue[WIDEST];
static const struct rgb row = {red, green, blue};

/*
 * A lossy picture of which every pixel counts is kept until all of it is there: what colour is mixed of may
 * come later.
 */
enum { SMALL = WIDENED, HALF = SMALL / 2 };
static uint8_t lights[SMALL][SMALL], blues[HALF][HALF], reds[HALF][HALF];

static void add_row(int width, const uint8_t *alpha) {
  const struct band band = {
      .width = width,
      .height = 1,
      .planes = {{.samples = red, .step = 1}, {.samples = green, .step = 1}, {.samples = blue, .step = 1}},
      .alpha = {.samples = alpha, .step = 1},
  };
  cells_add(&cells, &band, left);
}

static void keep(const VP8Io *io) {
  for (int y = 0; y < io->mb_h; y++) {
    int uv = y >> 1, to = io->mb_y + y, wide = (io->width + 1) >> 1;
    memcpy(lights[to], io->y + y * io->y_stride, io->width);
    memcpy(blues[to >> 1], io->u + uv * io->uv_stride, wide);
    memcpy(reds[to >> 1], io->v + uv * io->uv_stride, wide);
  }
}

/* @param alpha of the first row, or NULL */
static void add_kept(int width, int height, const uint8_t *alpha) {
  uint8_t u[SMALL], v[SMALL];
  int last = (height - 1) >> 1;
  for (int y = 0; y < height; y++) {
    int at = y >> 1, beside = y & 1 ? at + 1 : at - 1;
    beside = beside < 0 ? 0 : beside > last ? last : beside;
    widen(blues[at], blues[beside], width, u);
    widen(reds[at], reds[beside], width, v);
    to_rgb(lights[y], u, v, 0, width, row);
    add_row(width, alpha ? alpha + y * width : NULL);
  }
}

/* Lossy: rows of Y′CbCr 4:2:0, as many as are ready, the first of them even. */
static int put(const VP8Io *io) {
  if (whole) {
    whole_add_lossy(whole, io);
    return 1;
  }
  if (io->width <= SMALL && io->height <= SMALL) {
    keep(io);
    int done = io->mb_y + io->mb_h == io->height;
    if (done) add_kept(io->width, io->height, io->a ? io->a - io->mb_y * io->width : NULL);
    return 1;
  }
  for (int y = 0; y < io->mb_h; y++) {
    int uv = (y >> 1) * io->uv_stride;
    to_rgb(io->y + y * io->y_stride, io->u + uv, io->v + uv, 1, io->width, row);
    add_row(io->width, io->a ? io->a + y * io->width : NULL);
  }
  return 1;
}

static int set_up(VP8Io *io) {
  return WebPIoInitFromOptions(NULL, io, MODE_YUV);
}

static void tear_down(const VP8Io *io) {}

/* In the place of the library's own (io_dec.c), which would write a picture. */
void WebPInitCustomIo(WebPDecParams *params, VP8Io *io) {
  io->put = put;
  io->setup = set_up;
  io->teardown = tear_down;
  io->opaque = params;
}

static int decode_lossy(const WebPHeaderStructure *headers, VP8Io *io) {
  VP8Decoder *decoder = VP8New();
  if (!decoder) return 0;
  decoder->alpha_data_ = headers->alpha_data;
  decoder->alpha_data_size_ = headers->alpha_data_size;
  WebPInitCustomIo(NULL, io);
  int done = VP8GetHeaders(decoder, io) && VP8Decode(decoder, io);
  VP8Delete(decoder);
  return done;
}

/*
 * Lossless: the linker puts this in the place of what converts each row for the output (--wrap), which then
 * needs no memory. A pixel is B, G, R, A.
 */
void __wrap_VP8LConvertFromBGRA(const uint32_t *pixels, int count, WEBP_CSP_MODE mode, uint8_t *out) {
  const uint8_t *samples = (const uint8_t *)pixels;
  if (whole) {
    whole_add_lossless(whole, samples);
    return;
  }
  const struct band band = {
      .width = count,
      .height = 1,
      .planes = {{.samples = samples + 2, .step = 4},
                 {.samples = samples + 1, .step = 4},
                 {.samples = samples, .step = 4}},
      .alpha = {.samples = samples + 3, .step = 4},
  };
  cells_add(&cells, &band, left);
}

static int decode_lossless(VP8Io *io) {
  VP8LDecoder *decoder = VP8LNew();
  if (!decoder) return 0;
  WebPDecBuffer nowhere = {.colorspace = MODE_RGBA};
  WebPDecParams params = {.output = &nowhere};
  io->opaque = &params;
  int done = VP8LDecodeHeader(decoder, io) && VP8LDecodeImage(decoder);
  VP8LDelete(decoder);
  return done;
}

static int decode(const WebPHeaderStructure *headers) {
  VP8Io io;
  if (!VP8InitIo(&io)) return 0;
  io.data = headers->data + headers->offset;
  io.data_size = headers->data_size - headers->offset;
  return headers->is_lossless ? decode_lossless(&io) : decode_lossy(headers, &io);
}

struct file {
  WebPDemuxer *parts;
  WebPIterator frame;
  int width, height; /* Of the canvas. */
  int fills;         /* The first frame is as large as that. */
  int alpha;         /* The header says that something may be transparent. */
};

/* 0 when it is not as it should be, or not of this size; then nothing needs to be closed. */
static int file_open(struct file *file, const uint8_t *bytes, size_t length, int width, int height) {
  const WebPData data = {.bytes = bytes, .size = length};
  WebPDemuxer *parts = WebPDemux(&data);
  *file = (struct file){.parts = parts, .width = width, .height = height};
  if (!parts) return 0;
  int sized = (int)WebPDemuxGetI(parts, WEBP_FF_CANVAS_WIDTH) == width &&
              (int)WebPDemuxGetI(parts, WEBP_FF_CANVAS_HEIGHT) == height;
  if (!sized || !WebPDemuxGetFrame(parts, 1, &file->frame)) {
    WebPDemuxDelete(parts);
    return 0;
  }
  file->fills = file->frame.width == width && file->frame.height == height;
  file->alpha = (WebPDemuxGetI(parts, WEBP_FF_FORMAT_FLAGS) & ALPHA_FLAG) != 0;
  return 1;
}

static void file_close(struct file *file) {
  WebPDemuxReleaseIterator(&file->frame);
  WebPDemuxDelete(file->parts);
}

/* Finds the frame's data; 0 when only libvips can tell what becomes of its alpha. */
static int locate(const struct file *file, WebPHeaderStructure *headers) {
  const WebPIterator *frame = &file->frame;
  /* libvips looks for alpha in an animation's frames when its header speaks of none. */
  if (!file->alpha && (!file->fills || (frame->num_frames > 1 && frame->has_alpha))) return 0;
  *headers = (WebPHeaderStructure){
      .data = frame->fragment.bytes,
      .data_size = frame->fragment.size,
      .have_all_data = 1,
  };
  return WebPParseHeaders(headers) == VP8_STATUS_OK;
}

/* What a frame leaves free of the canvas is transparent: libvips does not heed the background either. */
static float *means_of(const struct file *file) {
  WebPHeaderStructure headers;
  if (!locate(file, &headers)) return NULL;
  cells.clear = file->alpha && (!file->fills || headers.is_lossless || headers.alpha_data);
  if (!cells_begin(&cells)) return NULL;
  left = file->frame.x_offset;
  cells_skip(&cells, file->frame.y_offset);
  int done = decode(&headers);
  if (done) cells_skip(&cells, cells.height - cells.y);
  float *planes = cells_end(&cells);
  if (done) return planes;
  free(planes);
  return NULL;
}

/* What may be transparent is laid on white after it is reduced, which is left to libvips. */
static uint8_t *pixels_of(const struct file *file) {
  WebPHeaderStructure headers;
  struct pixels to;
  if (file->alpha || !locate(file, &headers)) return NULL;
  if (!pixels_begin(&to, file->width, file->height, 3, 0)) return NULL;
  whole = &to;
  int done = decode(&headers);
  whole = NULL;
  uint8_t *pixels = pixels_end(&to);
  if (done) return pixels;
  free(pixels);
  return NULL;
}

/**
 * Three planes; see planes.h.
 * @param weights three rows for R, G and B
 * @return NULL when the file is not as it should be, or not of this size
 */
EMSCRIPTEN_KEEPALIVE float *means(const uint8_t *bytes, size_t length, int width, int height, int side_x,
                                  int side_y, const double (*weights)[4]) {
  struct file file;
  cells = (struct cells){
      .width = width,
      .height = height,
      .side_x = side_x,
      .side_y = side_y,
      .count = 3,
      .weights = weights,
      .rows = 3,
  };
  if (!file_open(&file, bytes, length, width, height)) return NULL;
  float *planes = means_of(&file);
  file_close(&file);
  return planes;
}

/**
 * Red, green and blue, not turned (pixels.h).
 * @return NULL when wasm-vips is to decode it; the caller frees it
 */
EMSCRIPTEN_KEEPALIVE uint8_t *pixels(const uint8_t *bytes, size_t length, int width, int height) {
  struct file file;
  if (!file_open(&file, bytes, length, width, height)) return NULL;
  uint8_t *pixels = pixels_of(&file);
  file_close(&file);
  return pixels;
}
