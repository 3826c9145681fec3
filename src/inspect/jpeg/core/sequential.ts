/**
 * The hot loop of the fast path: baseline and extended sequential scans (ITU-T T.81, F.2). It keeps the
 * lowest coefficients of each block, with quantisation undone, and steps over the others.
 *
 * What bounds it is the chain from one look-up to the place of the next. Hence the 64-bit words, which
 * hold three look-ups, and that the next word is loaded while a look-up from the last one is under way.
 */
import { bitsAt } from './bits';
import { coefficientAt, signedBits, stepAt, symbolAt } from './tables';

// A component, as baseline.ts writes it: addresses and numbers of 32 bits each.
/** By the next 12 bits: DC size << 16 | code length << 8 | bits in all; 0 for what they do not hold. */
const DC: usize = 0;
const DC_CODES: usize = 4;
/** By the next 12 bits: coefficients << 6 | bits of as many whole AC symbols as these bits hold. */
const STEPS: usize = 8;
/** By the next 12 bits: value << 14 | coefficients << 6 | bits of one AC symbol. */
const COEFFICIENTS: usize = 12;
const AC_CODES: usize = 16;
const VALUES: usize = 20;
/**
 * By zigzag index, and beyond it for the runs of damaged data: coefficient i of the block whose DC is
 * at `base` goes to `(base & mask[i]) + place[i]`. That is the last place of the values, which nobody
 * reads, for those that are not kept: asking of each whether it is kept would cost more.
 */
const MASK: usize = 24;
const PLACE: usize = 28;
const QUANT: usize = 32;
/** Places of an MCU's blocks relative to its first. */
const OFFSETS: usize = 36;
const BLOCKS: usize = 40;
/** Zigzag index after the last coefficient that is kept. */
const LIMIT: usize = 44;
/** From one MCU to the next across and down. */
const STEP_X: usize = 48;
const STEP_Y: usize = 52;
/** DC of the block before, before dequantisation. */
const PREDICTOR: usize = 56;
const TARGET: usize = 64;

const SHIFT: u64 = 52;

/** Whether `readMcus` stopped at a code that no table knows, or behind the end of the data. */
export let invalid: bool = false;

/**
 * Reads `count` MCUs, rows of `wide`, from number `from` on. `at` and `end` are bits from `data` on;
 * behind the end there are zeros for one MCU. Returns the place of the next bit.
 */
export function readMcus(
  data: usize,
  at: u32,
  end: u32,
  targets: usize,
  components: u32,
  from: i32,
  count: i32,
  wide: i32,
): u32 {
  invalid = true;
  let column = from % wide;
  let row = from / wide;
  let word = bitsAt(data, at);
  for (let mcu = 0; mcu < count; mcu++) {
    for (let i: u32 = 0; i < components; i++) {
      const target = targets + <usize>i * TARGET;
      const dc = load<usize>(target, DC);
      const steps = load<usize>(target, STEPS);
      const codes = load<usize>(target, AC_CODES);
      const values = load<usize>(target, VALUES);
      const quant = load<usize>(target, QUANT);
      const offsets = load<usize>(target, OFFSETS);
      const limit = load<i32>(target, LIMIT);
      const blocks = load<i32>(target, BLOCKS);
      const scale = load<f32>(quant);
      const base = column * load<i32>(target, STEP_X) + row * load<i32>(target, STEP_Y);
      let predictor = load<i32>(target, PREDICTOR);
      for (let b = 0; b < blocks; b++) {
        // Here the word holds 12 bits or more: those look-ups leave at least so many to whom comes next.
        let dcEntry = load<u32>(dc + ((<usize>(word >> SHIFT)) << 2));
        let fresh = bitsAt(data, at);
        if (dcEntry === 0) {
          const symbol = symbolAt(load<usize>(target, DC_CODES), fresh);
          const size = symbol & 255;
          if (symbol === 0 || size > 16) return at;
          const length = symbol >> 8;
          dcEntry = (size << 16) | (length << 8) | (length + size);
        }
        predictor += signedBits(fresh << ((dcEntry >> 8) & 31), dcEntry >> 16);
        const place = base + load<i32>(offsets + ((<usize>b) << 2));
        store<f32>(values + ((<usize>place) << 2), <f32>predictor * scale);
        at += dcEntry & 63;
        // Shifts take their count modulo 64, the low six bits of an entry.
        word = fresh << dcEntry;

        const start = at;
        let k: i32 = 1;
        while (k < limit) {
          let entry = load<i32>(
            load<usize>(target, COEFFICIENTS) + ((<usize>(word >> SHIFT)) << 2),
          );
          fresh = bitsAt(data, at);
          if (entry === 0) {
            entry = coefficientAt(codes, fresh);
            if (entry === 0) return at;
          }
          at += entry & 63;
          k += (entry >> 6) & 255;
          word = fresh << entry;
          const index = (<usize>(k - 1)) << 2;
          const to =
            (place & load<i32>(load<usize>(target, MASK) + index)) +
            load<i32>(load<usize>(target, PLACE) + index);
          store<f32>(values + ((<usize>to) << 2), <f32>(entry >> 14) * load<f32>(quant + index));
        }
        while (k < 64) {
          let step: u32 = load<u16>(steps + ((<usize>(word >> SHIFT)) << 1));
          fresh = bitsAt(data, at);
          if (step === 0) {
            step = stepAt(codes, fresh);
            if (step === 0) return at;
            // As much as 31 bits, which leaves too few for two more look-ups.
            k += step >> 6;
            at += step & 63;
            word = fresh << step;
            continue;
          }
          k += step >> 6;
          at += step & 63;
          word = fresh << step;
          if (k >= 64) break;
          step = load<u16>(steps + ((<usize>(word >> SHIFT)) << 1));
          k += step >> 6;
          at += step & 63;
          word <<= step;
          if (k >= 64) break;
          step = load<u16>(steps + ((<usize>(word >> SHIFT)) << 1));
          k += step >> 6;
          at += step & 63;
          word <<= step;
        }
        // Otherwise the block was full in the middle of a step: what followed belongs to the next.
        if (k !== 64 && (k < 128 || k >= 192)) {
          at = start;
          for (k = 1; k < 64; ) {
            const step = stepAt(codes, bitsAt(data, at));
            if (step === 0) return at;
            at += step & 63;
            k += step >> 6;
          }
          word = bitsAt(data, at);
        }
      }
      store<i32>(target, predictor, PREDICTOR);
    }
    if (at > end) return at;
    if (++column === wide) {
      column = 0;
      row++;
    }
  }
  invalid = false;
  return at;
}
