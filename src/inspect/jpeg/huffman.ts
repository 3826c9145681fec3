/**
 * Huffman tables (ITU-T T.81, annex C and F.2.2.3) in three forms: symbol by symbol, with a slow way
 * for long codes, and a form that steps over several AC coefficients in one look-up.
 */

import { signedBits } from './signed-bits.ts';

/** Bits that one look-up of `symbols` sees. Longer codes are rare and go the slow way. */
export const SYMBOL_BITS = 10;
/**
 * Bits that one look-up of `steps` sees. A word read at any bit holds 25 valid ones, so two look-ups
 * of 12 bits come from each word; that beat one look-up of 13–16 bits a word, and builds faster.
 */
export const STEP_BITS = 12;

/** Added to the step of an entry that ends with an end-of-block. */
export const END_OF_BLOCK = 128;

export interface HuffmanTable {
  /** By the next {@link SYMBOL_BITS} bits: code length << 8 | symbol; 0 for long or invalid codes. */
  readonly symbols: Uint16Array;
  /** By code length (1–16): first code after the last one of this length, left-aligned to 16 bits. */
  readonly limits: Int32Array;
  /** By code length: add to a code, right-aligned, for the index of its symbol. */
  readonly bases: Int32Array;
  readonly values: Uint8Array;
  /**
   * By the next {@link STEP_BITS} bits: coefficients << 5 | bits of as many whole AC symbols, extra
   * bits included, as these bits hold; 0 when not even one does. See {@link END_OF_BLOCK}.
   */
  readonly steps: Uint16Array;
  /**
   * By the next {@link STEP_BITS} bits: {@link coefficientEntry} of one AC coefficient; 0 when they do
   * not hold all of it. Made when first asked for.
   */
  coefficients(): Int32Array;
}

/** Tables by their definition: most files use those of the standard's annex K. */
const known = new Map<string, HuffmanTable>();
/** 10 KiB each. */
const KNOWN_MAX = 64;

/**
 * The table of a DHT segment: `counts` codes of each length 1–16, then their symbols.
 * Returns undefined when the codes do not fit into their bits.
 */
export function huffmanTable(counts: Uint8Array, values: Uint8Array): HuffmanTable | undefined {
  const key = `${counts}:${values}`;
  let table = known.get(key);
  if (!table) {
    table = build(counts.slice(), values.slice());
    if (!table) return undefined;
    if (known.size >= KNOWN_MAX) known.delete(known.keys().next().value!);
    known.set(key, table);
  }
  return table;
}

function build(counts: Uint8Array, values: Uint8Array): HuffmanTable | undefined {
  const limits = new Int32Array(17);
  const bases = new Int32Array(17);
  const symbols = new Uint16Array(1 << SYMBOL_BITS);
  const single = new Uint16Array(1 << STEP_BITS);
  let code = 0;
  let index = 0;
  for (let length = 1; length <= 16; length++) {
    bases[length] = index - code;
    for (let n = counts[length - 1]!; n > 0; n--, code++, index++) {
      if (code >= 1 << length) return undefined;
      const symbol = values[index]!;
      fill(symbols, SYMBOL_BITS, code, length, (length << 8) | symbol);
      fill(single, STEP_BITS, code, length + (symbol & 15), stepOf(symbol, length), length);
    }
    limits[length] = code << (16 - length);
    code <<= 1;
  }
  let entries: Int32Array | undefined;
  const coefficients = () => {
    entries ??= coefficientEntries(counts, values);
    return entries;
  };
  return { symbols, limits, bases, values, steps: manySteps(single), coefficients };
}

/** Sets all entries of `table` that begin with `code`, when the `used` bits fit into the look-up. */
function fill(
  table: Uint16Array,
  bits: number,
  code: number,
  used: number,
  entry: number,
  length = used,
): void {
  if (used > bits) return;
  const free = bits - length;
  table.fill(entry, code << free, (code + 1) << free);
}

/** Coefficients << 5 | bits of one AC symbol. Size 0 ends the block, but for a run of 15 (ZRL). */
export function stepOf(symbol: number, length: number): number {
  const run = symbol >> 4;
  const size = symbol & 15;
  const ends = size === 0 && run !== 15;
  return ((ends ? END_OF_BLOCK : run + 1) << 5) | (length + size);
}

/** Value << 13 | coefficients << 5 | bits of one AC symbol whose extra bits lead `extra`. */
export function coefficientEntry(symbol: number, length: number, extra: number): number {
  return (signedBits(extra, symbol & 15) << 13) | stepOf(symbol, length);
}

function coefficientEntries(counts: Uint8Array, values: Uint8Array): Int32Array {
  const entries = new Int32Array(1 << STEP_BITS);
  let code = 0;
  let index = 0;
  for (let length = 1; length <= STEP_BITS; length++) {
    for (let n = counts[length - 1]!; n > 0; n--, code++) {
      const symbol = values[index++]!;
      const size = symbol & 15;
      if (length + size > STEP_BITS) continue;
      const free = STEP_BITS - length - size;
      for (let extra = 0; extra < 1 << size; extra++) {
        const from = ((code << size) | extra) << free;
        const entry = coefficientEntry(symbol, length, size === 0 ? 0 : extra << (32 - size));
        entries.fill(entry, from, from + (1 << free));
      }
    }
    code <<= 1;
  }
  return entries;
}

/** Joins the symbols that follow one another within the same bits. */
function manySteps(single: Uint16Array): Uint16Array {
  const steps = new Uint16Array(single.length);
  const mask = single.length - 1;
  for (let window = 0; window < single.length; window++) {
    let bits = 0;
    let count = 0;
    while (count < END_OF_BLOCK) {
      const entry = single[(window << bits) & mask]!;
      const more = entry >> 5;
      if (entry === 0 || bits + (entry & 31) > STEP_BITS) break;
      // A block holds 63 AC coefficients: a longer sum could be mistaken for an end-of-block.
      if (more < END_OF_BLOCK && count + more > 63) break;
      bits += entry & 31;
      count += more;
    }
    steps[window] = (count << 5) | bits;
  }
  return steps;
}
