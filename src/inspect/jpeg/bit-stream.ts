/**
 * Entropy-coded data without its byte stuffing, as bits (ITU-T T.81, B.1.1.5 and F.1.2.3), and the
 * reading of single symbols. Hot loops keep the position in a local variable; see blocks.ts.
 */
import { type HuffmanTable, SYMBOL_BITS } from './huffman.ts';

/**
 * Zero bytes kept after the data: a hostile MCU of 10 blocks takes at most 10 × 64 × 31 bits, and the
 * end is only checked after each MCU.
 */
const MARGIN = 4096;
/** A buffer larger than this is not kept for the next image. */
const KEPT = 8 << 20;

let scratch = new Uint8Array(1 << 20);

/** One stretch of entropy-coded data, between two markers. */
export interface BitStream {
  /** Big-endian words at any byte; zero beyond the end. */
  readonly view: DataView;
  /** Bits of data. */
  readonly end: number;
  /** Of the next bit. */
  at: number;
  /** Where, in the file, the marker lies that ended it (its 0xFF); the file's length without one. */
  readonly markerAt: number;
  /** The marker's second byte; 0 when the file ended instead. */
  readonly marker: number;
}

/** Takes the stuffing out of the data from `from` to the next marker. Valid until the next call. */
export function openBits(file: Uint8Array, from: number): BitStream {
  const room = file.length - from + MARGIN;
  if (scratch.length < room || (scratch.length > KEPT && room <= KEPT)) {
    scratch = new Uint8Array(Math.max(room, 1 << 20));
  }
  const out = scratch;
  const view = new DataView(out.buffer);
  const source = new DataView(file.buffer, file.byteOffset, file.length);
  let at = from;
  let length = 0;
  while (at < file.length) {
    // Four bytes at a time while none of them is 0xFF: copying the stretches between (some 250 bytes)
    // by calls takes a third longer.
    for (; at + 4 <= file.length; at += 4, length += 4) {
      const word = source.getUint32(at);
      if ((word & 0x80808080 & ((word & 0x7f7f7f7f) + 0x01010101)) !== 0) break;
      view.setUint32(length, word);
    }
    while (at < file.length && file[at] !== 0xff) out[length++] = file[at++]!;
    if (at >= file.length) break;
    let next = at + 1;
    while (file[next] === 0xff) next++;
    if (file[next] !== 0)
      return close(out, view, length, next < file.length ? next - 1 : undefined, file);
    out[length++] = 0xff;
    at = next + 1;
  }
  return close(out, view, length, undefined, file);
}

function close(
  out: Uint8Array,
  view: DataView,
  length: number,
  markerAt: number | undefined,
  file: Uint8Array,
): BitStream {
  out.fill(0, length, length + MARGIN);
  return {
    view,
    end: length * 8,
    at: 0,
    markerAt: markerAt ?? file.length,
    marker: markerAt === undefined ? 0 : file[markerAt + 1]!,
  };
}

/** The next 25 bits or more, left-aligned in 32; the bits below them are not valid. */
export function peek(view: DataView, at: number): number {
  return view.getUint32(at >>> 3) << (at & 7);
}

/** Code length << 8 | symbol of the code at the head of `word`; 0 when there is no such code. */
export function symbolAt(table: HuffmanTable, word: number): number {
  return table.symbols[word >>> (32 - SYMBOL_BITS)]! || longSymbol(table, word);
}

function longSymbol({ limits, bases, values }: HuffmanTable, word: number): number {
  const code = word >>> 16;
  for (let length = 1; length <= 16; length++) {
    if (code >= limits[length]!) continue;
    return (length << 8) | values[(code >>> (16 - length)) + bases[length]!]!;
  }
  return 0;
}

/** Thrown inside this folder when the data hold a code that no table knows, or end. */
export class InvalidCode extends Error {}
