/** From the bytes of a TIFF to what the hash and the second look need. */
import { takeRooms } from '../rows/memory.ts';
import { IN_CELLS, type Way } from '../rows/way.ts';
import { type Turn, turnOf } from '../turn.ts';
import type { Digest } from '../worker/picture.ts';
import { digestJpegs } from './jpeg.ts';
import { JPEG, partsOf, type TiffParts } from './parts.ts';
import { RowReader } from './rows.ts';
import { adderOf, adderRooms, channelsOf } from './samples.ts';

/**
 * Of the first page of a TIFF that structure/ has found whole. Returns undefined when anything in it is not
 * as it should be: a decoder with a better eye for what can be forgiven has to look.
 * @param orientation EXIF orientation, 1–8
 * @param way undefined is the shortest
 */
export function digestTiff(bytes: Uint8Array, orientation = 1, way?: Way): Digest | undefined {
  const parts = partsOf(bytes);
  if (!parts) return undefined;
  if (parts.compression === JPEG) return way ? undefined : digestJpegs(parts, orientation);
  return digestRowsOf(parts, turnOf(orientation), way ?? IN_CELLS);
}

function digestRowsOf(parts: TiffParts, turn: Turn, way: Way): Digest | undefined {
  const reader = new RowReader(parts);
  const forRows = reader.rooms();
  if (!forRows) return undefined;
  const rooms = [way.roomFor(parts.size), ...adderRooms(parts), ...forRows];
  const [room, table, out, ...others] = takeRooms(rooms);
  const taker = way.begin(parts.size, channelsOf(parts), room!, parts.blocks.tiled);
  const add = adderOf(parts, taker, [table!, out!]);
  if (!reader.read(others, add)) return undefined;
  return taker.digest(turn);
}
