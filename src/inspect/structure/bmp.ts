/** BMP: the header, and whether the rows or the run-length codes are all there. */

import { type BmpHeader, FILE_HEADER, readBmpHeader, rowBytes } from './bmp-header.ts';
import { u32le } from './bytes.ts';
import {
  headerBroken,
  headerCut,
  type Structure,
  stateOf,
  type Trouble,
  truncated,
} from './structure.ts';

export function readBmp(bytes: Uint8Array): Structure {
  const size = u32le(bytes, FILE_HEADER);
  if (bytes.length < FILE_HEADER + 12 || bytes.length < FILE_HEADER + size) {
    if (bytes.length < FILE_HEADER + 4 || size <= 256) throw headerCut('BMP', bytes.length);
  }
  const header = readBmpHeader(bytes, FILE_HEADER);
  if (typeof header === 'string') throw headerBroken('BMP', header);
  const { width, height, bits, profile, alpha } = header;
  return {
    format: 'bmp',
    width,
    height,
    ...(profile && { profile: true }),
    bitDepth: bits <= 8 ? bits : bits === 16 ? 5 : 8,
    color: bits <= 8 ? 'palette' : 'rgb',
    alpha,
    ...stateOf(checkPixels(bytes, header)),
  };
}

function checkPixels(bytes: Uint8Array, header: BmpHeader): Trouble | undefined {
  const { width, height, bits, coding } = header;
  // Offsets that point into the headers are ignored.
  const said = u32le(bytes, 10);
  const start = said < FILE_HEADER + u32le(bytes, FILE_HEADER) ? header.end : said;
  if (coding === 'raw') {
    const end = start + height * rowBytes(width, bits);
    return end > bytes.length
      ? truncated(`the pixels end ${end - bytes.length} bytes beyond the file`)
      : undefined;
  }
  const rows = codedRows(bytes, start, header);
  return rows < height
    ? truncated(`the run-length codes end in row ${rows + 1} of ${height}`)
    : undefined;
}

/** Rows that the codes fill. Pixels left out or beyond the row are allowed by every decoder. */
function codedRows(bytes: Uint8Array, start: number, header: BmpHeader): number {
  const { width, height, coding } = header;
  const run = coding === 'rle24' ? 4 : 2;
  let at = start;
  let x = 0;
  let y = 0;
  while (y < height && at + 2 <= bytes.length) {
    const count = bytes[at]!;
    const code = bytes[at + 1]!;
    if (count > 0) {
      if (at + run > bytes.length) break;
      x += count;
      at += run;
    } else if (code === 0) {
      x = 0;
      y++;
      at += 2;
    } else if (code === 1) return height;
    else if (code === 2) {
      x += bytes[at + 2] ?? 0;
      y += bytes[at + 3] ?? 0;
      at += 4;
    } else {
      const size = coding === 'rle24' ? 3 * code : coding === 'rle8' ? code : Math.ceil(code / 2);
      at += 2 + size + (size & 1);
      if (at > bytes.length + 1) break;
      x += code;
    }
  }
  return y === height - 1 && x >= width ? height : Math.min(y, height);
}
