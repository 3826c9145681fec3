/** Tables by which the codes of a block of Deflate are found; see inflate.ts for what an entry is. */

export const LITERAL: u32 = 1 << 4;
/** The code is longer than the table's first part knows. */
export const MORE: u32 = 1 << 5;
/** The block ends. */
export const STOP: u32 = 1 << 6;

/** Symbols that have a code in blocks without tables of their own, and no meaning. */
const NONE: u32 = 0xffff_ffff;

const MAX_BITS: u32 = 15;

/** Number of codes by length, and the next one of each. */
const counts = memory.data(64);
const codes = memory.data(64);

/** Least lengths (257–285) and distances, and their extra bits (RFC 1951, 3.2.5). */
const LENGTH_BASES = memory.data<u16>([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
  163, 195, 227, 258,
]);
const LENGTH_EXTRAS = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
]);

/**
 * Returns false when there are more codes than their lengths allow, or fewer.
 * @param root bits that the first part is looked up by
 * @param kind of symbols: 0 as they are, 1 literals and lengths, 2 distances
 */
export function buildTable(table: usize, root: u32, lengths: usize, symbols: u32, kind: u32): bool {
  memory.fill(counts, 0, 64);
  for (let i: usize = 0; i < symbols; i++) {
    const at = counts + ((<usize>load<u8>(lengths + i)) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  const used = symbols - load<u32>(counts);
  let code: u32 = 0;
  let left: i32 = 1;
  for (let length: u32 = 1; length <= MAX_BITS; length++) {
    store<u32>(codes + (length << 2), code);
    const count = load<u32>(counts + (length << 2));
    left = (left << 1) - <i32>count;
    if (left < 0) return false;
    code = (code + count) << 1;
  }
  // As zlib has it, which takes a single code of one bit, and none at all until one is met.
  const single = used === 1 && load<u32>(counts, 4) === 1;
  if (left > 0 && used > 0 && (kind === 0 || !single)) return false;
  memory.fill(table, 0, 4 << root);
  const deep = MAX_BITS - root;
  let free: u32 = 1 << root;
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const length: u32 = load<u8>(lengths + symbol);
    if (length === 0) continue;
    const at = codes + (length << 2);
    const own = load<u32>(at);
    store<u32>(at, own + 1);
    const code = reversed(own, length);
    const what = entryOf(kind, symbol);
    const entry = what === NONE ? 0 : what | length;
    if (length <= root) {
      for (let i = code; i < 1 << root; i += 1 << length) store<u32>(table + (i << 2), entry);
      continue;
    }
    const first = table + ((code & ((1 << root) - 1)) << 2);
    if (load<u32>(first) === 0) {
      store<u32>(first, (free << 16) | MORE);
      memory.fill(table + (free << 2), 0, 4 << deep);
      free += 1 << deep;
    }
    const part = load<u32>(first) >> 16;
    for (let i = code >> root; i < 1 << deep; i += 1 << (length - root)) {
      store<u32>(table + ((part + i) << 2), entry);
    }
  }
  return true;
}

function entryOf(kind: u32, symbol: u32): u32 {
  if (kind === 0) return symbol << 16;
  if (kind === 1) {
    if (symbol < 256) return (symbol << 16) | LITERAL;
    if (symbol === 256) return STOP;
    const i = symbol - 257;
    if (i > 28) return NONE;
    const base = <u32>load<u16>(LENGTH_BASES + (i << 1));
    return (base << 16) | ((<u32>load<u8>(LENGTH_EXTRAS + i)) << 8);
  }
  if (symbol > 29) return NONE;
  const extra = symbol < 2 ? 0 : (symbol >> 1) - 1;
  const base = symbol < 2 ? 1 + symbol : 1 + ((2 + (symbol & 1)) << extra);
  return (base << 16) | (extra << 8);
}

function reversed(code: u32, bits: u32): u32 {
  let result: u32 = 0;
  for (let i: u32 = 0; i < bits; i++) result |= ((code >> i) & 1) << (bits - 1 - i);
  return result;
}
