/**
 * The TIFF fast path: strips and tiles are decompressed one after the other and their rows added up as they
 * come, so that no picture is held and wasm-vips need not be loaded. It reads the first page of the usual
 * kinds; anything else, and anything that is not right, goes to wasm-vips, whose word counts.
 */
export { digestTiff } from './digest.ts';
