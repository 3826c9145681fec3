/** Deflate, each block a zlib stream (RFC 1950) of its own. */
import { inflate } from '../../zlib/inflate.ts';
import { zlib } from '../../zlib/zlib.ts';
import { cutterRoom, RowCutter } from './row-cutter.ts';
import type { Unpacker } from './unpacker.ts';

/**
 * Blocks of up to so many bytes are inflated at once: a stream takes 0.15 ms to set up, for which 8 KB, as
 * large as many writers make them, are inflated ten times.
 */
const AT_ONCE = 1 << 19;
/** The least that zlib allows. */
const LEAST = 64;

export const deflate: Unpacker = {
  rooms: (rowBytes) => [cutterRoom(rowBytes)],
  async unpack(source, shape, [room], take) {
    const rows = new RowCutter(room!, shape, take);
    const bytes = shape.rows * shape.rowBytes;
    const platform = zlib();
    if (!platform || bytes > AT_ONCE) {
      const whole = await inflate(source, (piece) => rows.push(piece));
      return whole && rows.complete;
    }
    try {
      const options = { chunkSize: Math.max(LEAST, bytes), maxOutputLength: bytes };
      return rows.push(platform.inflateSync(source, options)) && rows.complete;
    } catch {
      return false;
    }
  },
};
