/**
 * What an image file says of itself before a pixel is decoded: format by content, header facts, and
 * whether the file is structurally whole. Pure, without dependencies, linear in the file's length; no
 * number of a file decides about memory or a loop. One file per format; `sniff` chooses.
 */

import { TrawlError } from '../../errors.ts';
import type { ImageFormat } from '../../model.ts';
import { readBmp } from './bmp.ts';
import { readGif } from './gif.ts';
import { readIcon } from './ico.ts';
import { readHeif } from './isobmff.ts';
import { readJp2 } from './jp2.ts';
import { readJpeg } from './jpeg.ts';
import { readJxl } from './jxl.ts';
import { readDds, readExr, readFarbfeld, readHdr, readPsd, readQoi } from './plain.ts';
import { readPng } from './png.ts';
import { readPnm } from './pnm.ts';
import { notAnImage } from './refuse.ts';
import { sniff } from './sniff.ts';
import type { Structure } from './structure.ts';
import { readSvg } from './svg.ts';
import { readTiff } from './tiff.ts';
import { readWebp } from './webp.ts';

export { sniff } from './sniff.ts';
export type { State, Structure } from './structure.ts';

type Reader = (bytes: Uint8Array) => Structure;

/** TGA has no mark to be known by, and so no reader. */
const READERS: Record<Exclude<ImageFormat, 'tga'>, Reader> = {
  jpeg: readJpeg,
  png: readPng,
  gif: readGif,
  webp: readWebp,
  avif: (bytes) => readHeif(bytes, 'avif'),
  heic: (bytes) => readHeif(bytes, 'heic'),
  tiff: readTiff,
  svg: (bytes) => readSvg(bytes, inspectStructure),
  jxl: readJxl,
  bmp: readBmp,
  ico: (bytes) => readIcon(bytes, 'ico'),
  cur: (bytes) => readIcon(bytes, 'cur'),
  jp2: readJp2,
  psd: readPsd,
  qoi: readQoi,
  pnm: readPnm,
  dds: readDds,
  hdr: readHdr,
  exr: readExr,
  farbfeld: readFarbfeld,
};

/**
 * Facts and state of a whole body.
 *
 * @throws TrawlError `empty-body` without bytes; `not-an-image` when no format is recognised (the
 * message says what it seems to be); `truncated` when the file ends before its size is known;
 * `damaged` when the header cannot be right.
 */
export function inspectStructure(bytes: Uint8Array): Structure {
  if (bytes.length === 0) throw new TrawlError('empty-body', 'The body has no bytes.');
  const format = sniff(bytes);
  if (format === undefined || format === 'tga') throw notAnImage(bytes);
  return READERS[format](bytes);
}
