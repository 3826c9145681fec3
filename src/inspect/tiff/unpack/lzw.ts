/** The LZW of TIFF (6.0, section 13), of which the core does the work. */
import { core } from '../../rows/memory.ts';
import type { Unpacker } from './unpacker.ts';

/** Data that the core is given at once, in bytes. */
const PIECE = 1 << 15;
/** The core reads a row to the end of the string in which it ends. */
const OVER = 4096 + 8;

export const lzw: Unpacker = {
  rooms: (rowBytes) => [PIECE, rowBytes + OVER],
  unpack(source, { rows, rowBytes }, [data, room], take) {
    const { lzwBegin, lzwFeed, lzwRow, lzwUsed } = core();
    // A code of nine bits that empties the table comes first; old writers began with the lowest bit.
    if (source[0] !== 0x80 || source[1]! >= 0x80) return false;
    const piece = data!;
    const row = room!.subarray(0, rowBytes);
    lzwBegin(piece.byteOffset, room!.byteOffset, 0);
    for (let y = 0, at = 0, has = 0; y < rows; ) {
      const state = lzwRow(rowBytes);
      if (state < 0) return false;
      if (state > 0) {
        take(row);
        y++;
        continue;
      }
      const left = has - lzwUsed();
      piece.copyWithin(0, has - left, has);
      const more = source.subarray(at, at + piece.length - left);
      if (more.length === 0) return false;
      piece.set(more, left);
      at += more.length;
      has = left + more.length;
      lzwFeed(has);
    }
    return true;
  },
};
