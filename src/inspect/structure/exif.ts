/** The orientation tag of an EXIF block (Exif 2.32, 4.6.4; the block is a small TIFF file). */

import { has, u16be, u16le, u32be, u32le } from './bytes.ts';

const ORIENTATION = 0x0112;
const SHORT = 3;

/** The tag of the first directory, 1–8. Undefined for anything that is not exactly right. */
export function exifOrientation(block: Uint8Array): number | undefined {
  const little = has(block, 0, 'II*\0');
  if (!little && !has(block, 0, 'MM\0*')) return undefined;
  const u16 = little ? u16le : u16be;
  const u32 = little ? u32le : u32be;

  const directory = u32(block, 4);
  const entries = u16(block, directory);
  for (let i = 0, at = directory + 2; i < entries && at + 12 <= block.length; i++, at += 12) {
    if (u16(block, at) !== ORIENTATION) continue;
    const value = u16(block, at + 8);
    const known = u16(block, at + 2) === SHORT && value >= 1 && value <= 8;
    return known ? value : undefined;
  }
  return undefined;
}
