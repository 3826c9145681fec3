/** Tables by which the codes of a block of Deflate are found; see inflate.ts for what an entry is. */

/** The code is longer than the table's first part knows. */
export const MORE: u64 = 1 << 6;
/** Not a literal, nor a length or distance that is told by the base alone and the extra bits. */
export const ODD: u64 = 1 << 7;
/** There is no such code. */
export const NONE: u64 = 1 << 29;
/** The block ends. */
export const STOP: u64 = 1 << 30;
/** In the sign of the lower half. */
export const LITERAL: u64 = 0x8000_0000;

/** Bits below the next one in the register that is moved on by entries. */
export const LEFT: u32 = 3;

/** Kinds of symbols. */
export const PLAIN: u32 = 0;
export const LENGTHS: u32 = 1;
export const DISTANCES: u32 = 2;

const MAX_BITS: u32 = 15;

/** Least lengths (257–285) and distances, and their extra bits (RFC 1951, 3.2.5). */
const LENGTH_BASES = memory.data<u16>([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
  163, 195, 227, 258,
]);
const LENGTH_EXTRAS = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
]);

/** Number of codes by length, and where the next symbol of each is put. */
const counts = memory.data(64);
const places = memory.data(64);
/** Symbols that have a code, the shortest first: 16 bits each, of 320 at most. */
const sorted = memory.data(640);
/** Codes of lengths that have extra bits, 16 bits each. */
const spread = memory.data(64);

/**
 * Returns false when there are more codes than their lengths allow, or fewer.
 * @param root bits that the first part is looked up by
 */
export function buildTable(table: usize, root: u32, lengths: usize, symbols: u32, kind: u32): bool {
  if (!sort(lengths, symbols, kind)) return false;
  // A part of 2^n entries holds all codes of n bits: twice that, and one more bit tells those apart that follow.
  store<u64>(table, ODD | NONE);
  let from = sorted;
  let code: u32 = 0;
  let length: u32 = 1;
  let spreads = spread;
  for (; length <= root; length++) {
    const half = (<usize>4) << length;
    memory.copy(table + half, table, half);
    for (const end = endOf(from, length); from < end; from += 2) {
      const what = meaningOf(kind, load<u16>(from));
      const extra = <u32>what & 15;
      const odd = kind === LENGTHS && extra > 0;
      store<u64>(table + (code << 3), withCode(what, length) | (odd ? ODD : 0));
      if (odd && length + extra <= root) {
        store<u16>(spreads, code);
        spreads += 2;
      }
      code = next(code, length);
    }
  }
  for (let at = spread; at < spreads; at += 2) spreadLengths(table, root, load<u16>(at));
  fillDeepParts(table, root, from, code, kind);
  return true;
}

/** Codes that are longer than `root`, by parts of all those that begin with the same bits. */
function fillDeepParts(table: usize, root: u32, from: usize, code: u32, kind: u32): void {
  const deep = MAX_BITS - root;
  let part: u32 = 0;
  let free: u32 = 1 << root;
  let before: u32 = -1;
  for (let length = root + 1; length <= MAX_BITS; length++) {
    const rest = length - root;
    for (const end = endOf(from, length); from < end; from += 2) {
      const first = code & ((1 << root) - 1);
      if (first !== before) {
        before = first;
        part = free;
        free += 1 << deep;
        store<u64>(table + (first << 3), (part << 16) | ODD | MORE | root);
      }
      const entry = withCode(meaningOf(kind, load<u16>(from)), rest);
      for (let i = code >> root; i < 1 << deep; i += 1 << rest) {
        store<u64>(table + ((part + i) << 3), entry);
      }
      code = next(code, length);
    }
  }
}

/** Sorts the symbols that have a code. */
function sort(lengths: usize, symbols: u32, kind: u32): bool {
  memory.fill(counts, 0, 64);
  for (let i: usize = 0; i < symbols; i++) {
    const at = counts + ((<usize>load<u8>(lengths + i)) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  const used = symbols - load<u32>(counts);
  let place = sorted;
  let left: i32 = 1;
  for (let length: u32 = 1; length <= MAX_BITS; length++) {
    left = (left << 1) - <i32>load<u32>(counts + (length << 2));
    if (left < 0) return false;
    store<usize>(places + (length << 2), place);
    place = endOf(place, length);
  }
  for (let i: u32 = 0; i < symbols; i++) {
    const length = <usize>load<u8>(lengths + i);
    if (length === 0) continue;
    const at = load<usize>(places + (length << 2));
    store<u16>(at, i);
    store<usize>(places + (length << 2), at + 2);
  }
  // As zlib has it, which takes a single code of one bit, and none at all until one is met.
  const single = used === 1 && load<u32>(counts, 4) === 1;
  return left === 0 || used === 0 || (kind !== PLAIN && single);
}

/** Behind the symbols with codes of this length, of which the first is at `from`. */
function endOf(from: usize, length: u32): usize {
  return from + (load<u32>(counts + (length << 2)) << 1);
}

/** The code that is given after a code, of the same length or a longer one; the first bit is the lowest. */
function next(code: u32, length: u32): u32 {
  const zeros = code ^ ((1 << length) - 1);
  if (zeros === 0) return 0;
  const bit: u32 = 1 << (31 - clz(zeros));
  return (code & (bit - 1)) | bit;
}

/** The entry of a symbol that needs no bits for its code. */
function meaningOf(kind: u32, symbol: u32): u64 {
  if (kind === PLAIN) return symbol << 16;
  if (kind === LENGTHS) {
    if (symbol < 256) return (symbol << 16) | LITERAL;
    if (symbol === 256) return ODD | STOP;
    const i = symbol - 257;
    // Such symbols have a code in blocks without tables of their own, and no meaning.
    if (i > 28) return ODD | NONE;
    return withExtra(load<u16>(LENGTH_BASES + (i << 1)), load<u8>(LENGTH_EXTRAS + i));
  }
  if (symbol > 29) return ODD | NONE;
  const extra = symbol < 2 ? 0 : (symbol >> 1) - 1;
  return withExtra(symbol < 2 ? 1 + symbol : 1 + ((2 + (symbol & 1)) << extra), extra);
}

function withExtra(base: u32, extra: u32): u64 {
  return ((<u64>((1 << extra) - 1)) << 32) | (base << 16) | extra;
}

function withCode(meaning: u64, bits: u32): u64 {
  return meaning + (((bits + LEFT) << 8) | bits);
}

/** Has the table tell the whole of a length: of what is looked up, the bits behind the code are the extra ones. */
function spreadLengths(table: usize, root: u32, code: u32): void {
  const entry = load<u64>(table + (code << 3));
  const bits = (<u32>(entry >> 8) & 31) - LEFT;
  const mask = <u32>(entry >> 32);
  const whole = entry & 0xffff_ffff & ~ODD;
  for (let i = code; i < 1 << root; i += 1 << bits) {
    store<u64>(table + (i << 3), whole + (((i >> bits) & mask) << 16));
  }
}
