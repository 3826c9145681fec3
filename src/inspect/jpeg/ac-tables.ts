/** Tables of the core for AC coefficients: one look-up steps over several, or reads one with its value. */
import { signedBits } from './signed-bits.ts';

/** Bits that one look-up sees (SHIFT in core/sequential.ts). More find more symbols, but build slower. */
export const STEP_BITS = 12;

/** Added to the step of an entry that ends with an end-of-block. */
const END_OF_BLOCK = 128;

/** Coefficients << 6 | bits of one AC symbol. Size 0 ends the block, but for a run of 15 (ZRL). */
function stepOf(symbol: number, length: number): number {
  const run = symbol >> 4;
  const size = symbol & 15;
  const ends = size === 0 && run !== 15;
  return ((ends ? END_OF_BLOCK : run + 1) << 6) | (length + size);
}

/** Value << 14 | coefficients << 6 | bits of one AC symbol whose extra bits lead `extra`. */
function coefficientEntry(symbol: number, length: number, extra: number): number {
  return (signedBits(extra, symbol & 15) << 14) | stepOf(symbol, length);
}

/** By the next {@link STEP_BITS} bits: {@link coefficientEntry} of one coefficient; 0 when they do not hold all of it. */
export function coefficientEntries(counts: Uint8Array, values: Uint8Array): Int32Array {
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

/**
 * By the next {@link STEP_BITS} bits: coefficients << 6 | bits of as many whole symbols, extra bits
 * included, as these bits hold; 0 when not even one does. See {@link END_OF_BLOCK}.
 */
export function stepEntries(counts: Uint8Array, values: Uint8Array): Uint16Array {
  const single = new Uint16Array(1 << STEP_BITS);
  let code = 0;
  let index = 0;
  for (let length = 1; length <= STEP_BITS; length++) {
    for (let n = counts[length - 1]!; n > 0; n--, code++) {
      const symbol = values[index++]!;
      if (length + (symbol & 15) > STEP_BITS) continue;
      const free = STEP_BITS - length;
      single.fill(stepOf(symbol, length), code << free, (code + 1) << free);
    }
    code <<= 1;
  }
  return manySteps(single);
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
      const more = entry >> 6;
      if (entry === 0 || bits + (entry & 63) > STEP_BITS) break;
      // A block holds 63 AC coefficients: a longer sum could be mistaken for an end-of-block.
      if (more < END_OF_BLOCK && count + more > 63) break;
      bits += entry & 63;
      count += more;
    }
    steps[window] = (count << 6) | bits;
  }
  return steps;
}
