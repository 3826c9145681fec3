import { parseHash, popcount } from '../../../src/dedupe/hamming.ts';
import { Lookalikes } from '../../../src/dedupe/lookalikes.ts';
import type { Sample } from './features.ts';

/** A sample among those of other photos. */
export interface Entry extends Sample {
  /** Number of its photo. */
  readonly family: number;
}

/** One way of telling copies. */
export interface Method {
  readonly name: string;
  /** Calls `found` for every pair of samples (by index) that it takes for copies. */
  readonly pairs: (samples: readonly Entry[], found: (a: number, b: number) => void) => void;
}

/** Measures every pair of bit strings. */
function exhaustive(
  name: string,
  limit: number,
  bitsOf: (sample: Sample) => Uint32Array | undefined,
): Method {
  return {
    name,
    pairs(samples, found) {
      const bits = samples.map(bitsOf);
      for (let a = 1; a < bits.length; a++) {
        const one = bits[a];
        if (one === undefined) continue;
        for (let b = 0; b < a; b++) {
          const other = bits[b];
          if (other === undefined) continue;
          let distance = 0;
          for (let w = 0; w < one.length && distance <= limit; w++) {
            distance += popcount((one[w] as number) ^ (other[w] as number));
          }
          if (distance <= limit) found(a, b);
        }
      }
    },
  };
}

export const METHODS: readonly Method[] = [
  {
    name: 'imgtrawl',
    pairs(samples, found) {
      const lookalikes = new Lookalikes(31);
      const filed: number[] = [];
      samples.forEach(({ image, variant, family }, index) => {
        // Variants of a tiny picture can be the same bytes; here each is an image of its own.
        const own = { ...image, sha256: `${image.sha256}${image.name}${variant}` };
        // Copies of one photo are counted against their original only; of the others one will do.
        const groupOf = (id: number) => {
          const other = samples[filed[id] as number] as Entry;
          return other.family === family && other.variant !== 'original' ? -1 : id;
        };
        const prepared = lookalikes.prepare(own);
        if (prepared === undefined) return;
        for (const id of lookalikes.matches(prepared, groupOf)) found(index, filed[id] as number);
        filed[lookalikes.add(prepared)] = index;
      });
    },
  },
  exhaustive('PDQ ≤ 31', 31, ({ image }) =>
    image.pdq !== undefined && (image.quality ?? 0) >= 50 ? parseHash(image.pdq) : undefined,
  ),
  exhaustive('sharp-phash ≤ 10', 10, ({ phash }) =>
    Uint32Array.of(Number.parseInt(phash.slice(0, 32), 2), Number.parseInt(phash.slice(32), 2)),
  ),
  // A tenth of the bits, as its authors use.
  exhaustive('blockhash ≤ 25', 25, ({ blockhash }) => parseHash(blockhash)),
];
