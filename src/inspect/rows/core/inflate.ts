/**
 * Deflate (RFC 1951), piece by piece: data are fed, and what they hold is put out behind the 32 KB before it.
 *
 * The next bits are kept in a register of 64, filled up to at least 56 without a branch: enough for a length
 * and a distance with all their extra bits (48), or three literals. Codes are found in a table by their first
 * bits; the longer ones in a second part of it, which the entry in the first names. An entry is
 *
 *     bits 0–3    length of the code
 *     bits 4–7    what it is
 *     bits 8–15   extra bits
 *     bits 16–31  the literal, the least length or distance, or the place of the second part
 *
 * and 0 where there is no such code.
 */
import { buildTable, LITERAL, MORE, STOP } from './inflate-table';

/** Room that {@link inflateBegin} is given: tables, then lengths of codes. */
const LITERAL_ROOT: u32 = 10;
const DISTANCE_ROOT: u32 = 8;
const DISTANCES: usize = 48 << 10;
const LENGTHS: usize = 72 << 10;

const WINDOW: usize = 32 << 10;
/** Longest string, and the bytes that are copied too far. */
const SLACK: usize = 258 + 8;
/** The longest description of a block's codes, and some. */
const HEADER: usize = 1024;

const BLOCK: u32 = 0;
const STORED: u32 = 1;
const CODED: u32 = 2;
const DONE: u32 = 3;

let tables: usize = 0;
let source: usize = 0;
/** Behind the bytes that were fed. */
let end: usize = 0;
/** No more will be fed. */
let final: bool = false;
/** Next byte to be taken into the register. */
let from: usize = 0;
let bits: u64 = 0;
let count: u32 = 0;
/** Where the 32 KB begin, where the next byte is put, and where there is no more room. */
let start: usize = 0;
let to: usize = 0;
let limit: usize = 0;

let state: u32 = BLOCK;
let last: bool = false;
/** Bytes of a stored block that are still to come. */
let stored: usize = 0;

/**
 * @param room 80 KB
 * @param data where {@link inflateFeed} finds bytes, and 16 behind them
 * @param out room for 32 KB, for what is put out at once, and 266 bytes
 * @param size of that room
 */
export function inflateBegin(room: usize, data: usize, out: usize, size: usize): void {
  tables = room;
  source = data;
  start = out;
  to = out;
  limit = out + size - SLACK;
  from = data;
  end = data;
  final = false;
  bits = 0;
  count = 0;
  state = BLOCK;
  last = false;
}

/** Bytes of the source that are done with; those in the register are not. */
export function inflateUsed(): usize {
  const held = <usize>(count >> 3);
  from -= held;
  count &= 7;
  bits &= (1 << count) - 1;
  return from - source;
}

/** The source holds so many bytes now, the first of which is what was the first that is not done with. */
export function inflateFeed(bytes: usize, isFinal: bool): void {
  from = source;
  end = source + bytes;
  final = isFinal;
}

/** Where the next byte is put: what lies before is there. */
export function inflateTo(): usize {
  return to;
}

/** Makes room again: keeps the last 32 KB and puts what follows behind them. Returns where that is. */
export function inflateMove(): usize {
  if (to - start > WINDOW) {
    memory.copy(start, to - WINDOW, WINDOW);
    to = start + WINDOW;
  }
  return to;
}

/** Returns 0 when it has to be fed, 1 when there is no more room, 2 at the end, −1 when the data make no sense. */
export function inflateRun(): i32 {
  while (state !== DONE) {
    if (state === BLOCK) {
      if (last) {
        state = DONE;
        break;
      }
      if (!final && from + HEADER > end) return 0;
      if (!beginBlock() || overrun()) return -1;
    }
    const result = state === STORED ? copyStored() : decode();
    if (result !== 2) return result;
    state = BLOCK;
  }
  return overrun() ? -1 : 2;
}

/** Whether more bits have been taken than there are. */
function overrun(): bool {
  return from - <usize>(count >> 3) > end;
}

function fill(): void {
  bits |= load<u64>(min(from, end + 8)) << count;
  from += <usize>((63 - count) >> 3);
  count |= 56;
}

function take(n: u32): u32 {
  const value = <u32>bits & ((1 << n) - 1);
  bits >>= n;
  count -= n;
  return value;
}

function beginBlock(): bool {
  fill();
  last = take(1) === 1;
  const kind = take(2);
  if (kind === 0) {
    // The rest of the byte is padding, and what the register holds goes back.
    take(count & 7);
    from -= <usize>(count >> 3);
    count = 0;
    bits = 0;
    if (from + 4 > end) return false;
    stored = load<u16>(from);
    if ((<usize>load<u16>(from, 2) ^ 0xffff) !== stored) return false;
    from += 4;
    state = STORED;
    return true;
  }
  state = CODED;
  const lengths = tables + LENGTHS;
  if (kind === 1) {
    memory.fill(lengths, 8, 288);
    memory.fill(lengths + 144, 9, 112);
    memory.fill(lengths + 256, 7, 24);
    memory.fill(lengths + 288, 5, 32);
    return makeTables(288, 32);
  }
  return kind === 2 && readLengths(lengths);
}

function makeTables(literals: u32, distances: u32): bool {
  const lengths = tables + LENGTHS;
  return (
    buildTable(tables, LITERAL_ROOT, lengths, literals, 1) &&
    buildTable(tables + DISTANCES, DISTANCE_ROOT, lengths + literals, distances, 2)
  );
}

/** Lengths of codes, themselves coded (3.2.7). */
function readLengths(lengths: usize): bool {
  const literals = take(5) + 257;
  const distances = take(5) + 1;
  const sent = take(4) + 4;
  if (literals > 286 || distances > 30) return false;
  const order = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);
  memory.fill(lengths, 0, 19);
  for (let i: usize = 0; i < sent; i++) {
    fill();
    store<u8>(lengths + load<u8>(order + i), take(3));
  }
  if (!buildTable(tables, 7, lengths, 19, 0)) return false;
  const total = literals + distances;
  for (let i: u32 = 0; i < total; ) {
    fill();
    const entry = load<u32>(tables + ((<usize>bits & 127) << 2));
    if (entry === 0 || overrun()) return false;
    take(entry & 15);
    const symbol = entry >> 16;
    if (symbol < 16) {
      store<u8>(lengths + i++, symbol);
      continue;
    }
    if (symbol === 16 && i === 0) return false;
    const value: u8 = symbol === 16 ? load<u8>(lengths + i - 1) : 0;
    const times = symbol === 16 ? 3 + take(2) : symbol === 17 ? 3 + take(3) : 11 + take(7);
    if (i + times > total) return false;
    memory.fill(lengths + i, value, times);
    i += times;
  }
  // Without it the block has no end.
  return load<u8>(lengths + 256) !== 0 && makeTables(literals, distances);
}

function copyStored(): i32 {
  const part = min(min(stored, end - from), limit - to);
  memory.copy(to, from, part);
  to += part;
  from += part;
  stored -= part;
  if (stored === 0) return 2;
  if (to === limit) return 1;
  return final ? -1 : 0;
}

/** Decodes a block's strings; returns 2 when it has ended. */
function decode(): i32 {
  // Of the module's variables, those that the loop changes are held here meanwhile.
  let held = bits;
  let has = count;
  let next = from;
  let at = to;
  const literals = tables;
  const distances = tables + DISTANCES;
  const lowest = start;
  // A string takes up to 6 bytes; the register runs up to 8 ahead.
  const enough = final ? end + 8 : end - 16;
  let result = 1;
  while (at < limit) {
    if (next > enough) {
      result = final ? -1 : 0;
      break;
    }
    held |= load<u64>(next) << has;
    next += <usize>((63 - has) >> 3);
    has |= 56;
    let entry = load<u32>(literals + ((<usize>held & 1023) << 2));
    if (entry & LITERAL) {
      store<u8>(at++, entry >> 16);
      held >>= entry & 15;
      has -= entry & 15;
      entry = load<u32>(literals + ((<usize>held & 1023) << 2));
      if (entry & LITERAL) {
        store<u8>(at++, entry >> 16);
        held >>= entry & 15;
        has -= entry & 15;
        entry = load<u32>(literals + ((<usize>held & 1023) << 2));
        if (entry & LITERAL) {
          store<u8>(at++, entry >> 16);
          held >>= entry & 15;
          has -= entry & 15;
          continue;
        }
      }
      held |= load<u64>(next) << has;
      next += <usize>((63 - has) >> 3);
      has |= 56;
    }
    if (entry & MORE) {
      entry = load<u32>(literals + (((entry >> 16) + (<u32>(held >> 10) & 31)) << 2));
    }
    held >>= entry & 15;
    has -= entry & 15;
    if (entry & LITERAL) {
      store<u8>(at++, entry >> 16);
      continue;
    }
    if (entry & STOP) {
      result = 2;
      break;
    }
    if (entry === 0) {
      result = -1;
      break;
    }
    let extra = (entry >> 8) & 255;
    const length = <usize>((entry >> 16) + (<u32>held & ((1 << extra) - 1)));
    held >>= extra;
    has -= extra;
    entry = load<u32>(distances + ((<usize>held & 255) << 2));
    if (entry & MORE) {
      entry = load<u32>(distances + (((entry >> 16) + (<u32>(held >> 8) & 127)) << 2));
    }
    held >>= entry & 15;
    has -= entry & 15;
    extra = (entry >> 8) & 255;
    const distance = <usize>((entry >> 16) + (<u32>held & ((1 << extra) - 1)));
    held >>= extra;
    has -= extra;
    let copy = at - distance;
    if (entry === 0 || copy < lowest || distance > at) {
      result = -1;
      break;
    }
    const stop = at + length;
    if (distance >= 8) {
      for (; at < stop; at += 8, copy += 8) store<u64>(at, load<u64>(copy));
      at = stop;
    } else if (distance === 1) {
      memory.fill(at, load<u8>(copy), length);
      at = stop;
    } else while (at < stop) store<u8>(at++, load<u8>(copy++));
  }
  bits = held;
  count = has;
  from = next;
  to = at;
  return result;
}
