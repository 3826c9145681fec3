#include "pixels.h"

#include <stdlib.h>

#include "enlarge.h"

/* Pixels that a row may be written too far. */
enum { ROOM = 16 };

static int shorter(int size) {
  return size < REDUCED ? size : REDUCED;
}

int pixels_begin(struct pixels *to, int width, int height, int bands, int tiled) {
  *to = (struct pixels){.width = width, .height = height, .bands = bands};
  if (width > REDUCED || height > REDUCED) {
    /* The tiles that libvips makes of it overlap then, and each rounds in its own way. */
    if (tiled && (width < REDUCED || height < REDUCED)) return 0;
    return reduction_begin(&to->reduction, width, height, bands, tiled);
  }
  to->small = malloc(((size_t)width * height + ROOM) * 3);
  return to->small != NULL;
}

uint8_t *pixels_row(struct pixels *to) {
  return to->small ? to->small + (size_t)to->y * to->width * 3 : reduction_row(&to->reduction);
}

void pixels_take(struct pixels *to) {
  if (!to->small) reduction_take(&to->reduction);
  else if (to->bands == 1) {
    uint8_t *row = pixels_row(to);
    for (int x = to->width - 1; x >= 0; x--) row[3 * x] = row[3 * x + 1] = row[3 * x + 2] = row[x];
  }
  to->y++;
}

uint8_t *pixels_end(struct pixels *to) {
  if (to->small) {
    if (to->y == to->height) return to->small;
    free(to->small);
    return NULL;
  }
  uint8_t *reduced = reduction_end(&to->reduction);
  if (!reduced || (to->width >= REDUCED && to->height >= REDUCED)) return reduced;
  uint8_t *pixels = enlarged(reduced, shorter(to->width), shorter(to->height), to->reduction.run);
  free(reduced);
  return pixels;
}
