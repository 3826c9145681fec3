/**
 * One folder out of many: `merge` joins the catalogs of workers, finds near duplicates among all
 * their images, and links the kept ones. The result is a function of the set of images, so it is what one
 * machine would have got.
 */
export { type Merged, type MergeOptions, mergeFolders } from './merge.ts';
