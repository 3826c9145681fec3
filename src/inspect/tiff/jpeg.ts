/**
 * Strips that are JPEGs (compression 7). A strip begins where a restart interval of one JPEG would: with all
 * predictions at zero and on a whole row of blocks. So all of them, with restart markers between, are one.
 */
import { TrawlError } from '../../errors.ts';
import { digestJpeg } from '../jpeg/mod.ts';
import { putTogether, totalLength } from '../structure/bytes.ts';
import { readJpeg } from '../structure/jpeg.ts';
import type { Digest } from '../worker/picture.ts';
import { readStrip, type Strip, tablesOf } from './jpeg-strip.ts';
import { RGB, type TiffParts, YCC } from './parts.ts';

/** Undefined for tiles and for strips that differ in more than their data. */
export function digestJpegs(parts: TiffParts, orientation: number): Digest | undefined {
  const file = join(parts);
  try {
    return file && readJpeg(file).state === 'whole' ? digestJpeg(file, orientation) : undefined;
  } catch (error) {
    if (error instanceof TrawlError) return undefined;
    throw error;
  }
}

function join(parts: TiffParts): Uint8Array<ArrayBuffer> | undefined {
  const { size, blocks, alpha, palette } = parts;
  const tables = tablesOf(parts.jpegTables);
  if (!tables || blocks.tiled || alpha !== 'none' || palette) return undefined;
  const strips: Strip[] = [];
  let room = 0;
  for (let i = 0; i < blocks.down; i++) {
    const height = Math.min(blocks.height, size.height - i * blocks.height);
    const strip = readStrip(blocks.data(i), { width: size.width, height }, parts);
    if (!strip || !same(strip.head, (strips[0] ?? strip).head)) return undefined;
    strips.push(strip);
    room += strip.data.length + 2;
    // Strips may overlap, and so multiply.
    if (room > parts.fileBytes + 2 * blocks.down) return undefined;
  }
  const [{ head, frame, scan, mcuWidth, mcuHeight }] = strips as [Strip];
  const interval = Math.ceil(size.width / mcuWidth) * Math.ceil(blocks.height / mcuHeight);
  const restarts = blocks.down > 1;
  if (restarts && (blocks.height % mcuHeight !== 0 || interval > 0xffff)) return undefined;
  if (size.height > 0xffff) return undefined;
  const whole = frame.slice();
  // Behind marker, length and precision.
  whole.set([size.height >> 8, size.height & 255], 5);
  const pieces = [
    Uint8Array.of(0xff, 0xd8),
    adobe(parts.photometric),
    tables,
    head,
    whole,
    restarts ? Uint8Array.of(0xff, 0xdd, 0, 4, interval >> 8, interval & 255) : [],
    scan,
    ...strips.flatMap(({ data }, i) => [
      i > 0 ? Uint8Array.of(0xff, 0xd0 | ((i - 1) & 7)) : [],
      data,
    ]),
    Uint8Array.of(0xff, 0xd9),
  ];
  return putTogether(new Uint8Array(totalLength(pieces)), pieces);
}

/** Says what the three colours are; that is for the TIFF to tell, whatever the strips say. */
function adobe(photometric: number): Uint8Array | [] {
  if (photometric !== RGB && photometric !== YCC) return [];
  const name = [...'Adobe'].map((letter) => letter.charCodeAt(0));
  const transform = photometric === YCC ? 1 : 0;
  return Uint8Array.of(0xff, 0xee, 0, 14, ...name, 0, 100, 0, 0, 0, 0, transform);
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
