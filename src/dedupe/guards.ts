import { type CandidateImage, shownSize } from './image.ts';

/** Below this PDQ's authors call a hash meaningless: blank, flat or nearly so. */
export const MIN_QUALITY = 50;

/**
 * A copy may fall this low when its original does not and a second look confirms the pair: reducing
 * and darkening cost up to nine points of quality. A flat image has less than 20.
 */
export const MIN_QUALITY_OF_COPY = 40;

/**
 * Largest ratio of two aspect ratios that cropping can explain: 5 % off the top and the bottom only,
 * or 10 % off one side.
 */
const MAX_ASPECT_CHANGE = 1.115;

/** What the guards look at. */
export type Shape = Pick<CandidateImage, 'width' | 'height' | 'orientation' | 'frames' | 'quality'>;

/**
 * Reasons not to look further at a pair that have nothing to do with pixels: an animation against a
 * still (or one of other length), a shape that cropping does not explain, a hash that says little.
 */
export function mayMatch(a: Shape, b: Shape): boolean {
  const change = aspectChange(a, b);
  // A side of n pixels may have been n ± ½ before rounding.
  const rounding = 1 + 0.5 / shortSide(a) + 0.5 / shortSide(b);
  return (
    (a.frames ?? 1) === (b.frames ?? 1) &&
    Math.max(change, 1 / change) <= MAX_ASPECT_CHANGE * rounding &&
    Math.max(a.quality ?? 0, b.quality ?? 0) >= MIN_QUALITY
  );
}

/** Aspect ratio (width / height, as shown) of `b` over that of `a`. */
export function aspectChange(a: Shape, b: Shape): number {
  const [aw, ah] = shownSize(a);
  const [bw, bh] = shownSize(b);
  return (ah * bw) / (aw * bh);
}

function shortSide(image: Shape): number {
  return Math.min(image.width, image.height);
}
