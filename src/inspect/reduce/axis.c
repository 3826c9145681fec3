#include "axis.h"

#include <math.h>
#include <stdlib.h>

/*
 * Boxes of whole pixels are averaged until less than four make one of the result, and these are weighed by Lanczos'
 * windowed sinc with 3 lobes. Where a pixel of the result lies is known to 1/64 of one, and weights are cut, not
 * rounded. All of that is as in libvips (8.18, vips_resize).
 */
enum { PLACES = 64 };

static double lanczos(double x) {
  if (fabs(x) > LOBES) return 0;
  double t = M_PI * x;
  return x == 0 ? 1 : LOBES * sin(t) * sin(t / LOBES) / (t * t);
}

/* For the weights of one place; see struct spot. */
static int room_of(const struct axis *axis) {
  return axis->points + 2;
}

static void weigh(const struct axis *axis, int place) {
  double values[MOST_POINTS], sum = 0;
  double middle = (double)place / PLACES + axis->points / 2.0 - 1;
  for (int i = 0; i < axis->points; i++) {
    values[i] = lanczos((i - middle) / axis->step);
    sum += values[i];
  }
  int16_t *weights = axis->weights + place * room_of(axis) + 1;
  for (int i = 0; i < axis->points; i++) weights[i] = (int16_t)(values[i] / sum * (1 << SCALE));
}

static struct spot spot_at(const struct axis *axis, double at) {
  int place = (((int)(at * 2 * PLACES) & (2 * PLACES - 1)) + 1) >> 1;
  return (struct spot){
      .first = (int)at - (axis->points - 1) / 2,
      .weights = axis->weights + place * room_of(axis) + 1,
  };
}

/* Of a place in the middle between two, how it was added up decides which one it is taken for. */
static void find_spots(struct axis *axis, int run, double offset) {
  double at = 0;
  for (int i = 0; i < axis->result; i++) {
    at = i % run == 0 ? (i + 0.5) * axis->step - 0.5 - offset : at + axis->step;
    axis->spots[i] = spot_at(axis, at);
  }
}

int axis_begin(struct axis *axis, int size, int run) {
  int box = size / REDUCED / 2;
  axis->size = size;
  axis->result = size < REDUCED ? size : REDUCED;
  axis->box = box > 1 ? box : 1;
  axis->count = (size + axis->box - 1) / axis->box;
  /* libvips is told the inverse of a step, which rounds: all of them are a little more or less than the picture. */
  double step = 1 / (1 / ((double)size / axis->result)), extra = axis->result * step - size;
  axis->step = step / axis->box;
  axis->points = 2 * (int)rint(LOBES * axis->step) + 1;
  axis->weights = calloc((PLACES + 1) * room_of(axis), sizeof *axis->weights);
  if (!axis->weights) return 0;
  for (int place = 0; place <= PLACES; place++) weigh(axis, place);
  find_spots(axis, run, (1 + extra / axis->box) / 2 - 1);
  return 1;
}
