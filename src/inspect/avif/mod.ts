/**
 * The AVIF fast path: dav1d in a WebAssembly module of its own, which makes of its planes the means of cells,
 * so that no RGB picture is made and wasm-vips need not be loaded. It reads single pictures of the usual
 * kinds of colour, with or without alpha; anything else, and anything that is not right, goes to
 * wasm-vips, whose word counts.
 */
export { digestAvif } from './digest.ts';
