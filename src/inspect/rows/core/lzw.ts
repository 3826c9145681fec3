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
 *    12  the entry whose string are the bytes before, 16 bits; none when the length is below 9
 *    14  the first byte of the string
 */

const NONE: u32 = 0xffff;
const CODES: u32 = 4096;

let table: usize = 0;
/** Without the lengths of blocks between them. */
let source: usize = 0;
/** Of the source: how many there are, how many are read. */
let bits: usize = 0;
let bit: usize = 0;
/** Where rows are put. */
let out: usize = 0;
/** Bytes of strings there, and how many of them are those of the row that was asked for last. */
let length: usize = 0;
let taken: usize = 0;

let clear: u32 = 0;
let tiff: bool = false;
/** Bits of a code, now. */
let size: u32 = 0;
/** The code that is given next. */
let next: u32 = 0;
let previous: u32 = NONE;

/**
 * @param entries room for 64 KB
 * @param data room for as many bytes as {@link lzwFeed} is told of, and 3 behind them
 * @param rows room for the widest row and 4104 bytes: a string may begin in its last one
 * @param pixelBits 2–8; 0 is the LZW of TIFF
 */
export function lzwBegin(entries: usize, data: usize, rows: usize, pixelBits: u32): void {
  table = entries;
  source = data;
  out = rows;
  bits = 0;
  bit = 0;
  length = 0;
  taken = 0;
  tiff = pixelBits === 0;
  clear = tiff ? 256 : 1 << pixelBits;
  restart();
  for (let code: u32 = 0; code < clear; code++) {
    const entry = table + ((<usize>code) << 4);
    store<u64>(entry, code);
    store<u32>(entry, 1, 8);
    store<u16>(entry, NONE, 12);
    store<u8>(entry, code, 14);
  }
}

function restart(): void {
  size = 32 - clz(clear);
  next = clear + 2;
  previous = NONE;
}

/** Whole bytes of the source that are done with. */
export function lzwUsed(): usize {
  return bit >> 3;
}

/** The source holds so many bytes now, the first of which is what was the first that is not done with. */
export function lzwFeed(bytes: usize): void {
  bit &= 7;
  bits = bytes << 3;
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
  // Of the module's variables, those that the loop changes are held here meanwhile.
  let at = out + length;
  let from = bit;
  let given = next;
  let last = previous;
  let mask: u32 = (1 << size) - 1;
  let entry = table + ((<usize>last) << 4);
  let result = 1;
  const end = out + width;
  const high = tiff;
  const early: u32 = high ? 1 : 0;
  while (at < end) {
    if (from + size > bits) {
      result = 0;
      break;
    }
    const word = load<u32>(source + (from >> 3));
    const code = high
      ? (bswap<u32>(word) << (<u32>from & 7)) >> (32 - size)
      : (word >> (<u32>from & 7)) & mask;
    from += size;
    if (code === clear) {
      restart();
      given = next;
      last = NONE;
      mask = (1 << size) - 1;
      continue;
    }
    if (last === NONE) {
      // The first code stands for a pixel.
      if (code > clear) {
        result = -1;
        break;
      }
    } else {
      if (code > given || code === clear + 1) {
        result = -1;
        break;
      }
      if (given < CODES) {
        // The string before and the first byte of this one, which may be that very string.
        const first = load<u8>(code < given ? table + ((<usize>code) << 4) : entry, 14);
        const before = load<u32>(entry, 8);
        const added = table + ((<usize>given) << 4);
        const over = before & 7;
        const whole = over === 0;
        store<u64>(added, whole ? <u64>first : load<u64>(entry) | ((<u64>first) << (over << 3)));
        store<u32>(added, before + 1, 8);
        store<u16>(added, whole ? last : load<u16>(entry, 12), 12);
        store<u8>(added, load<u8>(entry, 14), 14);
        if (given + early === mask && size < 12) {
          size++;
          mask = (1 << size) - 1;
        }
        given++;
      } else if (high) {
        // No writer goes on with a full table.
        result = -1;
        break;
      }
    }
    last = code;
    entry = table + ((<usize>code) << 4);
    const count = <usize>load<u32>(entry, 8);
    let to = at + ((count - 1) & ~7);
    store<u64>(to, load<u64>(entry));
    for (let part = entry; to > at; ) {
      part = table + ((<usize>load<u16>(part, 12)) << 4);
      to -= 8;
      store<u64>(to, load<u64>(part));
    }
    at += count;
  }
  bit = from;
  next = given;
  previous = last;
  length = at - out;
  if (result === 1) taken = width;
  return result;
}
