/*
 * What avif/ needs of dav1d: one still picture, perhaps with another one as its alpha, and the means of
 * its cells. Errors are 1; what they are, wasm-vips says better.
 */
#include <emscripten.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <dav1d/dav1d.h>

#include "padding.h"
#include "planes.h"
#include "src/internal.h"

/* 0 is the picture, 1 its alpha. */
static Dav1dPicture pictures[2];

static void leave(const uint8_t *data, void *cookie) {}

/*
 * dav1d decodes whatever comes out of damaged bits. But what a tile's symbols leave over is known: a one
 * and zeros (AV1 8.2.4), within its data. Decoders that check it find nearly every damage.
 */
static int ends_well(const Dav1dTileState *tile) {
  const MsacContext *msac = &tile->msac;
  /* Bits that were read, counted from where the next byte would be taken. */
  ptrdiff_t read = -(msac->cnt + 14);
  ptrdiff_t bytes = (read + 7) >> 3;
  if (bytes > msac->buf_end - msac->buf_pos) return 0;
  const uint8_t *rest = msac->buf_pos + bytes;
  int first = 128 >> ((read - 1) & 7);
  if ((rest[-1] & (2 * first - 1)) != first) return 0;
  while (rest < msac->buf_end) {
    if (*rest++) return 0;
  }
  return 1;
}

static int are_whole(const Dav1dContext *context) {
  const Dav1dFrameContext *frame = &context->fc[0];
  for (int i = 0; i < frame->n_ts; i++) {
    if (!ends_well(&frame->ts[i])) return 0;
  }
  return frame->n_ts > 0;
}

/* All of the data must be one picture. */
static int decode_all(Dav1dContext *context, Dav1dData *data, Dav1dPicture *picture) {
  while (data->sz > 0 || !picture->data[0]) {
    Dav1dPicture next = {0};
    int sent = data->sz > 0 ? dav1d_send_data(context, data) : 0;
    if (sent < 0 && sent != DAV1D_ERR(EAGAIN)) return 1;
    int got = dav1d_get_picture(context, &next);
    if (got == DAV1D_ERR(EAGAIN) && data->sz > 0) continue;
    if (got < 0) return 1;
    int extra = picture->data[0] != NULL;
    if (extra) dav1d_picture_unref(&next);
    else *picture = next;
    if (extra) return 1;
  }
  return 0;
}

/* Of 3.2, say, there is no such level; libaom refuses it. */
static int is_level(const struct Dav1dSequenceHeaderOperatingPoint *point) {
  int level = 4 * (point->major_level - 2) + point->minor_level;
  return level == 31 || (level < 24 && (level >= 12 || level % 4 < 2));
}

/* A still picture, nothing of which is left out or comes later. */
static int is_plain(const Dav1dPicture *picture) {
  const Dav1dSequenceHeader *sequence = picture->seq_hdr;
  const Dav1dFrameHeader *frame = picture->frame_hdr;
  return frame->frame_type == DAV1D_FRAME_TYPE_KEY && frame->show_frame &&
         !frame->show_existing_frame && sequence->num_operating_points == 1 && is_level(sequence->operating_points) &&
         frame->spatial_id == 0;
}

/** @param pixels more are refused before they are decoded */
EMSCRIPTEN_KEEPALIVE int decode(int which, const uint8_t *bytes, size_t length, unsigned pixels) {
  Dav1dPicture *picture = &pictures[which];
  Dav1dSettings settings;
  Dav1dContext *context;
  Dav1dData data = {0};
  dav1d_default_settings(&settings);
  settings.n_threads = 1;
  settings.max_frame_delay = 1;
  settings.all_layers = 0;
  settings.strict_std_compliance = 1;
  settings.frame_size_limit = pixels;
  if (dav1d_open(&context, &settings) < 0) return 1;
  padding_begin();
  int failed = dav1d_data_wrap(&data, bytes, length, leave, NULL) < 0 ||
               decode_all(context, &data, picture) || !is_plain(picture) || !padding_is_zero() || !are_whole(context);
  if (data.sz > 0) dav1d_data_unref(&data);
  /* Or else its references would keep the picture, and be there for the next one. */
  dav1d_close(&context);
  return failed;
}

enum fact { WIDTH, HEIGHT, LAYOUT, DEPTH, MATRIX, FULL_RANGE };

EMSCRIPTEN_KEEPALIVE int fact(int which, enum fact what) {
  const Dav1dPicture *picture = &pictures[which];
  switch (what) {
    case WIDTH: return picture->p.w;
    case HEIGHT: return picture->p.h;
    case LAYOUT: return picture->p.layout;
    case DEPTH: return picture->p.bpc;
    case MATRIX: return picture->seq_hdr->mtrx;
    case FULL_RANGE: return picture->seq_hdr->color_range;
  }
  return -1;
}

static struct plane plane_of(const Dav1dPicture *picture, int i) {
  int wide = picture->p.bpc > 8;
  enum Dav1dPixelLayout layout = picture->p.layout;
  return (struct plane){
      .samples = picture->data[i],
      .stride = picture->stride[i > 0],
      .step = 1 + wide,
      .wide = wide,
      .shift_x = i > 0 && layout != DAV1D_PIXEL_LAYOUT_I444,
      .shift_y = i > 0 && layout == DAV1D_PIXEL_LAYOUT_I420,
  };
}

/** See planes.h. The alpha, when there is one, has the picture's size and 8 bits. */
EMSCRIPTEN_KEEPALIVE float *means(int side_x, int side_y, const double (*weights)[4], int rows) {
  const Dav1dPicture *from = &pictures[0];
  struct band all = {.width = from->p.w, .height = from->p.h};
  struct cells cells = {
      .width = all.width,
      .height = all.height,
      .side_x = side_x,
      .side_y = side_y,
      .count = from->p.layout == DAV1D_PIXEL_LAYOUT_I400 ? 1 : 3,
      .clear = pictures[1].data[0] != NULL,
      .weights = weights,
      .rows = rows,
  };
  for (int i = 0; i < cells.count; i++) all.planes[i] = plane_of(from, i);
  if (cells.clear) all.alpha = plane_of(&pictures[1], 0);
  if (!cells_begin(&cells)) return NULL;
  cells_add(&cells, &all, 0);
  return cells_end(&cells);
}

EMSCRIPTEN_KEEPALIVE void release(void) {
  for (int i = 0; i < 2; i++) {
    if (pictures[i].data[0]) dav1d_picture_unref(&pictures[i]);
  }
}
