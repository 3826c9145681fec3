/** The units of an AV1 stream (AV1, 5.3.1), as far as a decoder that skips what it does not know hides. */

/** Sequence header, temporal delimiter, frame header, tile group, metadata, frame, padding. */
const KNOWN = new Set([1, 2, 3, 4, 5, 6, 15]);

/** Whether known ones, each of which says how long it is, fill the data, and there is one frame. */
export function areKnown(data: Uint8Array): boolean {
  let frames = 0;
  let at = 0;
  while (at < data.length) {
    const head = data[at++]!;
    const type = (head >> 3) & 15;
    // Reserved and forbidden bits, an extension, which only layers have, or no length.
    if ((head & 0x87) !== 2 || !KNOWN.has(type)) return false;
    if (type === 3 || type === 6) frames++;
    let length = 0;
    let scale = 1;
    for (;;) {
      const byte = data[at++] ?? 0;
      length += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 128) break;
      // 8 bytes at most; of more than 5, no file is as long.
      if (scale > 128 ** 5) return false;
    }
    at += length;
  }
  return at === data.length && frames === 1;
}
