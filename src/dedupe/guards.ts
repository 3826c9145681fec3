import { type CandidateImage, shownSize } from './image.ts';

/** Below this PDQ's authors call a hash meaningless: blank, flat or nearly so. */
export const MIN_QUALITY = 50;

/**
 * Largest ratio of two aspect ratios that cropping can explain: 5 % of one side only, a border of
 * a pixel or rounding on a thumbnail on top.
 */
const MAX_ASPECT_CHANGE = 1.08;

/**
 * Reasons not to look further at a pair that has nothing to do with pixels: no usable hash, a
 * shape that cropping does not explain, an animation against a still (or one of other length).
 */
export function mayMatch(a: CandidateImage, b: CandidateImage): boolean {
  return (
    isHashed(a) && isHashed(b) && (a.frames ?? 1) === (b.frames ?? 1) && aspectChange(a, b) <= 1
  );
}

/** Whether near copies of the image can be found at all. */
export function isHashed(image: CandidateImage): boolean {
  return image.pdq !== undefined && (image.quality ?? 0) >= MIN_QUALITY;
}

/** At most 1 when cropping and rounding to whole pixels explain the two shapes. */
function aspectChange(a: CandidateImage, b: CandidateImage): number {
  const [aw, ah] = shownSize(a);
  const [bw, bh] = shownSize(b);
  // A side of n pixels may have been n ± ½ before rounding.
  const rounding = 1 + 0.5 / Math.min(aw, ah) + 0.5 / Math.min(bw, bh);
  const ratio = (aw * bh) / (ah * bw);
  return Math.max(ratio, 1 / ratio) / (MAX_ASPECT_CHANGE * rounding);
}
