/* How the pixels along a side are weighed when libvips reduces it. */
#ifndef AXIS_H
#define AXIS_H

#include <stdint.h>

/* Pixels a side; a shorter one stays as it is. */
enum { REDUCED = 512 };

/* A pixel of the result is made of so many at most. Weights are whole numbers, of which this many bits make 1. */
enum { LOBES = 3, MOST_POINTS = 2 * 4 * LOBES + 1, SCALE = 12 };

/* What a pixel of the result is made of begins at `first`, which may lie before the edge. */
struct spot {
  int first;
  /* Another one stands in front and behind, each 0, so that they can be read in pairs from either place. */
  const int16_t *weights;
};

/* Of a side of at most 65,535 pixels. */
struct axis {
  int size;    /* Pixels. */
  int result;  /* What becomes of them. */
  int box;     /* So many are averaged first. */
  int count;   /* Of those that this leaves. */
  int points;  /* Of them a pixel of the result is made of; an odd number. */
  double step; /* Of them one pixel of the result is. */
  int16_t *weights;
  struct spot spots[REDUCED];
};

/*
 * Each place is a step behind the one before it, and every `run`-th one is computed anew.
 * @return 0 when there is no memory; the caller frees the weights
 */
int axis_begin(struct axis *axis, int size, int run);

#endif
