/** Deflate, each block a zlib stream (RFC 1950) of its own. */
import { INFLATE_ROOMS, inflate } from '../../rows/inflate.ts';
import { cutterRoom, RowCutter } from './row-cutter.ts';
import type { Unpacker } from './unpacker.ts';

export const deflate: Unpacker = {
  rooms: (rowBytes) => [...INFLATE_ROOMS, cutterRoom(rowBytes)],
  unpack(source, shape, rooms, take) {
    const rows = new RowCutter(rooms.at(-1)!, shape, take);
    return inflate([source], rooms, (piece) => rows.push(piece)) && rows.complete;
  },
};
