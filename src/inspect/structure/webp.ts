/** WebP (RFC 9649): the RIFF chunks, and the headers of the VP8 and VP8L streams within. */

import { fourcc, has, u16le, u24le, u32le } from './bytes.ts';
import { exifOrientation } from './exif.ts';
import {
  damaged,
  headerBroken,
  headerCut,
  MAX_FRAMES,
  type Structure,
  stateOf,
  type Trouble,
  tooManyFrames,
  truncated,
} from './structure.ts';

const RIFF_HEADER = 12;
const CHUNK_HEADER = 8;
/** Flags of VP8X. */
const HAS_ALPHA = 0x10;
const HAS_ANIMATION = 0x02;
/** RFC 9649, 2.7: a frame's place, size, duration and flags come before its chunks. */
const FRAME_HEADER = 16;

interface Stream {
  readonly width: number;
  readonly height: number;
  readonly alpha?: boolean;
  readonly lossless: boolean;
  readonly trouble?: Trouble | undefined;
}

interface Findings {
  orientation?: number;
  profile?: boolean;
  frames: number;
  alpha: boolean;
  /** The first of them. */
  lossless?: boolean;
  stream?: Stream;
}

interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly flags: number;
}

export function readWebp(bytes: Uint8Array): Structure {
  if (bytes.length < RIFF_HEADER + CHUNK_HEADER) throw headerCut('WebP', bytes.length);
  const riffEnd = CHUNK_HEADER + u32le(bytes, 4);
  // Bytes behind the RIFF chunk are none of the image.
  const end = Math.min(riffEnd, bytes.length);
  const found: Findings = { frames: 0, alpha: false };
  const canvas = readCanvas(bytes);
  const trouble = walk(bytes, end, canvas, found);
  const size = canvas ?? found.stream;
  if (!size) {
    if (trouble?.state === 'truncated') throw headerCut('WebP', bytes.length);
    throw headerBroken('WebP', trouble?.detail ?? 'it holds no picture');
  }
  const animated = canvas !== undefined && (canvas.flags & HAS_ANIMATION) !== 0;
  const cut =
    riffEnd > bytes.length
      ? truncated(`${riffEnd - bytes.length} of the ${riffEnd} bytes it announces are missing`)
      : undefined;
  return {
    format: 'webp',
    width: size.width,
    height: size.height,
    ...(found.orientation && { orientation: found.orientation }),
    ...(animated && { frames: Math.max(found.frames, 1), animated: found.frames > 1 }),
    ...(found.profile && { profile: true }),
    bitDepth: 8,
    color: 'rgb',
    alpha: canvas ? (canvas.flags & HAS_ALPHA) !== 0 : found.alpha,
    ...(found.lossless && { lossless: true }),
    ...stateOf(trouble?.state === 'damaged' ? trouble : (cut ?? trouble)),
  };
}

function readCanvas(bytes: Uint8Array): Canvas | undefined {
  if (!has(bytes, RIFF_HEADER, 'VP8X')) return undefined;
  const at = RIFF_HEADER + CHUNK_HEADER;
  if (bytes.length < at + 10) throw headerCut('WebP', bytes.length);
  return {
    flags: bytes[at]!,
    width: 1 + u24le(bytes, at + 4),
    height: 1 + u24le(bytes, at + 7),
  };
}

function walk(
  bytes: Uint8Array,
  end: number,
  canvas: Canvas | undefined,
  found: Findings,
): Trouble | undefined {
  const animated = canvas !== undefined && (canvas.flags & HAS_ANIMATION) !== 0;
  let at = RIFF_HEADER;
  while (at + CHUNK_HEADER <= end) {
    const type = fourcc(bytes, at);
    const length = u32le(bytes, at + 4);
    const from = at + CHUNK_HEADER;
    const to = Math.min(from + length, end);
    if (from + length > CHUNK_HEADER + u32le(bytes, 4)) {
      return damaged(`chunk ${type} at byte ${at} ends beyond the RIFF chunk`);
    }
    if (type === 'VP8 ' || type === 'VP8L') {
      const stream = readStream(bytes, type, from, to, length);
      if (typeof stream !== 'object') return damaged(stream);
      found.lossless ??= stream.lossless;
      if (!found.stream) {
        found.stream = stream;
        found.alpha ||= stream.alpha === true;
      }
      if (stream.trouble) return stream.trouble;
      if (canvas && !animated && !fits(stream, canvas)) {
        return damaged(
          `the picture of ${stream.width}×${stream.height} is not of the canvas' size ${canvas.width}×${canvas.height}`,
        );
      }
    } else if (type === 'ANMF') {
      if (found.frames === MAX_FRAMES) return tooManyFrames();
      const trouble = readFrame(bytes, from, to, length, canvas, found);
      if (trouble) return trouble;
    } else if (type === 'ICCP') found.profile = true;
    else if (type === 'EXIF') {
      // Some writers keep the JPEG segment's name.
      const skip = has(bytes, from, 'Exif\0\0') ? 6 : 0;
      const orientation = exifOrientation(bytes.subarray(from + skip, to));
      if (orientation) found.orientation = orientation;
    } else if (type === 'ALPH') found.alpha = true;
    at = from + length + (length & 1);
  }
  if (found.stream && !animated) return undefined;
  if (found.frames > 0) return undefined;
  return bytes.length < CHUNK_HEADER + u32le(bytes, 4)
    ? truncated(`no picture up to byte ${bytes.length}`)
    : damaged('it holds no picture');
}

function fits(stream: Stream, canvas: Canvas): boolean {
  return stream.width === canvas.width && stream.height === canvas.height;
}

/** An ANMF chunk: the frame must lie on the canvas and hold a picture of its size. */
function readFrame(
  bytes: Uint8Array,
  from: number,
  to: number,
  length: number,
  canvas: Canvas | undefined,
  found: Findings,
): Trouble | undefined {
  const name = `frame ${found.frames + 1} at byte ${from - CHUNK_HEADER}`;
  if (to - from < FRAME_HEADER) {
    return length < FRAME_HEADER ? damaged(`${name} is too short`) : truncated(`${name} is cut`);
  }
  const width = 1 + u24le(bytes, from + 6);
  const height = 1 + u24le(bytes, from + 9);
  const right = 2 * u24le(bytes, from) + width;
  const bottom = 2 * u24le(bytes, from + 3) + height;
  if (!canvas || right > canvas.width || bottom > canvas.height) {
    return damaged(`${name} reaches beyond the canvas`);
  }
  let at = from + FRAME_HEADER;
  while (at + CHUNK_HEADER <= to) {
    const type = fourcc(bytes, at);
    const size = u32le(bytes, at + 4);
    const start = at + CHUNK_HEADER;
    if (type === 'VP8 ' || type === 'VP8L') {
      const stream = readStream(bytes, type, start, Math.min(start + size, to), size);
      if (typeof stream !== 'object') return damaged(`${name}: ${stream}`);
      if (stream.trouble) return stream.trouble;
      if (stream.width !== width || stream.height !== height) {
        return damaged(`${name} holds a picture of another size`);
      }
      found.lossless ??= stream.lossless;
      found.frames++;
      return undefined;
    }
    at = start + size + (size & 1);
  }
  return from + length > to ? truncated(`${name} is cut`) : damaged(`${name} holds no picture`);
}

/** The header of a VP8 (RFC 6386, 9.1) or VP8L stream (RFC 9649, 3.4), or what is wrong with it. */
function readStream(
  bytes: Uint8Array,
  type: string,
  from: number,
  to: number,
  length: number,
): Stream | string {
  const headerLength = type === 'VP8 ' ? 10 : 5;
  if (to - from < headerLength) {
    if (length < headerLength)
      return `the ${type} chunk at byte ${from - CHUNK_HEADER} is too short`;
    throw headerCut('WebP', bytes.length);
  }
  const trouble =
    from + length > to
      ? truncated(`the picture ends ${from + length - to} bytes beyond the file`)
      : undefined;
  return type === 'VP8 '
    ? readLossy(bytes, from, length, trouble)
    : readLossless(bytes, from, trouble);
}

function readLossy(
  bytes: Uint8Array,
  at: number,
  length: number,
  trouble: Trouble | undefined,
): Stream | string {
  const tag = u24le(bytes, at);
  if (tag & 1) return 'the VP8 stream does not begin with a key frame';
  if (((tag >> 1) & 7) > 3) return `VP8 has no profile ${(tag >> 1) & 7}`;
  if (!(tag & 0x10)) return 'the VP8 frame is not to be shown';
  if (!has(bytes, at + 3, '\x9d\x01\x2a')) return 'the VP8 start code is missing';
  if (tag >> 5 >= length) return 'the first VP8 partition is longer than its chunk';
  const width = u16le(bytes, at + 6) & 0x3fff;
  const height = u16le(bytes, at + 8) & 0x3fff;
  if (width === 0 || height === 0) return `it announces ${width}×${height} pixels`;
  return { width, height, lossless: false, trouble };
}

function readLossless(
  bytes: Uint8Array,
  at: number,
  trouble: Trouble | undefined,
): Stream | string {
  if (bytes[at] !== 0x2f) return 'the VP8L signature is missing';
  const bits = u32le(bytes, at + 1);
  if (bits >>> 29 !== 0) return `VP8L has no version ${bits >>> 29}`;
  return {
    width: 1 + (bits & 0x3fff),
    height: 1 + ((bits >>> 14) & 0x3fff),
    alpha: ((bits >>> 28) & 1) === 1,
    lossless: true,
    trouble,
  };
}
