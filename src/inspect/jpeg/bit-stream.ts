/**
 * Entropy-coded data without its byte stuffing, as bits (ITU-T T.81, B.1.1.5 and F.1.2.3), and the
 * reading of single symbols. Hot loops keep the position in a local variable.
 */
import { type HuffmanTable, SYMBOL_BITS } from './huffman.ts';
import { unstuffed } from './memory.ts';

/** One stretch of entropy-coded data, between two markers. */
export interface BitStream {
  /** The core's memory. The data lie in it backwards (core/bits.ts); zeros follow them. */
  readonly view: DataView;
  /** Where the word of 64 bits lies that begins with the first bit. */
  readonly top: number;
  /** Bits of data. */
  readonly end: number;
  /** Of the next bit. */
  at: number;
  /** Where, in the file, the marker lies that ended it (its 0xFF); the file's length without one. */
  readonly markerAt: number;
  /** The marker's second byte; 0 when the file ended instead. */
  readonly marker: number;
}

/** Takes the stuffing out of the file's data from `from` to the next marker. Valid until the next call. */
export function openBits(file: Uint8Array, from: number): BitStream {
  const { view, top, length, markerAt } = unstuffed(file, from);
  return { view, top, end: length * 8, at: 0, markerAt, marker: file[markerAt + 1] ?? 0 };
}

/** The next 25 bits or more, left-aligned in 32; the bits below them are not valid. */
export function peek({ view, top }: BitStream, at: number): number {
  return view.getUint32(top + 4 - (at >>> 3), true) << (at & 7);
}

/** Moves on to where the core has come; its answer is the complement where it met an invalid code. */
export function proceed(bits: BitStream, to: number): void {
  bits.at = to < 0 ? ~to : to;
  if (to < 0) throw new InvalidCode();
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
