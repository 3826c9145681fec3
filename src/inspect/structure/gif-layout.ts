/** How the blocks of a GIF (89a) lie one behind the other. */

/** The logical screen's descriptor and the signature before it. */
export const HEADER_LENGTH = 13;
export const EXTENSION = 0x21;
export const IMAGE = 0x2c;
export const TRAILER = 0x3b;
export const GRAPHIC_CONTROL = 0xf9;
export const APPLICATION = 0xff;
export const COMMENT = 0xfe;
export const INTERLACE_FLAG = 0x40;

const TABLE_FLAG = 0x80;

/** Bytes of the colour table that the flags of the screen or of a frame announce; 0 without one. */
export function tableSize(flags: number): number {
  return flags & TABLE_FLAG ? 3 << ((flags & 7) + 1) : 0;
}

/** The offset behind the terminator; undefined when the file ends before it. */
export function skipSubBlocks(bytes: Uint8Array, start: number): number | undefined {
  let at = start;
  for (;;) {
    const length = bytes[at];
    if (length === undefined) return undefined;
    at += 1 + length;
    if (length === 0) return at;
  }
}
