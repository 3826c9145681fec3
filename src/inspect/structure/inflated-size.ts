/**
 * How much a zlib stream (RFC 1950, 1951) holds, without its output: copies need only their length,
 * so no window is kept. Tells whether a PNG that ends early has lost pixels or only its last bytes, and
 * whether a profile or text in it is a bomb.
 */

/** Lengths of symbols 257–285 and distances of symbols 0–29: base and extra bits (RFC 1951, 3.2.5). */
const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
  163, 195, 227, 258,
];
const LENGTH_EXTRA = [
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
];
const DISTANCE_SYMBOLS = 30;
/** Order in which the lengths of the code length code are sent. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const END_OF_BLOCK = 256;
/** Codes up to this length are found by one look-up; a table this small is cheap to rebuild. */
const ROOT_BITS = 9;
const MAX_BITS = 15;

/** Thrown where the data ends or breaks; never leaves this file. */
class Stop {}

/** Bytes the stream holds up to its end, a fault or `enough`. */
export function inflatedSize(zlib: Uint8Array, enough: number): number {
  const counter = new Counter(zlib.subarray(2), enough);
  try {
    counter.run();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
  }
  return counter.size;
}

/** Canonical prefix code: a root table, and the classic count/offset walk for longer codes. */
interface Code {
  /** Symbol × 16 + length, by the next ROOT_BITS bits; 0 for longer codes. */
  readonly root: Uint16Array;
  /** Symbols by code. */
  readonly symbols: Uint16Array;
  /** Codes of each length. */
  readonly counts: Uint16Array;
}

class Counter {
  size = 0;
  readonly #bytes: Uint8Array;
  readonly #enough: number;
  #at = 0;
  #bits = 0;
  #count = 0;

  constructor(bytes: Uint8Array, enough: number) {
    this.#bytes = bytes;
    this.#enough = enough;
  }

  run(): void {
    let last = false;
    while (!last && this.size < this.#enough) {
      last = this.#take(1) === 1;
      const kind = this.#take(2);
      if (kind === 0) this.#stored();
      else if (kind === 1) this.#compressed(...fixedCodes());
      else if (kind === 2) this.#dynamic();
      else throw new Stop();
    }
  }

  /** Fills the bit buffer to at least `n` bits as far as there is data. */
  #fill(n: number): void {
    while (this.#count < n && this.#at < this.#bytes.length) {
      this.#bits |= this.#bytes[this.#at++]! << this.#count;
      this.#count += 8;
    }
  }

  #take(n: number): number {
    this.#fill(n);
    if (this.#count < n) throw new Stop();
    const value = this.#bits & ((1 << n) - 1);
    this.#bits >>>= n;
    this.#count -= n;
    return value;
  }

  #symbol(code: Code): number {
    this.#fill(MAX_BITS);
    const entry = code.root[this.#bits & ((1 << ROOT_BITS) - 1)]!;
    if (entry !== 0) {
      const length = entry & 15;
      if (length > this.#count) throw new Stop();
      this.#bits >>>= length;
      this.#count -= length;
      return entry >> 4;
    }
    let value = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= Math.min(MAX_BITS, this.#count); length++) {
      value |= (this.#bits >>> (length - 1)) & 1;
      const count = code.counts[length]!;
      if (value - count < first) {
        this.#bits >>>= length;
        this.#count -= length;
        return code.symbols[index + value - first]!;
      }
      index += count;
      first = (first + count) << 1;
      value <<= 1;
    }
    throw new Stop();
  }

  #stored(): void {
    // The bits left of the current byte are padding; whole bytes go back.
    this.#at -= this.#count >> 3;
    this.#bits = 0;
    this.#count = 0;
    const length = this.#take(16);
    if ((this.#take(16) ^ 0xffff) !== length) throw new Stop();
    const there = Math.min(length, this.#bytes.length - this.#at);
    this.size += there;
    this.#at += there;
    if (there < length) throw new Stop();
  }

  #dynamic(): void {
    const literals = this.#take(5) + 257;
    const distances = this.#take(5) + 1;
    const sent = this.#take(4) + 4;
    const lengths = new Uint8Array(19);
    for (let i = 0; i < sent; i++) lengths[ORDER[i]!] = this.#take(3);
    const all = this.#lengths(makeCode(lengths), literals + distances);
    this.#compressed(makeCode(all.subarray(0, literals)), makeCode(all.subarray(literals)));
  }

  #lengths(code: Code, total: number): Uint8Array {
    const lengths = new Uint8Array(total);
    for (let i = 0; i < total; ) {
      const symbol = this.#symbol(code);
      if (symbol < 16) {
        lengths[i++] = symbol;
        continue;
      }
      if (symbol === 16 && i === 0) throw new Stop();
      const value = symbol === 16 ? lengths[i - 1]! : 0;
      const times =
        symbol === 16 ? 3 + this.#take(2) : symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7);
      if (i + times > total) throw new Stop();
      lengths.fill(value, i, i + times);
      i += times;
    }
    return lengths;
  }

  #compressed(literals: Code, distances: Code): void {
    while (this.size < this.#enough) {
      const symbol = this.#symbol(literals);
      if (symbol < END_OF_BLOCK) {
        this.size++;
        continue;
      }
      if (symbol === END_OF_BLOCK) return;
      const base = LENGTH_BASE[symbol - 257];
      if (base === undefined) throw new Stop();
      const length = base + this.#take(LENGTH_EXTRA[symbol - 257]!);
      const distance = this.#symbol(distances);
      if (distance >= DISTANCE_SYMBOLS) throw new Stop();
      this.#take(distance < 2 ? 0 : (distance >> 1) - 1);
      this.size += length;
    }
  }
}

function makeCode(lengths: Uint8Array): Code {
  const counts = new Uint16Array(MAX_BITS + 1);
  for (const length of lengths) counts[length]!++;
  counts[0] = 0;

  const offsets = new Uint16Array(MAX_BITS + 2);
  const next = new Uint16Array(MAX_BITS + 2);
  let code = 0;
  let left = 1;
  for (let bits = 1; bits <= MAX_BITS; bits++) {
    left = left * 2 - counts[bits]!;
    if (left < 0) throw new Stop();
    next[bits] = code;
    code = (code + counts[bits]!) << 1;
    offsets[bits + 1] = offsets[bits]! + counts[bits]!;
  }

  const symbols = new Uint16Array(lengths.length);
  const root = new Uint16Array(1 << ROOT_BITS);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol]!;
    if (length === 0) continue;
    symbols[offsets[length]!++] = symbol;
    const value = next[length]!++;
    if (length > ROOT_BITS) continue;
    for (let i = reversed(value, length); i < root.length; i += 1 << length) {
      root[i] = symbol * 16 + length;
    }
  }
  return { root, symbols, counts };
}

function reversed(value: number, bits: number): number {
  let result = 0;
  for (let i = 0; i < bits; i++) result |= ((value >> i) & 1) << (bits - 1 - i);
  return result;
}

/** The codes of blocks of kind 1 (RFC 1951, 3.2.6). Made when first met: few streams have such a block. */
let fixed: readonly [literals: Code, distances: Code] | undefined;

function fixedCodes(): readonly [literals: Code, distances: Code] {
  const lengths = (i: number) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8);
  fixed ??= [
    makeCode(Uint8Array.from({ length: 288 }, (_, i) => lengths(i))),
    makeCode(new Uint8Array(30).fill(5)),
  ];
  return fixed;
}
