/**
 * Pictures of which every pixel counts: rows are reduced as they come, exactly as libvips would, in C. It is part of
 * libjpeg.wasm and libwebp.wasm, and a module of its own for rows that come from elsewhere.
 */
export { digestFile, type PixelExports } from './digest.ts';
export { digestRows } from './rows.ts';
