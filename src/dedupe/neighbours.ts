import type { HashWords } from './hamming.ts';
import { HammingIndex } from './index.ts';
import { newCore } from './memory.ts';
import { leastProduct, MAX_TINT, MIN_CORRELATION, MIN_FAR_CORRELATION } from './sketch.ts';

/**
 * Finds the images worth a second look: all within the threshold (multi-index hashing), and those
 * further away whose low frequencies agree.
 *
 * A crop moves the picture by a small part of a slow wave and by a large part of a fast one, so the
 * hash's 8 × 8 lowest frequencies hardly change (5 %: 8 of 64 bits, unrelated 32) while all 256 do
 * (50 of 128). They count three times: `distance + 2 · low distance`. No index reaches that
 * far, but reading all of them in a row does.
 *
 * A twelfth of the crops of 5 % from a corner lie beyond `NEAR_SCORE` (up to 176, unrelated pictures
 * around 192); there the sketches must be as much alike as theirs are.
 */
const MAX_LOW = 28;
const NEAR_SCORE = 148;
const MAX_SCORE = 176;

/**
 * PDQ's authors' recommendation for a match. The two numbers above were calibrated for it; a smaller
 * threshold shrinks them.
 */
export const DEFAULT_NEAR_THRESHOLD = 31;

export interface Neighbour {
  readonly id: number;
  readonly distance: number;
}

/** Hashes of a page, and bytes for each of them, in a query without a gap (core/scan.ts). */
const PAGE = 4096;
const [LOW, OTHERS, SAMPLES, MEANS] = [8, 24, 64, 4];
const HASH_BYTES = LOW + OTHERS + SAMPLES + MEANS;
const PAGE_BYTES = PAGE * HASH_BYTES;
const HIT_WORDS = 2;
/** Bytes of a page of WebAssembly memory. */
const WASM_PAGE = 65_536;

export class Neighbours {
  readonly #index = new HammingIndex();
  readonly #threshold: number;
  readonly #maxLow: number;
  readonly #nearScore: number;
  readonly #maxScore: number;
  readonly #core = newCore();
  /** Addresses. */
  readonly #query: number;
  readonly #hits: number;
  readonly #pages: number;
  #bytes: Uint8Array<ArrayBuffer>;

  constructor(threshold: number) {
    this.#threshold = threshold;
    const share = Math.min(1, threshold / DEFAULT_NEAR_THRESHOLD);
    this.#maxLow = Math.floor(MAX_LOW * share);
    this.#nearScore = Math.floor(NEAR_SCORE * share);
    this.#maxScore = Math.floor(MAX_SCORE * share);
    this.#query = (this.#core.roomsFrom.value + 15) & ~15;
    this.#hits = this.#query + HASH_BYTES;
    this.#pages = this.#hits + 4 * HIT_WORDS * PAGE;
    this.#bytes = new Uint8Array(this.#core.memory.buffer);
  }

  /** Ids are 0, 1, 2, … in the order added. Without a sketch only the threshold counts. */
  add(hash: HashWords, sketch: Int8Array | undefined): number {
    const id = this.#index.add(hash);
    const page = this.#pageOf(id);
    this.#reserve(page + PAGE_BYTES);
    const i = id % PAGE;
    const { low, others } = split(hash);
    const samples = page + PAGE * (LOW + OTHERS);
    const means = samples + PAGE * SAMPLES;
    this.#bytes.set(low, page + i * LOW);
    this.#bytes.set(others, page + PAGE * LOW + i * OTHERS);
    if (sketch !== undefined) {
      this.#bytes.set(sketch.subarray(0, SAMPLES), samples + i * SAMPLES);
      this.#bytes.set(sketch.subarray(SAMPLES), means + i * MEANS);
      this.#bytes[means + i * MEANS + 2] = 1;
    }
    return id;
  }

  /** Bits between the hashes of two ids. */
  between(a: number, b: number): number {
    return this.#index.between(a, b);
  }

  query(hash: HashWords, sketch: Int8Array | undefined): Neighbour[] {
    const near = this.#index.query(hash, this.#threshold);
    const found = near.ids.map((id, i) => ({ id, distance: near.distances[i] as number }));
    if (sketch !== undefined) this.#further(hash, sketch, found);
    return found;
  }

  #further(hash: HashWords, sketch: Int8Array, found: Neighbour[]): void {
    const { low, others } = split(hash);
    this.#bytes.set(low, this.#query);
    this.#bytes.set(others, this.#query + LOW);
    this.#bytes.set(sketch, this.#query + LOW + OTHERS);
    const hits = new Uint32Array(this.#bytes.buffer, this.#hits, HIT_WORDS * PAGE);
    const length = this.#index.length;
    for (let first = 0; first < length; first += PAGE) {
      const count = this.#core.scan(
        this.#pageOf(first),
        Math.min(PAGE, length - first),
        this.#query,
        this.#hits,
        this.#threshold,
        this.#maxLow,
        this.#maxScore,
        this.#nearScore,
        leastProduct(MIN_CORRELATION),
        leastProduct(MIN_FAR_CORRELATION),
        MAX_TINT,
      );
      for (let at = 0; at < HIT_WORDS * count; at += HIT_WORDS) {
        found.push({ id: first + hits[at]!, distance: hits[at + 1]! });
      }
    }
  }

  #pageOf(id: number): number {
    return this.#pages + Math.floor(id / PAGE) * PAGE_BYTES;
  }

  #reserve(bytes: number): void {
    const missing = bytes - this.#bytes.length;
    if (missing <= 0) return;
    const { memory } = this.#core;
    memory.grow(Math.ceil(missing / WASM_PAGE));
    this.#bytes = new Uint8Array(memory.buffer);
  }
}

/** The 64 bits of the lowest frequencies (rows and columns 0–7 of the 16 × 16, a row is 16 bits) and the others. */
function split(hash: HashWords): { readonly low: Uint8Array; readonly others: Uint8Array } {
  const [a, b, c, d] = hash as unknown as [number, number, number, number];
  const words = new Uint32Array(8);
  words[0] = halves(a, b);
  words[1] = halves(c, d);
  words[2] = halves(a >>> 8, b >>> 8);
  words[3] = halves(c >>> 8, d >>> 8);
  words.set(hash.subarray(4, 8), 4);
  const bytes = new Uint8Array(words.buffer);
  return { low: bytes.subarray(0, LOW), others: bytes.subarray(LOW) };
}

/** The lower halves of two words' rows. */
function halves(one: number, other: number): number {
  const half = 0x00ff00ff;
  return (one & half) | ((other & half) << 8);
}
