/**
 * The JPEG fast path: hash and thumbnail from the lowest DCT coefficients, without making pixels.
 * It sees missing and broken data of baseline files exactly; broken files, and those that it does not
 * read at all (arithmetic coding, 12 bit, lossless), go to wasm-vips. whole/ sees every pixel.
 */
export { digestJpeg } from './digest.ts';
