/** From the bytes of a PNG to what the hash and the second look need. */
import { TABLE_BYTES } from '../rows/color-table.ts';
import { inflate, inflateRooms } from '../rows/inflate.ts';
import { takeRooms } from '../rows/memory.ts';
import { IN_CELLS } from '../rows/way.ts';
import { bitsPerPixel, passesOf } from '../structure/png-layout.ts';
import type { Digest } from '../worker/picture.ts';
import { partsOf } from './parts.ts';
import { mostLeft, RowReader, rowRooms } from './rows.ts';
import { samplesOf } from './samples.ts';

/**
 * Of a PNG that structure/ has found whole, shown as it is stored. Returns undefined when anything in it
 * is not as it should be: a decoder with a better eye for what can be forgiven has to look.
 */
export function digestPng(bytes: Uint8Array<ArrayBuffer>, way = IN_CELLS): Digest | undefined {
  const parts = partsOf(bytes);
  if (!parts) return undefined;
  const { header } = parts;
  const passes = passesOf(header);
  const widest = Math.max(...passes.map(({ width }) => width));
  const forData = inflateRooms(mostLeft(passes));
  const forWay = way.roomFor(header);
  const rooms = [forWay, 3 * widest, TABLE_BYTES, ...forData, ...rowRooms(passes)];
  const [room, out, table, ...others] = takeRooms(rooms);
  const forRows = others.slice(forData.length);
  const samples = samplesOf(parts, out!, table!);
  const taker = way.begin(header, samples.channels, room!);
  let known = true;
  const pixelBytes = Math.ceil(bitsPerPixel(header) / 8);
  const rows = new RowReader(passes, pixelBytes, forRows, (row, pass, y) => {
    const { left, top, stepX, stepY, width } = passes[pass]!;
    const values = samples.read(row, width);
    if (!values) known = false;
    else if (header.interlaced) taker.addSome(top + y * stepY, left, stepX, values, width);
    else if (samples.table) taker.addIndexed(y, values, samples.table);
    else taker.addRow(y, values);
  });
  const whole = inflate(parts.data, others, (data) => (known ? rows.read(data) : undefined));
  if (!whole || !rows.complete || !known) return undefined;
  return taker.digest();
}
