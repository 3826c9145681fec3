/** No compression. */
import { PIECE, PieceRoom } from '../../rows/piece-room.ts';
import { RowCutter } from './row-cutter.ts';
import type { Unpacker } from './unpacker.ts';

export const plain: Unpacker = {
  // For a row that has not come to its end yet, and for what comes next.
  rooms: (rowBytes) => [rowBytes + PIECE],
  unpack(source, shape, [room], take) {
    // Not more bytes either: libtiff then trusts no length at all.
    if (source.length !== shape.rows * shape.rowBytes) return false;
    const rows = new RowCutter(shape, take);
    return new PieceRoom(room!, (data) => rows.read(data)).push(source) && rows.complete;
  },
};
