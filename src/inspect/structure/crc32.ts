/** CRC-32 as PNG uses it (ISO 3309, reflected polynomial 0xEDB88320). */
import { zlib } from '../zlib.ts';

/**
 * Table k holds the CRC of a byte followed by k zero bytes ("slicing by 8", Intel 2006). Made when first
 * asked for: few runs of the program need them.
 */
let tables: Int32Array | undefined;

function makeTables(): Int32Array {
  const made = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    made[byte] = crc;
  }
  for (let i = 256; i < made.length; i++) {
    const before = made[i - 256]!;
    made[i] = (before >>> 8) ^ made[before & 255]!;
  }
  return made;
}

/** The platform's takes a tenth of the time, but costs a call. */
const WORTH_CALLING = 64;

/** Of `bytes[from, to)`, unsigned. */
export function crc32(bytes: Uint8Array, from: number, to: number): number {
  const platform = to - from >= WORTH_CALLING ? zlib() : undefined;
  return platform?.crc32?.(bytes.subarray(from, to)) ?? crc32Here(bytes, from, to);
}

/** Eight bytes a step, where the platform has none. */
export function crc32Here(bytes: Uint8Array, from: number, to: number): number {
  tables ??= makeTables();
  const t = tables;
  let crc = -1;
  let at = from;
  for (; at + 8 <= to; at += 8) {
    const low =
      crc ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
    crc =
      t[1792 + (low & 255)]! ^
      t[1536 + ((low >>> 8) & 255)]! ^
      t[1280 + ((low >>> 16) & 255)]! ^
      t[1024 + (low >>> 24)]! ^
      t[768 + bytes[at + 4]!]! ^
      t[512 + bytes[at + 5]!]! ^
      t[256 + bytes[at + 6]!]! ^
      t[bytes[at + 7]!]!;
  }
  for (; at < to; at++) crc = (crc >>> 8) ^ t[(crc ^ bytes[at]!) & 255]!;
  return ~crc >>> 0;
}
