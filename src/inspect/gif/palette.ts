/** The colours of a frame as the core adds them up: red, green, blue, and 1 for none, 16 bits each. */
import type { GifParts } from './parts.ts';

const PLACES = 256;
export const PALETTE_BYTES = 8 * PLACES;

const WHITE = [255, 255, 255, 0];
const BLACK = [0, 0, 0, 0];
const NONE = [0, 0, 0, 1];

/**
 * Writes them to `room`, white for what is transparent. Returns the place of what lies around the frame;
 * undefined when the frame needs all places.
 */
export function writePalette(
  { buffer, byteOffset }: Uint8Array<ArrayBuffer>,
  { frame, alpha }: GifParts,
): number | undefined {
  const table = new Uint16Array(buffer, byteOffset, 4 * PLACES);
  const { palette, transparent } = frame;
  const colors = palette.length / 3;
  for (let place = 0; place < PLACES; place++) {
    const known = place < colors;
    table.set(known ? palette.subarray(3 * place, 3 * place + 3) : NONE, 4 * place);
    if (known) table[4 * place + 3] = 0;
  }
  if (transparent !== undefined) {
    table.set(WHITE, 4 * transparent);
    return transparent;
  }
  if (colors === PLACES) return undefined;
  // libvips leaves black what no frame covers, unless the picture has an alpha channel.
  table.set(alpha ? WHITE : BLACK, 4 * colors);
  return colors;
}
