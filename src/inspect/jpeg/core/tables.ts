/**
 * Huffman codes that are longer than a look-up, or followed by more bits than it sees. A table lies in
 * memory as huffman.ts writes it: by code length 0–16 the first code after the last one of this length,
 * left-aligned to 16 bits; by code length what to add to a code for the index of its symbol; the symbols.
 */

const BASES: usize = 17 * 4;
const SYMBOLS: usize = 2 * 17 * 4;

/** Added to the count of an entry that ends with an end-of-block. */
const END_OF_BLOCK = 128;

/** Code length << 8 | symbol of the code at the head of `word`; 0 when there is no such code. */
export function symbolAt(table: usize, word: u64): u32 {
  const code = <i32>(word >> 48);
  for (let length = 1; length <= 16; length++) {
    const row = (<usize>length) << 2;
    if (code >= load<i32>(table + row)) continue;
    const index = (code >> (16 - length)) + load<i32>(table + row, BASES);
    return (length << 8) | load<u8>(table + index, SYMBOLS);
  }
  return 0;
}

/** What {@link symbolAt} returns; `symbols` has it by the next 10 bits, or 0 for longer codes. */
export function symbolOf(symbols: usize, table: usize, word: u64): u32 {
  const symbol: u32 = load<u16>(symbols + ((<usize>(word >> 54)) << 1));
  return symbol !== 0 ? symbol : symbolAt(table, word);
}

/** Coefficients << 6 | bits of the AC symbol at the head of `word`; 0 when there is no such code. */
export function stepAt(table: usize, word: u64): u32 {
  const symbol = symbolAt(table, word);
  return symbol === 0 ? 0 : stepOf(symbol);
}

/** What a table of AC symbols has of those with shorter codes. Where there is no such code, the block ends. */
export function longAcSymbol(codes: usize, word: u64): u32 {
  const symbol = symbolAt(codes, word);
  return ((symbol & 15) << 14) | stepOf(symbol);
}

/** @param symbol as {@link symbolAt} returns it */
function stepOf(symbol: u32): u32 {
  const run = (symbol >> 4) & 15;
  const size = symbol & 15;
  const count = size === 0 && run !== 15 ? END_OF_BLOCK : run + 1;
  return (count << 6) | ((symbol >> 8) + size);
}

/** The signed value of `size` extra bits (0–16) at the head of `word` (T.81, F.2.2.1). */
export function signedBits(word: u64, size: u32): i32 {
  const bits = <i32>((word >> 1) >> (63 - size));
  // 0 when the leading bit is set, −1 when the value is negative: no branch, as the sign is a coin toss.
  const negative = ((bits << 1) >> size) - 1;
  return bits + (negative & (1 - (1 << size)));
}
