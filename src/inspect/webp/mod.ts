/**
 * The WebP fast path: libwebp's decoder in a WebAssembly module of its own. The rows of the first frame are added up
 * to cells as they come, lossy ones as Y′CbCr, so that no picture is made and wasm-vips need not be loaded. What it
 * does not take goes to wasm-vips, whose word counts.
 */
export { digestWebp, digestWholeWebp } from './digest.ts';
