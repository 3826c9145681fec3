/**
 * Memory for the coefficients of one image at a time, kept from image to image: asking the system for
 * fresh pages costs a quarter of the time that decoding takes.
 */

/** Values kept: 16 MB, enough for the luminance of 100 megapixels. */
const KEPT = 4 << 20;

let arena = new Float32Array(1 << 16);
let used = 0;
let wanted = 0;

/** Gives back all planes that were taken. None may be used afterwards. */
export function emptyArena(): void {
  if (wanted > arena.length || arena.length > KEPT) {
    arena = new Float32Array(Math.min(Math.max(wanted, 1 << 16), KEPT));
  }
  used = 0;
  wanted = 0;
}

/** `length` zeros. */
export function takePlane(length: number): Float32Array {
  wanted += length;
  if (used + length > arena.length) return new Float32Array(length);
  const plane = arena.subarray(used, used + length);
  used += length;
  return plane.fill(0);
}
