/** A table of colours as the core adds them up: red, green, blue, and 1 where there is none, 16 bits each. */

export const PLACES = 256;
export const TABLE_BYTES = 8 * PLACES;

const NONE = [0, 0, 0, 1];

/**
 * Writes it to `room`, in the core's memory.
 * @param rgb three bytes a place, of at most 256 places; the others have no colour
 */
export function writeTable(
  { buffer, byteOffset }: Uint8Array<ArrayBuffer>,
  rgb: Uint8Array,
): Uint16Array<ArrayBuffer> {
  const table = new Uint16Array(buffer, byteOffset, 4 * PLACES);
  for (let place = 0; place < PLACES; place++) {
    table.set(NONE, 4 * place);
    if (3 * place >= rgb.length) continue;
    table.set(rgb.subarray(3 * place, 3 * place + 3), 4 * place);
    table[4 * place + 3] = 0;
  }
  return table;
}
