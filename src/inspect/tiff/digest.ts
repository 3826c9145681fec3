/** From the bytes of a TIFF to what the hash and the second look need. */
import { CellSums, sumBytes } from '../rows/cells.ts';
import { digestCells } from '../rows/digest.ts';
import { takeRooms } from '../rows/memory.ts';
import { turnOf } from '../turn.ts';
import type { Digest } from '../worker/picture.ts';
import { digestJpegs } from './jpeg.ts';
import { JPEG, partsOf } from './parts.ts';
import { RowReader } from './rows.ts';
import { adderOf, adderRooms, channelsOf } from './samples.ts';

/**
 * Of the first page of a TIFF that structure/ has found whole. Returns undefined when anything in it is not
 * as it should be: a decoder with a better eye for what can be forgiven has to look.
 * @param orientation EXIF orientation, 1–8
 */
export function digestTiff(bytes: Uint8Array, orientation = 1): Digest | undefined {
  const parts = partsOf(bytes);
  if (!parts) return undefined;
  if (parts.compression === JPEG) return digestJpegs(parts, orientation);
  const reader = new RowReader(parts);
  const forRows = reader.rooms();
  if (!forRows) return undefined;
  const rooms = [sumBytes(parts.size), ...adderRooms(parts), ...forRows];
  const [sums, table, out, ...others] = takeRooms(rooms);
  const cells = new CellSums(parts.size, channelsOf(parts), sums!);
  const add = adderOf(parts, cells, [table!, out!]);
  if (!reader.read(others, add)) return undefined;
  return digestCells(cells, parts.size, turnOf(orientation));
}
