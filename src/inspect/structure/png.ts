/** PNG (W3C, third edition) and APNG: a walk over the chunks, with the checksums of those that matter. */

import { fourcc, u32be } from './bytes.ts';
import { crc32 } from './crc32.ts';
import { exifOrientation } from './exif.ts';
import { inflatedSize } from './inflated-size.ts';
import {
  COLOR_TYPES,
  filteredSize,
  GREY_ALPHA,
  PALETTE,
  type PngHeader,
  RGB,
} from './png-layout.ts';
import { MetadataSize } from './png-metadata.ts';
import {
  damaged,
  headerBroken,
  headerCut,
  type Structure,
  stateOf,
  type Trouble,
  truncated,
} from './structure.ts';

const SIGNATURE_LENGTH = 8;
/** Length, type and checksum around a chunk's data. */
const CHUNK_OVERHEAD = 12;
/** Lengths are limited to 31 bits. */
const MAX_INT = 0x7fff_ffff;
/** libpng refuses sides above this (PNG_USER_WIDTH_MAX), and so do browsers: a row is held whole. */
const MAX_SIDE = 1_000_000;

interface Findings {
  orientation?: number;
  profile?: boolean;
  transparency?: boolean;
  palette?: boolean;
  readonly metadata: MetadataSize;
  /** Frames that an acTL chunk before the image data announces. */
  frames?: number;
  /** The data of the consecutive IDAT chunks, `[from, to)`. */
  readonly data: [number, number][];
}

export function readPng(bytes: Uint8Array, from = 0): Structure {
  const header = readHeader(bytes, from + SIGNATURE_LENGTH);
  const found: Findings = { metadata: new MetadataSize(), data: [] };
  const trouble = walk(bytes, from + SIGNATURE_LENGTH + 13 + CHUNK_OVERHEAD, header, found);
  return {
    format: 'png',
    width: header.width,
    height: header.height,
    ...(found.orientation && { orientation: found.orientation }),
    ...(found.frames && { frames: found.frames, animated: found.frames > 1 }),
    ...(found.profile && { profile: true }),
    bitDepth: header.depth,
    color: colorOf(header.colorType),
    alpha: header.colorType >= GREY_ALPHA || found.transparency === true,
    progressive: header.interlaced,
    ...stateOf(trouble),
  };
}

function colorOf(colorType: number): NonNullable<Structure['color']> {
  if (colorType === PALETTE) return 'palette';
  return colorType & RGB ? 'rgb' : 'grey';
}

function readHeader(bytes: Uint8Array, at: number): PngHeader {
  const isHeader = u32be(bytes, at) === 13 && fourcc(bytes, at + 4) === 'IHDR';
  if (bytes.length < at + 13 + CHUNK_OVERHEAD) throw headerCut('PNG', bytes.length);
  if (!isHeader) throw headerBroken('PNG', 'the first chunk is not IHDR');
  if (crc32(bytes, at + 4, at + 21) !== u32be(bytes, at + 21)) {
    throw headerBroken('PNG', 'IHDR has a wrong checksum');
  }
  const width = u32be(bytes, at + 8);
  const height = u32be(bytes, at + 12);
  const depth = bytes[at + 16]!;
  const colorType = bytes[at + 17]!;
  if (width === 0 || height === 0 || width > MAX_SIDE || height > MAX_SIDE) {
    throw headerBroken('PNG', `it announces ${width}×${height} pixels`);
  }
  if (!COLOR_TYPES[colorType]?.depths.includes(depth)) {
    throw headerBroken('PNG', `colour type ${colorType} with ${depth} bits does not exist`);
  }
  const [compression, filter, interlace] = bytes.subarray(at + 18, at + 21);
  if (compression !== 0 || filter !== 0 || interlace! > 1) {
    throw headerBroken('PNG', `method ${compression}/${filter}/${interlace} does not exist`);
  }
  return { width, height, depth, colorType, interlaced: interlace === 1 };
}

/** Visits the chunks after IHDR. Once the image data is there, nothing behind it makes it worse. */
function walk(
  bytes: Uint8Array,
  start: number,
  header: PngHeader,
  found: Findings,
): Trouble | undefined {
  const { data } = found;
  let at = start;
  for (;;) {
    const room = bytes.length - at;
    const type = fourcc(bytes, at + 4);
    const length = u32be(bytes, at);
    // The type alone ends the data: pixels are complete whatever happens to the rest of the chunk.
    if (room >= 8 && type === 'IEND') {
      return data.length > 0 ? undefined : damaged('there is no image data (IDAT)');
    }
    const end = at + CHUNK_OVERHEAD + length;
    const trouble = checkChunk(bytes, at, type, length, found, header);
    // What is left of a cut chunk of data counts for nothing: its checksum is missing, and libpng stops.
    if (data.length > 0 && (trouble || (type === 'IDAT' && data.at(-1)![1] !== at - 4))) {
      return missingPixels(bytes, header, data) ? (trouble ?? interrupted(at)) : undefined;
    }
    if (trouble) return trouble;
    if (type === 'IDAT') data.push([at + 8, end - 4]);
    else {
      const bomb = readChunk(bytes.subarray(at + 8, end - 4), type, found);
      if (bomb) return bomb;
    }
    at = end;
  }
}

function interrupted(at: number): Trouble {
  return damaged(`the image data is interrupted before byte ${at}`);
}

/** What a decoder would refuse in the chunk at `at`. */
function checkChunk(
  bytes: Uint8Array,
  at: number,
  type: string,
  length: number,
  found: Findings,
  header: PngHeader,
): Trouble | undefined {
  const room = bytes.length - at;
  if (room < 8) return truncated(`no end chunk (IEND) up to byte ${bytes.length}`);
  if (!/^[A-Za-z]{4}$/.test(type) || length > MAX_INT) {
    return damaged(`no chunk begins at byte ${at}`);
  }
  const critical = type < 'a';
  const known = type === 'PLTE' || type === 'IDAT';
  if (critical && !known) return damaged(`the critical chunk ${type} at byte ${at} is unknown`);
  if (room < CHUNK_OVERHEAD + length) {
    return truncated(
      `chunk ${type} at byte ${at} ends ${CHUNK_OVERHEAD + length - room} bytes beyond the file`,
    );
  }
  if (!critical) return undefined;
  const dataEnd = at + 8 + length;
  if (crc32(bytes, at + 4, dataEnd) !== u32be(bytes, dataEnd)) {
    return damaged(`chunk ${type} at byte ${at} has a wrong checksum`);
  }
  if (type === 'PLTE') {
    if (found.palette) return damaged(`a second palette at byte ${at}`);
    if (header.colorType === PALETTE && (length === 0 || length > 768 || length % 3 > 0)) {
      return damaged(`the palette at byte ${at} has ${length} bytes`);
    }
    found.palette = true;
  }
  if (type === 'IDAT' && header.colorType === PALETTE && !found.palette) {
    return damaged(`image data at byte ${at} comes before the palette`);
  }
  return undefined;
}

function readChunk(data: Uint8Array, type: string, found: Findings): Trouble | undefined {
  if (type === 'iCCP') found.profile = true;
  else if (type === 'tRNS') found.transparency = true;
  else if (type === 'eXIf') {
    const orientation = exifOrientation(data);
    if (orientation) found.orientation = orientation;
  } else if (type === 'acTL' && data.length === 8 && found.data.length === 0) {
    const frames = u32be(data, 0);
    if (frames > 0 && frames <= MAX_INT) found.frames = frames;
  }
  return found.metadata.add(data, type);
}

/** Whether the deflated data there is holds fewer bytes than the pixels need. */
function missingPixels(
  bytes: Uint8Array,
  header: PngHeader,
  parts: readonly (readonly [number, number])[],
): boolean {
  const total = parts.reduce((sum, [from, to]) => sum + to - from, 0);
  const joined = new Uint8Array(total);
  let at = 0;
  for (const [from, to] of parts) {
    joined.set(bytes.subarray(from, to), at);
    at += to - from;
  }
  const wanted = filteredSize(header);
  return inflatedSize(joined, wanted) < wanted;
}
