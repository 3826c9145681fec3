/**
 * The LZW of GIF (89a, appendix F) and that of TIFF (6.0, section 13), row by row. In TIFF a code's highest
 * bit comes first, and codes become longer one code earlier.
 *
 * An entry of the table holds the end of its string, up to 8 bytes, and which entry ends with the bytes
 * before them. So a string is stored 8 bytes at a time, without looking at what was put out before, of
 * which nothing has to be kept.
 *
 *     0  the last bytes: as many as there are beyond a multiple of 8, or 8
 *     8  length of the string, 32 bits
 *    12  the entry whose string are the bytes before, 16 bits; of no meaning when the length is below 9
 *    14  the first byte of the string
 */

const CODES: u32 = 4096;
const MOST_BITS: u32 = 12;

/** Entries of 16 bytes; what is called an entry below is its place in bytes. */
const table = memory.data(4096 * 16);
const LENGTH: usize = table + 8;
const BEFORE: usize = table + 12;
const FIRST: usize = table + 14;
/** Of 8 bytes from the length on. */
const BEFORE_MASK: u64 = 0xffff << 32;

/** Without the lengths of blocks between them. */
let source: usize = 0;
/** The next bit of it, as a place in memory. */
let from: usize = 0;
/** Where rows are put. */
let out: usize = 0;
/** Bytes of strings there, and how many of them are those of the row that was asked for last. */
let length: usize = 0;
let taken: usize = 0;

let tiff: bool = false;
/** Bits of a code, now. */
let size: u32 = 0;
/** The code that is given next. */
let next: u32 = 0;
/** Of the string before. */
let previous: usize = 0;

/** What the loop compares with; in registers, these would drive out what it changes. */
const bounds = memory.data(16);
/** Ends of the row and of the source's bits; the code that empties the table; the last one before codes are longer. */
const ROW_END: usize = bounds;
const BITS_END: usize = bounds + 4;
const CLEAR: usize = bounds + 8;
const LONGER: usize = bounds + 12;

/**
 * @param data room for as many bytes as {@link lzwFeed} is told of, and 3 behind them
 * @param rows room for the widest row and 4104 bytes: a string may begin in its last one
 * @param pixelBits 2–8; 0 is the LZW of TIFF
 */
export function lzwBegin(data: usize, rows: usize, pixelBits: u32): void {
  source = data;
  from = data << 3;
  store<usize>(BITS_END, from);
  out = rows;
  length = 0;
  taken = 0;
  tiff = pixelBits === 0;
  const clear: u32 = tiff ? 256 : 1 << pixelBits;
  store<u32>(CLEAR, clear);
  for (let code: u32 = 0; code < clear; code++) {
    const entry: usize = code << 4;
    store<u64>(entry, code, table);
    store<u64>(entry, 1 | ((<u64>code) << 48), LENGTH);
  }
  restart();
}

function restart(): void {
  const clear = load<u32>(CLEAR);
  setSize(32 - clz(clear));
  // The next string is added to any: that gets the code behind `clear`, which stands for no string.
  next = clear + 1;
  previous = 0;
}

function setSize(bits: u32): void {
  size = bits;
  const last: u32 = (1 << bits) - (tiff ? 2 : 1);
  store<u32>(LONGER, bits < MOST_BITS ? last : CODES);
}

/** Whole bytes of the source that are done with. */
export function lzwUsed(): usize {
  return (from >> 3) - source;
}

/** The source holds so many bytes now, the first of which is what was the first that is not done with. */
export function lzwFeed(bytes: usize): void {
  from = (source << 3) | (from & 7);
  store<usize>(BITS_END, (source + bytes) << 3);
}

/**
 * Puts the next row of `width` pixels in its place. Returns 1 when it is there, 0 when the source has to
 * be fed before, −1 when the data end or make no sense.
 */
export function lzwRow(width: usize): i32 {
  if (taken > 0) {
    memory.copy(out, out + taken, length - taken);
    length -= taken;
    taken = 0;
  }
  store<usize>(ROW_END, out + width);
  // The loop twice, each without what only the other one needs.
  const result = tiff ? inline.always(readCodes(true)) : inline.always(readCodes(false));
  if (result === 1) taken = width;
  return result;
}

function readCodes(high: bool): i32 {
  // Of the module's variables, those that the loop changes are held here meanwhile.
  let at = out + length;
  let bit = from;
  let bits = size;
  let given = next;
  let last = previous;
  let result = 1;
  while (at < load<usize>(ROW_END)) {
    if (bit + bits > load<usize>(BITS_END)) {
      result = 0;
      break;
    }
    const word = load<u32>(bit >> 3);
    const code = high
      ? (bswap<u32>(word) << (<u32>bit & 7)) >> (32 - bits)
      : (word >> (<u32>bit & 7)) & ((1 << bits) - 1);
    bit += bits;
    if (code - load<u32>(CLEAR) < 2) {
      if (code !== load<u32>(CLEAR)) {
        result = -1;
        break;
      }
      restart();
      given = next;
      last = previous;
      bits = size;
      continue;
    }
    if (code > given) {
      result = -1;
      break;
    }
    const entry: usize = code << 4;
    if (given < CODES) {
      // The string before and the first byte of this one, which may be that very string.
      const first = <u64>load<u8>(code < given ? entry : last, FIRST);
      const rest = load<u64>(last, LENGTH);
      const over = rest & 7;
      const added: usize = given << 4;
      if (over !== 0) {
        store<u64>(added, load<u64>(last, table) | (first << (over << 3)), table);
        store<u64>(added, rest + 1, LENGTH);
      } else {
        store<u64>(added, first, table);
        store<u64>(added, ((rest & ~BEFORE_MASK) | ((<u64>last) << 28)) + 1, LENGTH);
      }
      if (given === load<u32>(LONGER)) setSize(++bits);
      given++;
    } else if (high) {
      // No writer goes on with a full table.
      result = -1;
      break;
    }
    last = entry;
    const count = <usize>load<u32>(entry, LENGTH);
    let to = at + ((count - 1) & ~7);
    store<u64>(to, load<u64>(entry, table));
    for (let part = entry; to > at; ) {
      part = (<usize>load<u16>(part, BEFORE)) << 4;
      to -= 8;
      store<u64>(to, load<u64>(part, table));
    }
    at += count;
  }
  from = bit;
  size = bits;
  next = given;
  previous = last;
  length = at - out;
  return result;
}
