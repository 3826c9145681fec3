/**
 * Keeps one copy of each picture: exact copies by SHA-256, near ones by PDQ and a second look at small
 * thumbnails. The deduper is pure and synchronous, and its answer is a function of the set of images,
 * not of the order in which they arrive. Around it: finding copies among files, and doing away
 * with them.
 */
export { applySteps, type StepOutcome } from './apply.ts';
export {
  type DedupeMode,
  Deduper,
  type DeduperOptions,
} from './deduper.ts';
export { FileCache, type FileFacts, type FileStamp } from './file-cache.ts';
export {
  type DuplicateFile,
  type FileGroup,
  type FileReport,
  type GroupFilesOptions,
  groupFiles,
  type PictureFile,
  type UnreadFile,
} from './files.ts';
export { type CandidateImage, type KnownImage, shownSize } from './image.ts';
export { HammingIndex, type IndexHits } from './index.ts';
export { DEFAULT_NEAR_THRESHOLD } from './neighbours.ts';
export { commonFolder, type PlannedStep, parseRemedy, planSteps, type Remedy } from './plan.ts';
export { compareCopies } from './rank.ts';
