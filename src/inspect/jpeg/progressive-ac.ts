/** AC scans of progressive JPEG (T.81, G.1.2.2 and G.1.2.3); each codes one component. */
import { type BitStream, InvalidCode, peek, symbolAt } from './bit-stream.ts';
import type { Component } from './coefficients.ts';
import type { HuffmanTable } from './huffman.ts';
import type { McuReader, ScanHeader } from './scan.ts';
import { signedBits } from './signed-bits.ts';

export function firstAc(
  { first, last, low }: ScanHeader,
  { values, places, kept, stride, quant }: Component,
  ac: HuffmanTable,
): McuReader {
  /** Blocks still to come whose band is empty. */
  let emptyBlocks = 0;
  const scales = Float64Array.from(quant!, (step) => (kept === 8 ? 1 : step) * (1 << low));
  return {
    read(bits, from, count, wide) {
      const { end } = bits;
      let { at } = bits;
      for (let mcu = from; mcu < from + count; mcu++) {
        if (emptyBlocks > 0) {
          const passed = Math.min(emptyBlocks, from + count - mcu);
          emptyBlocks -= passed;
          mcu += passed - 1;
          continue;
        }
        const base = ((mcu % wide) + Math.floor(mcu / wide) * stride) * kept;
        for (let k = first; k <= last; k++) {
          const word = peek(bits, at);
          const entry = symbolAt(ac, word);
          const length = entry >>> 8;
          const run = (entry & 255) >>> 4;
          const size = entry & 15;
          if (entry === 0) {
            bits.at = at;
            throw new InvalidCode();
          }
          if (size > 0) {
            k += run;
            const place = places[k]!;
            if (place >= 0) {
              const extra = length + size > 25 ? peek(bits, at + length) : word << length;
              values[base + place] = signedBits(extra, size) * scales[k]!;
            }
            at += length + size;
          } else if (run === 15) {
            k += 15;
            at += length;
          } else {
            at += length;
            emptyBlocks = (1 << run) - 1 + runBits(bits, at, run);
            at += run;
            break;
          }
        }
        if (at > end) {
          bits.at = at;
          throw new InvalidCode();
        }
      }
      bits.at = at;
    },
    restart() {
      emptyBlocks = 0;
    },
  };
}

function runBits(bits: BitStream, at: number, count: number): number {
  return count === 0 ? 0 : peek(bits, at) >>> (32 - count);
}

/**
 * Refinement needs to know of every coefficient of the band whether it is zero so far, so it works
 * only where all of the band are kept; the caller sees to that.
 */
export function refineAc(
  { first, last, low }: ScanHeader,
  { values, places, stride }: Component,
  ac: HuffmanTable,
): McuReader {
  let emptyBlocks = 0;
  const bit = 1 << low;

  /** A correction bit for a coefficient that is known to be other than zero. */
  function correct(bits: BitStream, place: number): void {
    const value = values[place]!;
    if (peek(bits, bits.at++) >= 0 || (value & bit) !== 0) return;
    values[place] = value + (value < 0 ? -bit : bit);
  }

  /** Corrects from `k` on; stops at the zero coefficient that `zeros` others precede. */
  function advance(bits: BitStream, base: number, k: number, zeros: number): number {
    let left = zeros;
    while (k <= last) {
      const place = base + places[k]!;
      if (values[place] !== 0) correct(bits, place);
      else if (left-- === 0) break;
      k++;
    }
    return k;
  }

  const block = (bits: BitStream, base: number) => {
    let k = first;
    while (emptyBlocks === 0 && k <= last) {
      const entry = symbolAt(ac, peek(bits, bits.at));
      if (entry === 0) throw new InvalidCode();
      bits.at += entry >>> 8;
      const run = (entry & 255) >>> 4;
      const size = entry & 15;
      if (size === 0 && run < 15) {
        emptyBlocks = (1 << run) + runBits(bits, bits.at, run);
        bits.at += run;
        break;
      }
      const sign = size > 0 && peek(bits, bits.at++) < 0 ? bit : -bit;
      k = advance(bits, base, k, run);
      if (size > 0 && k <= last) values[base + places[k]!] = sign;
      k++;
    }
    if (emptyBlocks === 0) return;
    advance(bits, base, k, 64);
    emptyBlocks--;
  };

  return {
    read(bits, from, count, wide) {
      for (let mcu = from; mcu < from + count; mcu++) {
        block(bits, (mcu % wide) * 8 + Math.floor(mcu / wide) * 8 * stride);
        if (bits.at > bits.end) throw new InvalidCode();
      }
    },
    restart() {
      emptyBlocks = 0;
    },
  };
}
