/** GIF 87a and 89a: a walk over the blocks from the logical screen to the trailer. */

import { has, u16le } from './bytes.ts';
import {
  APPLICATION,
  EXTENSION,
  GRAPHIC_CONTROL,
  HEADER_LENGTH,
  IMAGE,
  INTERLACE_FLAG,
  skipSubBlocks,
  TRAILER,
  tableSize,
} from './gif-layout.ts';
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

interface Findings {
  frames: number;
  /** Where the first frame ends on the screen. */
  right: number;
  bottom: number;
  transparency: boolean;
  profile: boolean;
  interlaced: boolean;
}

export function readGif(bytes: Uint8Array): Structure {
  if (bytes.length < HEADER_LENGTH) throw headerCut('GIF', bytes.length);
  const flags = bytes[10]!;
  const found: Findings = {
    frames: 0,
    right: 0,
    bottom: 0,
    transparency: false,
    profile: false,
    interlaced: false,
  };
  const trouble = walk(bytes, HEADER_LENGTH + tableSize(flags), found);
  // Decoders enlarge the logical screen to what the first frame needs.
  const width = Math.max(u16le(bytes, 6), found.right);
  const height = Math.max(u16le(bytes, 8), found.bottom);
  if (width === 0 || height === 0) {
    throw headerBroken('GIF', `the logical screen has ${width}×${height} pixels`);
  }
  return {
    format: 'gif',
    width,
    height,
    ...(found.frames > 1 && { frames: found.frames, animated: true }),
    ...(found.profile && { profile: true }),
    bitDepth: (flags & 7) + 1,
    color: 'palette',
    alpha: found.transparency,
    progressive: found.interlaced,
    ...stateOf(trouble),
  };
}

function walk(bytes: Uint8Array, start: number, found: Findings): Trouble | undefined {
  let at = start;
  for (;;) {
    const block = bytes[at];
    if (block === undefined) {
      // Decoders need no trailer: a complete frame is shown.
      return found.frames > 0 ? undefined : truncated(`no frame up to byte ${bytes.length}`);
    }
    if (block === TRAILER) {
      return found.frames > 0
        ? undefined
        : damaged(`the trailer at byte ${at} comes before a frame`);
    }
    if (block === EXTENSION) at = skipExtension(bytes, at, found);
    else if (block === IMAGE) {
      if (found.frames === MAX_FRAMES) return tooManyFrames();
      const next = readFrame(bytes, at, found);
      if (typeof next !== 'number') return next;
      at = next;
    } else if (block === 0) at++;
    // Stray bytes between blocks: decoders stop, and show what came before.
    else return found.frames > 0 ? undefined : damaged(`no block begins at byte ${at}`);
  }
}

/** The offset behind the extension; the file's length when it is cut. */
function skipExtension(bytes: Uint8Array, at: number, found: Findings): number {
  const label = bytes[at + 1];
  if (label === GRAPHIC_CONTROL && bytes[at + 2] === 4 && (bytes[at + 3] ?? 0) & 1) {
    found.transparency = true;
  }
  if (label === APPLICATION && has(bytes, at + 3, 'ICCRGBG1012')) found.profile = true;
  return skipSubBlocks(bytes, at + 2) ?? bytes.length;
}

function readFrame(bytes: Uint8Array, at: number, found: Findings): number | Trouble {
  if (found.frames === 0) {
    found.right = u16le(bytes, at + 1) + u16le(bytes, at + 5);
    found.bottom = u16le(bytes, at + 3) + u16le(bytes, at + 7);
  }
  const flags = bytes[at + 9] ?? 0;
  const data = at + 10 + tableSize(flags);
  if (data >= bytes.length) return truncated(`frame ${found.frames + 1} at byte ${at} is cut`);
  const codeSize = bytes[data]!;
  // Twelve bits is the largest code; the first code is one bit longer than the pixels.
  if (codeSize > 11) {
    return damaged(`frame ${found.frames + 1} at byte ${at} has a code size of ${codeSize}`);
  }
  const end = skipSubBlocks(bytes, data + 1);
  if (end === undefined) {
    return truncated(`frame ${found.frames + 1} at byte ${at} is cut`);
  }
  found.frames++;
  if (flags & INTERLACE_FLAG) found.interlaced = true;
  return end;
}
