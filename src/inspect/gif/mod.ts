/**
 * The GIF fast path: LZW in WebAssembly, and rows added up as they come, so that no picture is held and
 * wasm-vips need not be loaded. It reads the first frame of every sound GIF; anything that is not right
 * goes to wasm-vips, whose word counts.
 */
export { digestGif } from './digest.ts';
