/** The colours of a frame, for the core. */
import { PLACES, writeTable } from '../rows/color-table.ts';
import type { GifParts } from './parts.ts';

const WHITE = [255, 255, 255, 0];
const BLACK = [0, 0, 0, 0];

/**
 * Writes them to `room`, white for what is transparent. Returns the place of what lies around the frame;
 * undefined when the frame needs all places.
 */
export function writePalette(
  room: Uint8Array<ArrayBuffer>,
  { frame: { palette, transparent }, alpha }: GifParts,
): number | undefined {
  const table = writeTable(room, palette);
  if (transparent !== undefined) {
    table.set(WHITE, 4 * transparent);
    return transparent;
  }
  const colors = palette.length / 3;
  if (colors === PLACES) return undefined;
  // libvips leaves black what no frame covers, unless the picture has an alpha channel.
  table.set(alpha ? WHITE : BLACK, 4 * colors);
  return colors;
}
