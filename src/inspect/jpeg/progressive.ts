/** The scans of progressive JPEG (T.81, G.1.2 and G.2). Values are stored as they are coded. */
import { type BitStream, InvalidCode, peek, symbolAt } from './bit-stream.ts';
import type { Component } from './coefficients.ts';
import type { HuffmanTable } from './huffman.ts';
import { type Layout, type McuReader, placesOfMcu, type ScanHeader } from './scan.ts';
import { signedBits } from './signed-bits.ts';

/** Returns undefined when a table is missing. */
export function progressiveReader(scan: ScanHeader): McuReader | undefined {
  if (scan.first === 0) return scan.high === 0 ? firstDc(scan) : refineDc(scan);
  const { component, ac } = scan.components[0]!;
  if (!ac) return undefined;
  return scan.high === 0 ? firstAc(scan, component, ac) : refineAc(scan, component, ac);
}

/** How one MCU of a scan is read. */
interface McuCoder {
  mcu(bits: BitStream, column: number, row: number): void;
  restart(): void;
}

function perMcu({ mcu, restart }: McuCoder): McuReader {
  return {
    read(bits, from, count, wide) {
      let column = from % wide;
      let row = Math.floor(from / wide);
      for (let i = 0; i < count; i++) {
        mcu(bits, column, row);
        if (bits.at > bits.end) throw new InvalidCode();
        if (++column === wide) {
          column = 0;
          row++;
        }
      }
    },
    restart,
  };
}

function firstDc({ components, low }: ScanHeader): McuReader | undefined {
  const targets: DcTarget[] = [];
  for (const { component, dc } of components) {
    if (!dc) return undefined;
    const { values } = component;
    targets.push({ dc, values, predictor: 0, ...placesOfMcu(component, components.length === 1) });
  }
  return perMcu({
    mcu(bits, column, row) {
      for (let i = 0; i < targets.length; i++) {
        const target = targets[i]!;
        const { offsets } = target;
        const base = column * target.stepX + row * target.stepY;
        for (let b = 0; b < offsets.length; b++) readDc(bits, target, base + offsets[b]!, low);
      }
    },
    restart() {
      for (const target of targets) target.predictor = 0;
    },
  });
}

interface DcTarget extends Layout {
  readonly dc: HuffmanTable;
  readonly values: Float32Array;
  predictor: number;
}

function readDc(bits: BitStream, target: DcTarget, place: number, low: number): void {
  const entry = symbolAt(target.dc, peek(bits.view, bits.at));
  const size = entry & 255;
  if (entry === 0 || size > 16) throw new InvalidCode();
  bits.at += entry >>> 8;
  target.predictor = (target.predictor + signedBits(peek(bits.view, bits.at), size)) | 0;
  bits.at += size;
  target.values[place] = target.predictor * (1 << low);
}

function refineDc({ components, low }: ScanHeader): McuReader {
  const targets = components.map(({ component }) => ({
    values: component.values,
    ...placesOfMcu(component, components.length === 1),
  }));
  return perMcu({
    mcu(bits, column, row) {
      for (const { values, offsets, stepX, stepY } of targets) {
        for (const offset of offsets) {
          if (peek(bits.view, bits.at++) < 0) {
            values[column * stepX + row * stepY + offset]! += 1 << low;
          }
        }
      }
    },
    restart() {},
  });
}

function firstAc(
  { first, last, low }: ScanHeader,
  { values, places, kept, stride }: Component,
  ac: HuffmanTable,
): McuReader {
  /** Blocks still to come whose band is empty. */
  let emptyBlocks = 0;
  return perMcu({
    mcu(bits, column, row) {
      if (emptyBlocks > 0) {
        emptyBlocks--;
        return;
      }
      const { view } = bits;
      const base = (column + row * stride) * kept;
      let { at } = bits;
      for (let k = first; k <= last; k++) {
        const word = peek(view, at);
        const entry = symbolAt(ac, word);
        if (entry === 0) throw new InvalidCode();
        const length = entry >>> 8;
        const run = (entry & 255) >>> 4;
        const size = entry & 15;
        if (size > 0) {
          k += run;
          const place = places[k]!;
          if (place >= 0) {
            const extra = length + size > 25 ? peek(view, at + length) : word << length;
            values[base + place] = signedBits(extra, size) * (1 << low);
          }
          at += length + size;
        } else if (run === 15) {
          k += 15;
          at += length;
        } else {
          at += length;
          emptyBlocks = (1 << run) - 1 + runBits(view, at, run);
          at += run;
          break;
        }
      }
      bits.at = at;
    },
    restart() {
      emptyBlocks = 0;
    },
  });
}

function runBits(view: DataView, at: number, count: number): number {
  return count === 0 ? 0 : peek(view, at) >>> (32 - count);
}

/**
 * Refinement needs to know of every coefficient of the band whether it is zero so far, so it works
 * only where all of the band are kept; the caller sees to that.
 */
function refineAc(
  { first, last, low }: ScanHeader,
  { values, places, stride }: Component,
  ac: HuffmanTable,
): McuReader {
  let emptyBlocks = 0;
  const bit = 1 << low;

  /** A correction bit for a coefficient that is known to be other than zero. */
  function correct(bits: BitStream, place: number): void {
    const value = values[place]!;
    if (peek(bits.view, bits.at++) >= 0 || (value & bit) !== 0) return;
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

  return perMcu({
    mcu(bits, column, row) {
      const base = (column + row * stride) * 8;
      let k = first;
      while (emptyBlocks === 0 && k <= last) {
        const entry = symbolAt(ac, peek(bits.view, bits.at));
        if (entry === 0) throw new InvalidCode();
        bits.at += entry >>> 8;
        const run = (entry & 255) >>> 4;
        const size = entry & 15;
        if (size === 0 && run < 15) {
          emptyBlocks = (1 << run) + runBits(bits.view, bits.at, run);
          bits.at += run;
          break;
        }
        const sign = size > 0 && peek(bits.view, bits.at++) < 0 ? bit : -bit;
        k = advance(bits, base, k, run);
        if (size > 0 && k <= last) values[base + places[k]!] = sign;
        k++;
      }
      if (emptyBlocks === 0) return;
      advance(bits, base, k, 64);
      emptyBlocks--;
    },
    restart() {
      emptyBlocks = 0;
    },
  });
}
