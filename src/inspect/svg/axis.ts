/** PDQ's matrices for a drawing that was drawn smaller than it is. */
import type { AxisPurpose } from '../jpeg/axis.ts';
import {
  type AxisMatrix,
  enlargeAndFilter,
  identity,
  REDUCED,
  reduceAndFilter,
} from '../pdq/mod.ts';

const cache = new Map<string, AxisMatrix>();
/** A matrix holds some 64 × 12 weights. */
const CACHED = 64;

/**
 * What makes PDQ's 64 samples of `drawn` ones, as nearly as can be as of a picture of the drawing's own
 * size, which has `side`.
 */
export function drawnAxis(drawn: number, side: number, purpose: AxisPurpose): AxisMatrix {
  const key = `${drawn}/${side}/${purpose}`;
  let matrix = cache.get(key);
  if (matrix) return matrix;
  matrix = filterOf(drawn, side, purpose);
  if (cache.size >= CACHED) cache.delete(cache.keys().next().value!);
  cache.set(key, matrix);
  return matrix;
}

function filterOf(drawn: number, side: number, purpose: AxisPurpose): AxisMatrix {
  if (purpose === 'pdq-64') return identity(drawn);
  if (purpose === 'pdq-as-is') return enlargeAndFilter(drawn, side, false);
  const mixed = purpose === 'pdq-mixed';
  return drawn > REDUCED ? reduceAndFilter(drawn, mixed) : enlargeAndFilter(drawn, REDUCED, mixed);
}
