/** What of a GIF the pixels of its first frame depend on. */
import type { Size } from '../rows/cells.ts';
import { u16le } from '../structure/bytes.ts';
import {
  COMMENT,
  EXTENSION,
  GRAPHIC_CONTROL,
  HEADER_LENGTH,
  IMAGE,
  INTERLACE_FLAG,
  skipSubBlocks,
  TRAILER,
  tableSize,
} from '../structure/gif-layout.ts';

/** The first one; no side is 0. */
export interface Frame extends Size {
  /** On the screen. */
  readonly left: number;
  readonly top: number;
  readonly interlaced: boolean;
  /** RGB, three bytes an entry. */
  readonly palette: Uint8Array;
  /** The place in the palette that stands for no colour. */
  readonly transparent: number | undefined;
  /** Bits that a pixel has in the data, 2–8. */
  readonly pixelBits: number;
  /** Where its blocks of data begin in the file. */
  readonly data: number;
}

export interface GifParts {
  /** The frame lies within. */
  readonly screen: Size;
  readonly frame: Frame;
  /** Some frame has a transparent colour. */
  readonly alpha: boolean;
}

/** Without any table, decoders take these for the first two colours. */
const BLACK_AND_WHITE = Uint8Array.of(0, 0, 0, 255, 255, 255);
/** libnsgif, which reads GIFs for libvips, takes no more. */
const MAX_FRAMES = 4096;

/**
 * Of a file that structure/ has found whole. Undefined when there is something in or between its blocks
 * that decoders disagree about.
 */
export function partsOf(bytes: Uint8Array): GifParts | undefined {
  const global = bytes.subarray(HEADER_LENGTH, HEADER_LENGTH + tableSize(bytes[10]!));
  let at = HEADER_LENGTH + global.length;
  let transparent: number | undefined;
  let alpha = false;
  let frame: Frame | undefined;
  for (let frames = 0; at < bytes.length && bytes[at] !== TRAILER; ) {
    let data: number;
    if (bytes[at] === EXTENSION) {
      const label = bytes[at + 1];
      data = at + 2;
      if (bytes[data] === 0 && label !== COMMENT) return undefined;
      if (label === GRAPHIC_CONTROL) {
        if (bytes[data] !== 4) return undefined;
        if (bytes[at + 3]! & 1) transparent = bytes[at + 6];
      }
    } else if (bytes[at] === IMAGE && ++frames <= MAX_FRAMES) {
      data = at + 11 + tableSize(bytes[at + 9]!);
      frame ??= frameAt(bytes, at, global, transparent);
      alpha ||= transparent !== undefined;
      transparent = undefined;
    } else return undefined;
    const next = skipSubBlocks(bytes, data);
    if (next === undefined) return undefined;
    at = next;
  }
  if (!frame) return undefined;
  const { width, height, pixelBits } = frame;
  if (width === 0 || height === 0 || pixelBits < 2 || pixelBits > 8) return undefined;
  const screen = screenOf(bytes, frame);
  return screen && { screen, frame, alpha };
}

function frameAt(
  bytes: Uint8Array,
  at: number,
  global: Uint8Array,
  transparent: number | undefined,
): Frame {
  const flags = bytes[at + 9]!;
  const table = at + 10;
  const local = bytes.subarray(table, table + tableSize(flags));
  const palette = local.length > 0 ? local : global;
  return {
    left: u16le(bytes, at + 1),
    top: u16le(bytes, at + 3),
    width: u16le(bytes, at + 5),
    height: u16le(bytes, at + 7),
    interlaced: (flags & INTERLACE_FLAG) !== 0,
    palette: palette.length > 0 ? palette : BLACK_AND_WHITE,
    transparent,
    pixelBits: bytes[table + local.length]!,
    data: table + local.length + 1,
  };
}

/** Screens of old computers, which libnsgif takes for no sizes at all, as it does what is larger than this. */
const NO_SIZES = new Set(['640×480', '640×512', '800×600', '1024×768', '1280×1024', '1600×1200']);
const LARGEST = 2048;

/** Enlarged to what the frame needs. Undefined when it is larger and libnsgif does not believe it. */
function screenOf(bytes: Uint8Array, frame: Frame): Size | undefined {
  const width = u16le(bytes, 6);
  const height = u16le(bytes, 8);
  const right = frame.left + frame.width;
  const bottom = frame.top + frame.height;
  const believed =
    Math.max(width, height) <= LARGEST &&
    Math.min(width, height) > 0 &&
    !NO_SIZES.has(`${width}×${height}`);
  if (!believed && (right < width || bottom < height)) return undefined;
  return { width: Math.max(width, right), height: Math.max(height, bottom) };
}
