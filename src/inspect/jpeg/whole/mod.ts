/**
 * JPEGs of which every pixel has to be seen: libjpeg-turbo in a WebAssembly module of its own, which reduces rows as
 * they come, exactly as libvips would. What it does not take goes to wasm-vips, whose word counts.
 */
export { digestWholeJpeg } from './digest.ts';
