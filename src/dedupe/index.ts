import { HASH_WORDS, type HashWords, hammingAt, popcount } from './hamming.ts';
import { SubstringTable } from './table.ts';

/**
 * Finds all stored 256-bit hashes within a Hamming distance, exactly, by multi-index hashing
 * (Norouzi, Punjani, Fleet: Fast Search in Hamming Space with Multi-Index Hashing, CVPR 2012): the
 * hash is cut into 16 substrings of 16 bits, with a table for each. Hashes that differ in at most
 * r bits differ in at most ⌊r / 16⌋ bits in some substring (pigeonhole), so looking up all values
 * that near to the query's own finds them all; each hit is then measured in full.
 *
 * Adding costs O(1) amortised: when the chained part of the tables reaches a quarter of the sorted
 * part, all is sorted anew. One hash takes 32 bytes, 64 in the sorted tables and up to 24 in the
 * chains, plus 8 MB of bucket heads for all.
 */
const SUBSTRINGS = 16;
/** Below this a rebuild would cost more (16 × 65,536 buckets) than the chains do. */
const MIN_CHAINED = 16_384;
/** More bits than this in a 16-bit value are not looked up: 6,885 values at 5 bits, 14,893 at 6. */
const MAX_FLIPS = 5;
/** What one look-up costs, in hashes measured one after the other. */
const PROBE_COST = 2;

export interface IndexHits {
  /** In no particular order; no id twice. */
  readonly ids: readonly number[];
  /** Of the same length. */
  readonly distances: readonly number[];
}

export class HammingIndex {
  #words = new Uint32Array(0);
  #dead = new Uint8Array(0);
  readonly #tables = Array.from({ length: SUBSTRINGS }, () => new SubstringTable());
  #count = 0;
  #removed = 0;
  #sorted = 0;

  /** Hashes stored and not removed. */
  get size(): number {
    return this.#count - this.#removed;
  }

  /** Hashes stored, the removed ones included: one above the highest id. */
  get length(): number {
    return this.#count;
  }

  /** Bits between `hash` and that of `id`; above `limit`, some number above it. */
  distance(hash: HashWords, id: number, limit = 256): number {
    return hammingAt(hash, this.#words, id * HASH_WORDS, limit);
  }

  /** Bits between the hashes of two ids. */
  between(a: number, b: number): number {
    return this.distance(this.#words.subarray(a * HASH_WORDS, (a + 1) * HASH_WORDS), b);
  }

  /** Memory of the typed arrays, in bytes. */
  get byteLength(): number {
    const tables = this.#tables.reduce((sum, table) => sum + table.byteLength, 0);
    return this.#words.byteLength + this.#dead.byteLength + tables;
  }

  /** Stores a hash and answers its id: 0, 1, 2, … in the order added. */
  add(hash: HashWords): number {
    const id = this.#count;
    this.#reserve(id + 1);
    this.#words.set(hash.subarray(0, HASH_WORDS), id * HASH_WORDS);
    this.#count = id + 1;
    if (this.#count - this.#sorted > Math.max(MIN_CHAINED, this.#sorted / 4)) this.#sort();
    else for (const [s, table] of this.#tables.entries()) table.chain(id, this.#value(id, s));
    return id;
  }

  /** Takes a hash out of all answers; its id is not used again. False when it was not there. */
  remove(id: number): boolean {
    if (id < 0 || id >= this.#count || this.#dead[id] !== 0) return false;
    this.#dead[id] = 1;
    this.#removed++;
    return true;
  }

  /** All hashes at most `radius` bits away. */
  query(hash: HashWords, radius: number): IndexHits {
    const hits = { ids: [] as number[], distances: [] as number[] };
    if (radius < 0) return hits;
    const flips = Array.from({ length: SUBSTRINGS }, (_, s) => flipsFor(radius, s));
    const probes = flips.reduce((sum, most) => sum + valuesWithin(most), 0);
    if ((flips[0] as number) > MAX_FLIPS || probes * PROBE_COST > this.#count) {
      this.#scan(hash, radius, hits);
    } else {
      this.#lookUp(hash, radius, flips, hits);
    }
    return hits;
  }

  #lookUp(
    hash: HashWords,
    radius: number,
    flips: readonly number[],
    hits: { ids: number[]; distances: number[] },
  ): void {
    const patterns = flipPatterns();
    for (let s = 0; s < SUBSTRINGS; s++) {
      const own = substring(hash, 0, s);
      const values = valuesWithin(flips[s] as number);
      const visit = (id: number) => {
        const distance = hammingAt(hash, this.#words, id * HASH_WORDS, radius);
        if (distance > radius || this.#dead[id] !== 0) return;
        // An earlier table has shown it already when it is near there too.
        for (let t = 0; t < s; t++) {
          const apart = popcount(substring(hash, 0, t) ^ this.#value(id, t));
          if (apart <= (flips[t] as number)) return;
        }
        hits.ids.push(id);
        hits.distances.push(distance);
      };
      const table = this.#tables[s] as SubstringTable;
      for (let p = 0; p < values; p++) table.forEach(own ^ (patterns[p] as number), visit);
    }
  }

  /** Measures every hash: for a small index, or a radius that would look up nearly all anyway. */
  #scan(hash: HashWords, radius: number, hits: { ids: number[]; distances: number[] }): void {
    for (let id = 0; id < this.#count; id++) {
      const distance = hammingAt(hash, this.#words, id * HASH_WORDS, radius);
      if (distance > radius || this.#dead[id] !== 0) continue;
      hits.ids.push(id);
      hits.distances.push(distance);
    }
  }

  #value(id: number, s: number): number {
    return substring(this.#words, id * HASH_WORDS, s);
  }

  #sort(): void {
    const removed = (id: number) => this.#dead[id] !== 0;
    this.#tables.forEach((table, s) => {
      table.sort(this.#count, (id) => this.#value(id, s), removed);
    });
    this.#sorted = this.#count;
  }

  #reserve(count: number): void {
    if (count <= this.#dead.length) return;
    const room = Math.max(256, Math.ceil(count * 1.25));
    const words = new Uint32Array(room * HASH_WORDS);
    const dead = new Uint8Array(room);
    words.set(this.#words);
    dead.set(this.#dead);
    this.#words = words;
    this.#dead = dead;
  }
}

/** 16 bits of the hash: one row of the PDQ's 16 × 16 coefficients. */
function substring(words: Uint32Array, offset: number, s: number): number {
  const word = words[offset + (s >> 1)] as number;
  return (s & 1) === 0 ? word & 0xffff : word >>> 16;
}

/**
 * How many bits of substring `s` may differ. Were the first (r mod 16) + 1 substrings all further
 * than ⌊r / 16⌋ and the others further than one less, the sum would be above r.
 */
function flipsFor(radius: number, s: number): number {
  const most = Math.floor(radius / SUBSTRINGS);
  return s <= radius % SUBSTRINGS ? most : most - 1;
}

/** Number of 16-bit values within `flips` bits of one: a sum of binomials; 0 below 0. */
function valuesWithin(flips: number): number {
  let sum = 0;
  let ways = 1;
  for (let k = 0; k <= Math.min(flips, 16); k++) {
    sum += ways;
    ways = (ways * (16 - k)) / (k + 1);
  }
  return sum;
}

let patternsByWeight: Uint16Array | undefined;

/** All 16-bit patterns, those with fewer bits first. */
function flipPatterns(): Uint16Array {
  patternsByWeight ??= Uint16Array.from({ length: 1 << 16 }, (_, v) => v).sort(
    (a, b) => popcount(a) - popcount(b) || a - b,
  );
  return patternsByWeight;
}
