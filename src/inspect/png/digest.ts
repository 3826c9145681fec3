/** From the bytes of a PNG to what the hash and the second look need. */
import { type AxisPurpose, pdqPurpose } from '../jpeg/axis.ts';
import { MIN_SIDE } from '../pdq/mod.ts';
import { bitsPerPixel, passesOf } from '../structure/png-layout.ts';
import { CHROMA_SIDE, LUMA_SIDE } from '../thumbnail.ts';
import { type Digest, digestPlanes } from '../worker/picture.ts';
import { cellAxis } from './axis.ts';
import { CellSums, sumBytes } from './cells.ts';
import { inflate } from './inflate.ts';
import { takeRooms } from './memory.ts';
import { partsOf } from './parts.ts';
import { RowReader, rowRooms } from './rows.ts';
import { samplesOf } from './samples.ts';

/**
 * Of a PNG that structure/ has found whole, shown as it is stored. Returns undefined when anything in it
 * is not as it should be: a decoder with a better eye for what can be forgiven has to look.
 */
export async function digestPng(bytes: Uint8Array<ArrayBuffer>): Promise<Digest | undefined> {
  const parts = partsOf(bytes);
  if (!parts) return undefined;
  const { header } = parts;
  const passes = passesOf(header);
  const widest = Math.max(...passes.map(({ width }) => width));
  const [sums, out, ...forRows] = takeRooms([sumBytes(header), 3 * widest, ...rowRooms(passes)]);
  const samples = samplesOf(parts, out!);
  const cells = new CellSums(header, samples.channels, sums!);
  let known = true;
  const pixelBytes = Math.ceil(bitsPerPixel(header) / 8);
  const rows = new RowReader(passes, pixelBytes, forRows, (row, pass, y) => {
    const { left, top, stepX, stepY, width } = passes[pass]!;
    const values = samples.read(row, width);
    if (!values) known = false;
    else if (header.interlaced) cells.addSome(top + y * stepY, left, stepX, values, width);
    else cells.addRow(y, values);
  });
  const whole = await inflate(parts.data, (piece) => rows.push(piece) && known);
  if (!whole || !rows.complete || !known) return undefined;
  return digestCells(cells, header);
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function digestCells(cells: CellSums, { width, height }: Size): Digest {
  const both = (purpose: AxisPurpose) =>
    [cellAxis(width, purpose), cellAxis(height, purpose)] as const;
  const purpose = pdqPurpose(width, height);
  const hashed = width >= MIN_SIDE && height >= MIN_SIDE;
  return digestPlanes(cells.means(), {
    light: both({ parts: LUMA_SIDE }),
    color: both({ parts: CHROMA_SIDE }),
    ...(hashed && { pdq: both(purpose) }),
  });
}
