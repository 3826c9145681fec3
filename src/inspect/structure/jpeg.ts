/**
 * JPEG (ITU-T T.81, JFIF 1.02, Exif 2.32): a walk over the markers from SOI to EOI. The entropy-coded
 * data is only searched for markers; whether its codes are right is for a decoder to say.
 */

import { has, u16be } from './bytes.ts';
import { exifOrientation } from './exif.ts';
import {
  checkScan,
  type Frame,
  readFrame,
  readHuffmanTables,
  readQuantTables,
  type Tables,
} from './jpeg-tables.ts';
import {
  damaged,
  headerBroken,
  headerCut,
  type Structure,
  stateOf,
  type Trouble,
  truncated,
} from './structure.ts';

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const DQT = 0xdb;
const DHT = 0xc4;
const DRI = 0xdd;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;
const COM = 0xfe;

/**
 * Scans beyond this are refused: each may visit every block of the picture at the price of a few bytes.
 * Encoders make some ten; libjpeg-turbo stops at as many where it is fed with hostile files.
 */
const MAX_SCANS = 500;

/** libjpeg refuses sides above this (JPEG_MAX_DIMENSION); so do browsers. */
const MAX_SIDE = 65_500;

interface Findings {
  frame?: Frame;
  orientation?: number;
  profile?: boolean;
  /** Colour transform of the Adobe segment: 0 none, 1 YCbCr, 2 YCCK. */
  adobe?: number;
  jfif?: boolean;
  readonly tables: Tables;
  /** Components that a scan codes. */
  readonly coded: Set<number>;
}

export function readJpeg(bytes: Uint8Array): Structure {
  const found: Findings = { tables: { quant: [], huffman: [] }, coded: new Set() };
  const trouble = walk(bytes, found);
  const { frame } = found;
  if (!frame) {
    if (trouble?.state === 'truncated' || !trouble) throw headerCut('JPEG', bytes.length);
    throw headerBroken('JPEG', trouble.detail);
  }
  if (frame.width > MAX_SIDE || frame.height > MAX_SIDE) {
    throw headerBroken('JPEG', `it announces ${frame.width}×${frame.height} pixels`);
  }
  return {
    format: 'jpeg',
    width: frame.width,
    height: frame.height,
    ...(found.orientation && { orientation: found.orientation }),
    ...(found.profile && { profile: true }),
    bitDepth: frame.precision,
    color: colorOf(found, frame),
    progressive: frame.process === 2 || frame.process === 10,
    ...stateOf(trouble),
  };
}

/** Visits each marker segment. Returns what ended the walk before EOI. */
function walk(bytes: Uint8Array, found: Findings): Trouble | undefined {
  let at = 2;
  let inScan = false;
  let scans = 0;
  for (;;) {
    // The usual end of file spares the search through the only scan of most photos.
    if (inScan && isLastScan(found) && at + 2 <= bytes.length && endsImage(bytes)) return undefined;
    const marker = nextMarker(bytes, at, inScan);
    if (marker < 0) {
      return truncated(`no end-of-image marker up to byte ${bytes.length}`);
    }
    // A decoder reads nothing behind the last scan: whatever marker ends it, the rest is no matter.
    if (inScan && isLastScan(found)) return undefined;
    const code = bytes[marker]!;
    if (code === EOI) return atEnd(found, marker);
    if (isBare(code)) {
      if (!inScan && code === SOI) return damaged(`a second start of image at byte ${marker - 1}`);
      at = marker + 1;
      continue;
    }
    if (!isSegment(code)) {
      return damaged(`marker FF${code.toString(16).toUpperCase()} at byte ${marker - 1}`);
    }
    const length = u16be(bytes, marker + 1);
    const end = marker + 1 + length;
    if (marker + 3 > bytes.length || (length >= 2 && end > bytes.length)) {
      return truncated(`the segment at byte ${marker - 1} ends beyond the file`);
    }
    if (length < 2) return damaged(`the segment at byte ${marker - 1} has the length ${length}`);
    const wrong = readSegment(code, bytes.subarray(marker + 3, end), found);
    if (wrong) return damaged(`${wrong} (segment at byte ${marker - 1})`);
    // Entropy-coded data follows a scan header, and goes on after a DNL or a comment within.
    inScan = code === SOS;
    if (inScan && ++scans > MAX_SCANS) return damaged(`it has more than ${MAX_SCANS} scans`);
    at = end;
  }
}

/**
 * The offset of the next marker's code, −1 without one. Within a scan FF00 is data and RSTn goes with
 * it; elsewhere decoders skip stray bytes until the next FF.
 */
function nextMarker(bytes: Uint8Array, from: number, inScan: boolean): number {
  let at = from;
  for (;;) {
    at = bytes.indexOf(0xff, at) + 1;
    if (at === 0) return -1;
    while (bytes[at] === 0xff) at++;
    const code = bytes[at];
    if (code === undefined) return -1;
    if (code === 0 || (inScan && code >= 0xd0 && code <= 0xd7)) at++;
    else return at;
  }
}

function endsImage(bytes: Uint8Array): boolean {
  return bytes.at(-2) === 0xff && bytes.at(-1) === EOI;
}

/** Sequential scans have coded all components. */
function isLastScan({ frame, coded }: Findings): boolean {
  if (!frame || frame.process === 2 || frame.process === 10) return false;
  return coded.size === frame.components.length;
}

function atEnd(found: Findings, marker: number): Trouble | undefined {
  if (!found.frame)
    return damaged(`the end of the image at byte ${marker - 1} comes before a frame`);
  const missing = found.frame.components.length - found.coded.size;
  if (found.coded.size === 0) return damaged('there is no scan');
  // Equal component numbers are odd but decodable, so only a plain lack counts.
  const ids = new Set(found.frame.components.map((c) => c.id));
  return missing > 0 && ids.size === found.frame.components.length
    ? damaged(`${missing} of ${found.frame.components.length} components are in no scan`)
    : undefined;
}

/** Markers without a segment: TEM, RSTn, SOI. */
function isBare(code: number): boolean {
  return code === 0x01 || (code >= 0xd0 && code <= SOI);
}

/** SOFn, DHT, DAC, SOS … DHP, EXP, APPn and COM; the rest is reserved and fatal to decoders. */
function isSegment(code: number): boolean {
  return (code >= 0xc0 && code <= 0xef && code !== 0xc8) || code === COM;
}

/** Returns what is wrong with the segment. */
function readSegment(code: number, payload: Uint8Array, found: Findings): string | undefined {
  switch (code) {
    case DQT:
      return readQuantTables(payload, found.tables);
    case DHT:
      return readHuffmanTables(payload, found.tables);
    case DRI:
      return payload.length === 2 ? undefined : 'the restart interval has a wrong length';
    case SOS:
      if (!found.frame) return 'a scan comes before the frame header';
      return checkScan(payload, found.frame, found.tables, found.coded);
    case APP0:
      if (has(payload, 0, 'JFIF\0')) found.jfif = true;
      return undefined;
    case APP1: {
      if (!has(payload, 0, 'Exif\0')) return undefined;
      const orientation = exifOrientation(payload.subarray(6));
      if (orientation) found.orientation ??= orientation;
      return undefined;
    }
    case APP2:
      if (has(payload, 0, 'ICC_PROFILE\0')) found.profile = true;
      return undefined;
    case APP14:
      if (has(payload, 0, 'Adobe') && payload.length >= 12) found.adobe = payload[11]!;
      return undefined;
  }
  if (code < 0xc0 || code > 0xcf || code === 0xcc) return undefined;
  if (found.frame) return 'a second frame header';
  const frame = readFrame(payload, code & 15);
  if (typeof frame === 'string') return frame;
  found.frame = frame;
  return undefined;
}

/** As libjpeg guesses: the Adobe segment, then JFIF, then the components' numbers. */
function colorOf(found: Findings, frame: Frame): NonNullable<Structure['color']> {
  const { length } = frame.components;
  if (length === 1) return 'grey';
  if (length === 4) return found.adobe === 2 ? 'ycck' : 'cmyk';
  if (found.jfif) return 'ycc';
  if (found.adobe !== undefined) return found.adobe === 0 ? 'rgb' : 'ycc';
  const ids = String.fromCharCode(...frame.components.map((c) => c.id));
  return ids === 'RGB' ? 'rgb' : 'ycc';
}
