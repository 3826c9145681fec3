/** How large the colour profile and the texts of a PNG are when inflated: bombs hide there. */

import { inflatedSize } from './inflated-size.ts';
import { damaged, type Trouble } from './structure.ts';

/**
 * Bytes that all of them may have together. libpng leaves out single ones of more than an eighth of
 * this (PNG_USER_CHUNK_MALLOC_MAX); a program that takes them all must not be filled.
 */
const MAX_INFLATED = 64_000_000;
/** Deflate makes at most 258 bytes out of two bits. */
const MAX_RATIO = 1032;

export class MetadataSize {
  /** Bytes of deflated data so far. */
  #packed = 0;
  /** What they inflate to, as far as it was counted: only where there is enough for a bomb. */
  #inflated = 0;

  /** Takes in an ancillary chunk's data. Returns what is wrong. */
  add(data: Uint8Array, type: string): Trouble | undefined {
    const deflated = deflatedPart(data, type);
    if (!deflated) return undefined;
    this.#packed += deflated.length;
    if (this.#packed * MAX_RATIO < MAX_INFLATED) return undefined;
    this.#inflated += inflatedSize(deflated, MAX_INFLATED - this.#inflated);
    if (this.#inflated < MAX_INFLATED) return undefined;
    return damaged(`its profile and texts inflate to more than ${MAX_INFLATED / 1e6} MB`);
  }
}

/** The zlib stream within a chunk (PNG, 11.3.2.3, 11.3.3.3 and 11.3.3.4). */
function deflatedPart(data: Uint8Array, type: string): Uint8Array | undefined {
  if (type !== 'iCCP' && type !== 'zTXt' && type !== 'iTXt') return undefined;
  const name = data.indexOf(0);
  if (name < 0) return undefined;
  if (type !== 'iTXt') return data.subarray(name + 2);
  if (data[name + 1] !== 1) return undefined;
  const language = data.indexOf(0, name + 3);
  const translated = language < 0 ? -1 : data.indexOf(0, language + 1);
  return translated < 0 ? undefined : data.subarray(translated + 1);
}
