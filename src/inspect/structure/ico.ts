/** ICO and CUR: the directory, and the largest entry, which is the one that is shown. */

import { TrawlError } from '../../errors.ts';
import { readBmpHeader, rowBytes } from './bmp-header.ts';
import { has, u16le, u32le } from './bytes.ts';
import { readPng } from './png.ts';
import {
  damaged,
  headerBroken,
  headerCut,
  type Structure,
  stateOf,
  type Trouble,
  truncated,
} from './structure.ts';

const DIRECTORY = 6;
const ENTRY = 16;

interface Entry {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly offset: number;
}

export function readIcon(bytes: Uint8Array, format: 'ico' | 'cur'): Structure {
  const name = format.toUpperCase();
  const count = u16le(bytes, 4);
  const end = DIRECTORY + count * ENTRY;
  if (count === 0) throw headerBroken(name, 'it has no entries');
  if (end > bytes.length) throw headerCut(name, bytes.length);
  let best: Entry | undefined;
  for (let at = DIRECTORY; at < end; at += ENTRY) {
    const entry = readEntry(bytes, at, format);
    if (entry.offset < end) {
      throw headerBroken(name, `the entry at byte ${at} points into the directory`);
    }
    if (!best || isBetter(entry, best)) best = entry;
  }
  const { width, height, trouble } = readPicture(bytes, best!);
  return {
    format,
    width,
    height,
    ...(count > 1 && { frames: count }),
    color: 'rgb',
    alpha: true,
    ...stateOf(trouble),
  };
}

function readEntry(bytes: Uint8Array, at: number, format: 'ico' | 'cur'): Entry {
  return {
    // 0 stands for 256.
    width: bytes[at]! || 256,
    height: bytes[at + 1]! || 256,
    // Cursors have the hot spot there.
    bits: format === 'ico' ? u16le(bytes, at + 6) : 0,
    offset: u32le(bytes, at + 12),
  };
}

/** As browsers choose: the area, then the depth; the first of equals. */
function isBetter(a: Entry, b: Entry): boolean {
  const difference = a.width * a.height - b.width * b.height;
  return difference === 0 ? a.bits > b.bits : difference > 0;
}

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly trouble: Trouble | undefined;
}

/** The directory says no more than 256; a PNG has its own size. */
function readPicture(bytes: Uint8Array, entry: Entry): Picture {
  const { offset, width, height } = entry;
  if (has(bytes, offset, '\x89PNG\r\n\x1a\n')) return readPngEntry(bytes, entry);
  return { width, height, trouble: checkBitmap(bytes, offset) };
}

/**
 * The lengths of the directory are often wrong, and decoders ignore them: what counts is that the
 * picture itself ends within the file. The mask may be missing.
 */
function checkBitmap(bytes: Uint8Array, offset: number): Trouble | undefined {
  if (offset + 40 > bytes.length)
    return truncated(`the entry at byte ${offset} is beyond the file`);
  const header = readBmpHeader(bytes, offset, true);
  if (typeof header === 'string') return damaged(`the entry at byte ${offset}: ${header}`);
  if (header.coding !== 'raw') return undefined;
  const end = header.end + header.height * rowBytes(header.width, header.bits);
  return end > bytes.length
    ? truncated(
        `the pixels of the entry at byte ${offset} end ${end - bytes.length} bytes beyond the file`,
      )
    : undefined;
}

function readPngEntry(bytes: Uint8Array, { offset, width, height }: Entry): Picture {
  const told = (state: Trouble['state'], detail: string | undefined) => ({
    state,
    detail: `the PNG at byte ${offset}: ${detail}`,
  });
  try {
    const { state, detail, ...png } = readPng(bytes, offset);
    const trouble = state === 'whole' ? undefined : told(state, detail);
    return { width: png.width, height: png.height, trouble };
  } catch (error) {
    if (!(error instanceof TrawlError)) throw error;
    const state = error.code === 'truncated' ? 'truncated' : 'damaged';
    return { width, height, trouble: told(state, error.message) };
  }
}
