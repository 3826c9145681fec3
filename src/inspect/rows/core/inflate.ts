/**
 * Deflate (RFC 1951), piece by piece: data are fed, and what they hold is put out behind the 32 KB before it.
 *
 * The next bits are kept in a register of 64, filled up to at least 56 without a branch. Codes are found in a
 * table by their first bits; the longer ones in a second part of it, which the entry in the first names. What
 * takes the time is the chain from one look-up to the next. So an entry begins with what the chain needs:
 *
 *     bits 0–5    length of the code and its extra bits, by which the register is moved on
 *     bits 6, 7   MORE: it is the place of a second part; ODD: it needs a closer look
 *     bits 8–12   length of the code, and 3
 *     bits 16–30  the literal, the least length or distance, or the place of the second part
 *     bits 29–31  NONE, STOP, LITERAL: what it is, unless it is a distance
 *     bits 32–44  mask of the extra bits
 *
 * A length whose extra bits are among those that are looked up stands there as a whole.
 */
import {
  buildTable,
  DISTANCES,
  LEFT,
  LENGTHS,
  MORE,
  NONE,
  ODD,
  PLAIN,
  STOP,
} from './inflate-table';

/** Bits by which the first parts are looked up: tables that take little room in the cache. */
const LENGTH_ROOT: u32 = 10;
const DISTANCE_ROOT: u32 = 8;
/** Entries of 8 bytes. A second part begins where two codes do at least, of 286 and 30. */
const lengthTable = memory.data(8 * (1024 + 143 * 32));
const distanceTable = memory.data(8 * (256 + 15 * 128));
/** Lengths of codes, of 288 literals and lengths and 32 distances. */
const codeLengths = memory.data(320);

const WINDOW: usize = 32 << 10;
/** Longest string, three literals before it, and the bytes that are copied too far. */
const SLACK: usize = 258 + 3 + 32;
/** The longest description of a block's codes, and some. */
const HEADER: usize = 1024;

const BLOCK: u32 = 0;
const STORED: u32 = 1;
const CODED: u32 = 2;
const DONE: u32 = 3;

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
 * @param data where {@link inflateFeed} finds bytes, and 48 behind them
 * @param out room for 32 KB or what {@link inflateMove} is to keep, for what is put out at once, and 293 bytes
 * @param size of that room
 */
export function inflateBegin(data: usize, out: usize, size: usize): void {
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
  giveBack();
  return from - source;
}

/** Whole bytes that the register holds. */
function giveBack(): void {
  from -= <usize>(count >> 3);
  count &= 7;
  bits &= (1 << count) - 1;
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

/** Makes room again: keeps the last `bytes`, or 32 KB, and puts what follows behind them. Returns where that is. */
export function inflateMove(bytes: usize): usize {
  const kept = min(max(bytes, WINDOW), to - start);
  memory.copy(start, to - kept, kept);
  to = start + kept;
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
    giveBack();
    if (from + 4 > end) return false;
    stored = load<u16>(from);
    if ((<usize>load<u16>(from, 2) ^ 0xffff) !== stored) return false;
    from += 4;
    state = STORED;
    return true;
  }
  state = CODED;
  if (kind === 1) {
    memory.fill(codeLengths, 8, 288);
    memory.fill(codeLengths + 144, 9, 112);
    memory.fill(codeLengths + 256, 7, 24);
    memory.fill(codeLengths + 288, 5, 32);
    return makeTables(288, 32);
  }
  return kind === 2 && readLengths();
}

function makeTables(literals: u32, distances: u32): bool {
  return (
    buildTable(lengthTable, LENGTH_ROOT, codeLengths, literals, LENGTHS) &&
    buildTable(distanceTable, DISTANCE_ROOT, codeLengths + literals, distances, DISTANCES)
  );
}

/** Lengths of codes, themselves coded (3.2.7). */
function readLengths(): bool {
  const lengths = codeLengths;
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
  if (!buildTable(lengthTable, 7, lengths, 19, PLAIN)) return false;
  const total = literals + distances;
  for (let i: u32 = 0; i < total; ) {
    fill();
    const entry = <u32>load<u64>(lengthTable + ((<usize>bits & 127) << 3));
    if (entry & <u32>NONE || overrun()) return false;
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
  // The block before may have ended behind it.
  if (to >= limit) return 1;
  const part = min(min(stored, end - from), limit - to);
  memory.copy(to, from, part);
  to += part;
  from += part;
  stored -= part;
  if (stored === 0) return 2;
  if (to === limit) return 1;
  return final ? -1 : 0;
}

/** While strings are decoded, the register's bits are those of offsets in a table of entries of 8 bytes. */
const LENGTH_MASK: u32 = ((1 << LENGTH_ROOT) - 1) << LEFT;
const DISTANCE_MASK: u32 = ((1 << DISTANCE_ROOT) - 1) << LEFT;
const DEEP_LENGTH_MASK: u32 = ((1 << (15 - LENGTH_ROOT)) - 1) << LEFT;
const DEEP_DISTANCE_MASK: u32 = ((1 << (15 - DISTANCE_ROOT)) - 1) << LEFT;

/** Bits that the next look-up needs. */
const AHEAD: u32 = LENGTH_ROOT + LEFT;
/** Bytes that a round of the loop takes, up to 14 with what it puts in the register, and 8 more that are read. */
const ROUND: usize = 24;

/** What the loop compares with; in registers, these would drive out what it changes. */
const bounds = memory.data(12);

/** Decodes a block's strings; returns 2 when it has ended. */
function decode(): i32 {
  giveBack();
  store<usize>(bounds, limit);
  store<usize>(bounds, final ? end + 8 : end - ROUND, 4);
  store<usize>(bounds, start, 8);
  // Of the module's variables, those that the loop changes are held here meanwhile.
  let held = bits << LEFT;
  let has = count + LEFT;
  let next = from;
  let at = to;
  let result = 1;
  held |= load<u64>(next) << has;
  next += (~has >> 3) & 7;
  has |= 56;
  let entry = load<u64>(<u32>held & LENGTH_MASK, lengthTable);
  while (at < load<usize>(bounds)) {
    if (next > load<usize>(bounds, 4)) {
      result = final ? -1 : 0;
      break;
    }
    // Above the lowest six, `has` may hold any bits.
    held |= load<u64>(next) << has;
    next += (~has >> 3) & 7;
    has |= 56;
    if (<i32>entry < 0) {
      store<u8>(at++, <u32>entry >> 16);
      held >>= entry;
      has -= <u32>entry;
      entry = load<u64>(<u32>held & LENGTH_MASK, lengthTable);
      if (<i32>entry < 0) {
        store<u8>(at++, <u32>entry >> 16);
        held >>= entry;
        has -= <u32>entry;
        entry = load<u64>(<u32>held & LENGTH_MASK, lengthTable);
        if (<i32>entry < 0) {
          store<u8>(at++, <u32>entry >> 16);
          held >>= entry;
          has -= <u32>entry;
          entry = load<u64>(<u32>held & LENGTH_MASK, lengthTable);
          continue;
        }
      }
      held |= load<u64>(next) << has;
      next += (~has >> 3) & 7;
      has |= 56;
    }
    let length = <u32>entry >> 16;
    if (entry & ODD) {
      if (entry & MORE) {
        held >>= entry;
        has -= <u32>entry;
        const part = (<u32>entry >> 16) << LEFT;
        entry = load<u64>(part + (<u32>held & DEEP_LENGTH_MASK), lengthTable);
        if (<i32>entry < 0) {
          store<u8>(at++, <u32>entry >> 16);
          held >>= entry;
          has -= <u32>entry;
          entry = load<u64>(<u32>held & LENGTH_MASK, lengthTable);
          continue;
        }
      }
      if (entry & (NONE | STOP)) {
        held >>= entry;
        has -= <u32>entry;
        result = entry & STOP ? 2 : -1;
        break;
      }
      length = (<u32>entry >> 16) + (<u32>(held >> (entry >> 8)) & <u32>(entry >> 32));
    }
    held >>= entry;
    has -= <u32>entry;
    entry = load<u64>(<u32>held & DISTANCE_MASK, distanceTable);
    if (entry & ODD) {
      if (entry & MORE) {
        held >>= entry;
        has -= <u32>entry;
        const part = (<u32>entry >> 16) << LEFT;
        entry = load<u64>(part + (<u32>held & DEEP_DISTANCE_MASK), distanceTable);
      }
      if (entry & ODD) {
        result = -1;
        break;
      }
    }
    const distance = (<u32>entry >> 16) + (<u32>(held >> (entry >> 8)) & <u32>(entry >> 32));
    held >>= entry;
    has -= <u32>entry;
    if (distance > at - load<usize>(bounds, 8)) {
      result = -1;
      break;
    }
    // Nearly always there are enough for the next look-up, which need not wait for more then.
    if ((has & 63) < AHEAD) {
      held |= load<u64>(next) << has;
      next += (~has >> 3) & 7;
      has |= 56;
    }
    entry = load<u64>(<u32>held & LENGTH_MASK, lengthTable);
    copyString(at, distance, length);
    at += length;
  }
  bits = held >> LEFT;
  count = (has & 63) - LEFT;
  from = next;
  to = at;
  return result;
}

/** For a distance below 16: which bytes of a string repeat it, and by how many of 16 whole ones of it move on. */
const repeats = memory.data(16 * 16);
const wholes = memory.data(16);
for (let distance: usize = 1; distance < 16; distance++) {
  store<u8>(wholes + distance, 16 - (16 % distance));
  for (let i: usize = 0; i < 16; i++) store<u8>(repeats + (distance << 4) + i, i % distance);
}

/** Up to 32 bytes behind the string are overwritten. */
function copyString(to: usize, distance: usize, length: usize): void {
  const end = to + length;
  let from = to - distance;
  if (distance >= 16) {
    for (;;) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      to += 32;
      from += 32;
      if (to >= end) break;
    }
    return;
  }
  const part = i8x16.swizzle(v128.load(from), v128.load(repeats + (distance << 4)));
  const whole = <usize>load<u8>(wholes + distance);
  for (; to < end; to += whole) v128.store(to, part);
}
