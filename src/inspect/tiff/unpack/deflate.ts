/** Deflate, each block a zlib stream (RFC 1950) of its own. */
import { inflate, inflateRooms } from '../../rows/inflate.ts';
import { RowCutter } from './row-cutter.ts';
import type { Unpacker } from './unpacker.ts';

export const deflate: Unpacker = {
  rooms: inflateRooms,
  unpack(source, shape, rooms, take) {
    const cutter = new RowCutter(shape, take);
    return inflate([source], rooms, (data) => cutter.read(data)) && cutter.complete;
  },
};
