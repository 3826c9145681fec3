/** No compression. */
import { cutterRoom, RowCutter } from './row-cutter.ts';
import type { Unpacker } from './unpacker.ts';

export const plain: Unpacker = {
  rooms: (rowBytes) => [cutterRoom(rowBytes)],
  unpack(source, shape, [room], take) {
    const rows = new RowCutter(room!, shape, take);
    // Not more bytes either: libtiff then trusts no length at all.
    return source.length === shape.rows * shape.rowBytes && rows.push(source);
  },
};
