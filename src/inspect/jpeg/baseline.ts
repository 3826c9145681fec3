/**
 * Baseline and extended sequential scans (T.81, F.2): the hot loop of the fast path. It keeps the
 * lowest coefficients of each block, with quantisation undone, and steps over the others.
 */

import { coefficientEntry, END_OF_BLOCK, STEP_BITS, stepOf } from './ac-tables.ts';
import { type BitStream, InvalidCode, peek, symbolAt } from './bit-stream.ts';
import { type HuffmanTable, SYMBOL_BITS } from './huffman.ts';
import { type Layout, type McuReader, placesOfMcu, type ScanHeader } from './scan.ts';

/** What the loop needs to know of a component. */
interface Target extends Layout {
  readonly dc: HuffmanTable;
  readonly ac: HuffmanTable;
  readonly values: Float32Array;
  /** Zigzag index after the last coefficient that is kept. */
  readonly limit: number;
  /**
   * By zigzag index, and beyond it for the runs of damaged data: coefficient i of the block whose DC is
   * at `base` goes to `(base & mask[i]) + place[i]`. That is the last place of `values`, which nobody
   * reads, for those that are not kept: asking of each whether it is kept would cost more.
   */
  readonly mask: Int32Array;
  readonly place: Int32Array;
  readonly quant: Float32Array;
  /** DC of the block before, before dequantisation. */
  predictor: number;
}

/** Zigzag indices that an entry of {@link HuffmanTable.coefficients} can lead to: 63 + END_OF_BLOCK at most. */
const INDICES = 256;

const SHIFT = 32 - STEP_BITS;
const SYMBOL_SHIFT = 32 - SYMBOL_BITS;
/** Bits of a word that may be used up before a look-up of STEP_BITS from what is left. */
const SPARE = 25 - STEP_BITS;

/** Returns undefined when a table is missing. */
export function baselineReader(scan: ScanHeader): McuReader | undefined {
  const targets: Target[] = [];
  for (const { component, dc, ac } of scan.components) {
    if (!dc || !ac || !component.quant) return undefined;
    const { values, limit, places } = component;
    const mask = new Int32Array(INDICES);
    const place = new Int32Array(INDICES).fill(values.length - 1);
    const quant = new Float32Array(INDICES);
    for (let index = 0; index < limit; index++) {
      quant[index] = component.quant[index]!;
      if (places[index]! < 0) continue;
      mask[index] = -1;
      place[index] = places[index]!;
    }
    const layout = placesOfMcu(component, scan.components.length === 1);
    targets.push({ dc, ac, values, limit, mask, place, quant, predictor: 0, ...layout });
  }
  return {
    read: (bits, from, count, wide) => readMcus(bits, targets, from, count, wide),
    restart() {
      for (const target of targets) target.predictor = 0;
    },
  };
}

/** One function, so that position and predictor stay in registers; split up, it took half as long again. */
function readMcus(
  bits: BitStream,
  targets: readonly Target[],
  from: number,
  count: number,
  wide: number,
): void {
  const { view, end } = bits;
  let { at } = bits;
  let column = from % wide;
  let row = Math.floor(from / wide);
  for (let mcu = 0; mcu < count; mcu++) {
    for (let i = 0; i < targets.length; i++) {
      const target = targets[i]!;
      const { offsets, dc, ac, limit, values, mask, place, quant } = target;
      const { steps } = ac;
      const { symbols } = dc;
      const coefficients = limit > 1 ? ac.coefficients : NO_COEFFICIENTS;
      const base = column * target.stepX + row * target.stepY;
      const scale = quant[0]!;
      let { predictor } = target;
      for (let b = 0; b < offsets.length; b++) {
        let word = view.getUint32(at >>> 3) << (at & 7);
        // Written out, because the compiler no longer inlines calls in a function as long as this one.
        const entry = symbols[word >>> SYMBOL_SHIFT]! || symbolAt(dc, word);
        const length = entry >>> 8;
        const size = entry & 255;
        let used = length + size;
        if (entry === 0 || used > 25) {
          if (entry === 0 || size > 16) throw invalid(bits, at);
          word = peek(view, at + length) >>> length;
          used = 32;
        }
        const extra = ((word << length) >>> 1) >>> (31 - size);
        const negative = ((extra << 1) >>> size) - 1;
        predictor = (predictor + extra + (negative & (1 - (1 << size)))) | 0;
        values[base + offsets[b]!] = predictor * scale;
        at += length + size;

        const start = at;
        let k = 1;
        if (limit === 1 && used <= SPARE) {
          const step = steps[(word << used) >>> SHIFT]!;
          at += step & 31;
          k += step >>> 5;
        }
        while (k < limit) {
          word = view.getUint32(at >>> 3) << (at & 7);
          const coefficient = coefficients[word >>> SHIFT]! || longCoefficient(view, ac, at, word);
          if (coefficient === 0) throw invalid(bits, at);
          at += coefficient & 31;
          k += (coefficient >>> 5) & 255;
          values[((base + offsets[b]!) & mask[k - 1]!) + place[k - 1]!] =
            (coefficient >> 13) * quant[k - 1]!;
        }
        while (k < 64) {
          word = view.getUint32(at >>> 3) << (at & 7);
          let step = steps[word >>> SHIFT]!;
          if (step === 0) {
            step = longStep(ac, word);
            if (step === 0) throw invalid(bits, at);
            at += step & 31;
            k += step >>> 5;
            continue;
          }
          at += step & 31;
          k += step >>> 5;
          if (k >= 64) break;
          step = steps[(word << (step & 31)) >>> SHIFT]!;
          at += step & 31;
          k += step >>> 5;
        }
        // Otherwise the block was full in the middle of a step: what followed belongs to the next.
        if (k !== 64 && (k < END_OF_BLOCK || k >= END_OF_BLOCK + 64)) {
          at = skipOneByOne(bits, ac, start);
        }
      }
      target.predictor = predictor;
    }
    if (at > end) throw invalid(bits, at);
    if (++column === wide) {
      column = 0;
      row++;
    }
  }
  bits.at = at;
}

const NO_COEFFICIENTS = new Int32Array(0);

/** The entry of {@link HuffmanTable.coefficients} for a code that is too long for its table. */
function longCoefficient(view: DataView, ac: HuffmanTable, at: number, word: number): number {
  const entry = symbolAt(ac, word);
  if (entry === 0) return 0;
  return coefficientEntry(entry & 255, entry >>> 8, peek(view, at + (entry >>> 8)));
}

/** A step for a long code, or one with many extra bits; 0 when there is no such code. */
function longStep(ac: HuffmanTable, word: number): number {
  const entry = symbolAt(ac, word);
  if (entry === 0) return 0;
  return stepOf(entry & 255, entry >>> 8);
}

/** Steps over all AC coefficients of the block from its second on, as slowly as it takes. */
function skipOneByOne(bits: BitStream, ac: HuffmanTable, start: number): number {
  let at = start;
  for (let k = 1; k < 64; ) {
    const step = longStep(ac, peek(bits.view, at));
    if (step === 0) throw invalid(bits, at);
    at += step & 31;
    k += step >>> 5;
  }
  return at;
}

function invalid(bits: BitStream, at: number): InvalidCode {
  bits.at = at;
  return new InvalidCode();
}
