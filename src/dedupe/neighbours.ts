import { type HashWords, popcount } from './hamming.ts';
import { HammingIndex } from './index.ts';
import { MIN_CORRELATION, MIN_FAR_CORRELATION, resembles, SKETCH_BYTES } from './sketch.ts';

/**
 * Finds the images worth a second look: all within the threshold (multi-index hashing), and those
 * further away whose low frequencies agree.
 *
 * A crop moves the picture by a small part of a slow wave and by a large part of a fast one, so the
 * hash's 8 × 8 lowest frequencies hardly change (5 %: 8 of 64 bits, unrelated 32) while all 256 do
 * (50 of 128). They count three times: `distance + 2 · low distance`. No index reaches that
 * far, but reading two words a hash in a row does: 3 ms for a million.
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

export class Neighbours {
  readonly #index = new HammingIndex();
  readonly #threshold: number;
  readonly #maxLow: number;
  readonly #nearScore: number;
  readonly #maxScore: number;
  /** Two words a hash: its 64 lowest frequencies. */
  #low = new Uint32Array(0);
  #sketches = new Int8Array(0);
  /** 1 where there is a sketch. */
  #sketched = new Uint8Array(0);

  constructor(threshold: number) {
    this.#threshold = threshold;
    const share = Math.min(1, threshold / DEFAULT_NEAR_THRESHOLD);
    this.#maxLow = Math.floor(MAX_LOW * share);
    this.#nearScore = Math.floor(NEAR_SCORE * share);
    this.#maxScore = Math.floor(MAX_SCORE * share);
  }

  /** Ids are 0, 1, 2, … in the order added. Without a sketch only the threshold counts. */
  add(hash: HashWords, sketch: Int8Array | undefined): number {
    const id = this.#index.add(hash);
    this.#reserve(id + 1);
    this.#low.set(lowFrequencies(hash), id * 2);
    if (sketch !== undefined) {
      this.#sketches.set(sketch, id * SKETCH_BYTES);
      this.#sketched[id] = 1;
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
    const [first, second] = lowFrequencies(hash) as unknown as [number, number];
    const low = this.#low;
    const end = this.#index.length;
    const maxLow = this.#maxLow;
    for (let id = 0; id < end; id++) {
      const apart =
        popcount(first ^ (low[2 * id] as number)) + popcount(second ^ (low[2 * id + 1] as number));
      if (apart > maxLow) continue;
      const limit = this.#maxScore - 2 * apart;
      const distance = this.#index.distance(hash, id, limit);
      if (distance > limit || distance <= this.#threshold || this.#sketched[id] === 0) continue;
      const least = distance + 2 * apart > this.#nearScore ? MIN_FAR_CORRELATION : MIN_CORRELATION;
      if (resembles(sketch, this.#sketches, id * SKETCH_BYTES, least)) {
        found.push({ id, distance });
      }
    }
  }

  #reserve(count: number): void {
    if (count <= this.#sketched.length) return;
    const room = Math.max(256, Math.ceil(count * 1.25));
    const low = new Uint32Array(room * 2);
    const sketches = new Int8Array(room * SKETCH_BYTES);
    const sketched = new Uint8Array(room);
    low.set(this.#low);
    sketches.set(this.#sketches);
    sketched.set(this.#sketched);
    this.#low = low;
    this.#sketches = sketches;
    this.#sketched = sketched;
  }
}

/** Rows and columns 0–7 of the 16 × 16 coefficients (a row is 16 bits), packed in two words. */
function lowFrequencies(hash: HashWords): Uint32Array {
  const half = 0x00ff00ff;
  const packed = new Uint32Array(2);
  packed[0] = ((hash[0] as number) & half) | (((hash[1] as number) & half) << 8);
  packed[1] = ((hash[2] as number) & half) | (((hash[3] as number) & half) << 8);
  return packed;
}
