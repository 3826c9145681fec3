/** Tables of the core: one look-up steps over several symbols, or tells all of one AC symbol. */

/** Bits that one look-up sees (SHIFT in core/blocks.ts). More find more symbols, but take more cache. */
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

/** Bits of a symbol in a table of AC symbols: of the 57 of a word, behind one there are enough for another. */
const LONGEST_SYMBOL = 26;

/**
 * By the next {@link STEP_BITS} bits: bits of the value << 14 | coefficients << 6 | bits of one AC symbol, those of
 * the value included; 0 when its code is longer, or all of it than {@link LONGEST_SYMBOL}.
 */
export function acSymbolEntries(counts: Uint8Array, values: Uint8Array): Int32Array {
  const entries = new Int32Array(1 << STEP_BITS);
  eachCode(counts, values, (symbol, length, from, to) => {
    const size = symbol & 15;
    if (length + size <= LONGEST_SYMBOL)
      entries.fill((size << 14) | stepOf(symbol, length), from, to);
  });
  return entries;
}

/** Codes of up to {@link STEP_BITS} bits, and the stretch of a table by so many bits that begins with each. */
function eachCode(
  counts: Uint8Array,
  values: Uint8Array,
  use: (symbol: number, length: number, from: number, to: number) => void,
): void {
  let code = 0;
  let index = 0;
  for (let length = 1; length <= STEP_BITS; length++) {
    const free = STEP_BITS - length;
    for (let n = counts[length - 1]!; n > 0; n--, code++) {
      use(values[index++]!, length, code << free, (code + 1) << free);
    }
    code <<= 1;
  }
}

/** In place of a step where the code is longer than the bits that a look-up sees (core/blocks.ts: FULL). */
const UNKNOWN = 64 << 6;
/** Bits of a step: of the 57 that a word holds, two steps leave as many as a look-up sees. */
const LONGEST = 22;

/**
 * By the next {@link STEP_BITS} bits: coefficients << 6 | bits of as many whole AC symbols, extra bits
 * included, as these bits hold; of one symbol when they hold its code. See {@link END_OF_BLOCK}.
 */
export function stepEntries(counts: Uint8Array, values: Uint8Array): Uint16Array {
  return manySteps(singleSteps(counts, values, stepOf));
}

/** By the next {@link STEP_BITS} bits: 1 << 6 | bits of a DC difference, extra bits included. */
export function dcStepEntries(counts: Uint8Array, values: Uint8Array): Uint16Array {
  // A larger size does not exist (T.81, table F.1, and for 12 bits): the core says so.
  return singleSteps(counts, values, (size, length) =>
    size > 16 ? UNKNOWN : (1 << 6) | (length + size),
  );
}

function singleSteps(
  counts: Uint8Array,
  values: Uint8Array,
  step: (symbol: number, length: number) => number,
): Uint16Array {
  const single = new Uint16Array(1 << STEP_BITS).fill(UNKNOWN);
  eachCode(counts, values, (symbol, length, from, to) => {
    const entry = step(symbol, length);
    if ((entry & 63) <= LONGEST) single.fill(entry, from, to);
  });
  return single;
}

/** Joins the symbols that follow one another within the same bits. */
function manySteps(single: Uint16Array): Uint16Array {
  const steps = new Uint16Array(single.length);
  const mask = single.length - 1;
  for (let window = 0; window < single.length; window++) {
    let step = single[window]!;
    let bits = step & 63;
    let count = step >> 6;
    while (bits < STEP_BITS && count < END_OF_BLOCK && step !== UNKNOWN) {
      step = single[(window << bits) & mask]!;
      const more = step >> 6;
      if (bits + (step & 63) > STEP_BITS) break;
      // A block holds 63 AC coefficients: a longer sum could be mistaken for an end-of-block.
      if (more < END_OF_BLOCK && count + more > 63) break;
      bits += step & 63;
      count += more;
    }
    steps[window] = (count << 6) | bits;
  }
  return steps;
}
