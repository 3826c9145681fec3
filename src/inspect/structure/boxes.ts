/** The boxes of ISO base media files (ISO/IEC 14496-12), which HEIF, AVIF, JPEG XL and JPEG 2000 use. */

import { fourcc, u32be, u64be } from './bytes.ts';

export interface Box {
  readonly type: string;
  /** Where the box itself begins. */
  readonly start: number;
  /** The content, `[from, to)`, never beyond the bytes there are. */
  readonly from: number;
  readonly to: number;
  /** Where the box says that it ends. */
  readonly end: number;
}

/**
 * The boxes of `bytes[from, to)`, one after the other. Ends early at a length that cannot be one;
 * a box that reaches beyond `to` is the last. Every box takes at least eight bytes.
 */
export function* boxes(bytes: Uint8Array, from: number, to: number): Generator<Box, void> {
  let at = from;
  while (at + 8 <= to) {
    let length = u32be(bytes, at);
    let header = 8;
    if (length === 1) {
      if (at + 16 > to) return;
      length = u64be(bytes, at + 8);
      header = 16;
    } else if (length === 0) length = to - at;
    if (length < header) return;
    const end = at + length;
    yield {
      type: fourcc(bytes, at + 4),
      start: at,
      from: at + header,
      to: Math.min(end, to),
      end,
    };
    if (end > to) return;
    at = end;
  }
}

/** The first box of a type. */
export function findBox(
  bytes: Uint8Array,
  parent: Pick<Box, 'from' | 'to'>,
  type: string,
  skip = 0,
): Box | undefined {
  for (const box of boxes(bytes, parent.from + skip, parent.to)) {
    if (box.type === type) return box;
  }
  return undefined;
}
