/**
 * PackBits (TIFF 6.0, section 9): a byte n below 128 is followed by n + 1 bytes as they are, one above 128
 * by one that counts 257 − n times. Each row is packed by itself: of a run that goes on in the next one, libtiff
 * loses the rest or not, by how it is asked.
 */
import type { Unpacker } from './unpacker.ts';

const NOTHING = 128;

export const packBits: Unpacker = {
  rooms: (rowBytes) => [rowBytes],
  unpack(source, { rows, rowBytes }, [room], take) {
    const row = room!;
    let at = 0;
    for (let y = 0; y < rows; y++) {
      for (let to = 0; to < rowBytes; ) {
        const head = source[at++];
        if (head === NOTHING) continue;
        if (head === undefined) return false;
        const same = head > NOTHING;
        const end = to + (same ? 257 - head : head + 1);
        const from = at;
        at += same ? 1 : end - to;
        if (end > rowBytes || at > source.length) return false;
        if (same) row.fill(source[from]!, to, end);
        else row.set(source.subarray(from, at), to);
        to = end;
      }
      take(row);
    }
    return true;
  },
};
