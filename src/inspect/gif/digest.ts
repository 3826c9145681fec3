/** From the bytes of a GIF to what the hash and the second look need. */
import { TABLE_BYTES } from '../rows/color-table.ts';
import { takeRooms } from '../rows/memory.ts';
import { IN_CELLS } from '../rows/way.ts';
import type { Digest } from '../worker/picture.ts';
import { writePalette } from './palette.ts';
import { type GifParts, partsOf } from './parts.ts';
import { order, RowReader, rowRooms } from './rows.ts';

/**
 * Of a GIF that structure/ has found whole: its first frame, as it lies on the screen. Returns undefined
 * when anything in it is not as it should be: a decoder with a better eye for what can be forgiven has to look.
 */
export function digestGif(bytes: Uint8Array, way = IN_CELLS): Digest | undefined {
  const parts = partsOf(bytes);
  if (!parts) return undefined;
  const { screen, frame } = parts;
  const rooms = [way.roomFor(screen), TABLE_BYTES, screen.width, ...rowRooms(frame.width)];
  const [room, colors, wide, ...forRows] = takeRooms(rooms);
  const outside = writePalette(colors!, parts);
  const covered = covers(parts);
  if (!covered && outside === undefined) return undefined;
  const taker = way.begin(screen, 3, room!);
  const rows = new RowReader(bytes, frame, forRows);
  wide!.fill(outside ?? 0);
  for (let y = 0; y < screen.height && !covered; y++) {
    if (y < frame.top || y >= frame.top + frame.height) taker.addIndexed(y, wide!, colors!);
  }
  for (const y of order(frame)) {
    const row = rows.next();
    if (!row) return undefined;
    if (!covered) wide!.set(row, frame.left);
    taker.addIndexed(frame.top + y, covered ? row : wide!, colors!);
  }
  return taker.digest();
}

function covers({ screen, frame }: GifParts): boolean {
  return frame.width === screen.width && frame.height === screen.height;
}
