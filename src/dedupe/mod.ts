/**
 * Keeps one copy of each picture: exact copies by SHA-256, near ones by PDQ. Pure and synchronous;
 * the answer is a function of the set of images, not of the order in which they arrive.
 */
export {
  DEFAULT_NEAR_THRESHOLD,
  type DedupeMode,
  Deduper,
  type DeduperOptions,
} from './deduper.ts';
export { type CandidateImage, type KnownImage, shownSize } from './image.ts';
export { HammingIndex, type IndexHits } from './index.ts';
export { compareCopies } from './rank.ts';
