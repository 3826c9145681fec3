/**
 * The hot loop of the fast path: where each block of a sequential scan (ITU-T T.81, F.2) begins.
 *
 * What bounds it is the chain from one look-up to the place of the next; and a branch at each block's end,
 * which comes after 1 to 64 symbols, would be mispredicted about once a block and cost as much as the
 * look-ups. So there is none: whether the block has ended chooses the next table by arithmetic, and the
 * place is written down after each look-up, over the last one's until the block ends.
 *
 * DC differences and the coefficients that are kept are read afterwards (values.ts): from known places, many
 * blocks at once are on their way through the processor.
 */
import { bitsAt } from './bits';
import { stepAt, symbolAt } from './tables';

/** Blocks that a plan describes. */
export const PLANNED: u32 = 512;
/**
 * What blocks are coded with, as baseline.ts writes it, 8 bytes for each: the table of steps of its AC coefficients and
 * that of the next block's DC; behind all of them the codes of its DC and of its AC coefficients (see tables.ts).
 *
 * A table of steps is indexed by the next 12 bits: coefficients << 6 | bits of as many whole symbols as
 * these bits hold, or of the first one when its code is within. FULL in place of coefficients when not even that.
 */
const CODES: usize = 8 * PLANNED;

export const SHIFT: u64 = 52;
/** Bit of a count of coefficients (the DC's included) which says that a step has to be looked at. */
export const FULL: u64 = 64;
/** Bit that says that the block has ended. */
const ENDED: u32 = 128;

/** The steps of the DC of block `first`: where the tables repeat every `period` blocks. */
export function firstTable(plan: usize, first: u32, period: u32): u32 {
  const before = first === 0 ? period - 1 : first - 1;
  return load<u32>(plan + ((<usize>before) << 3), 4);
}

/**
 * Writes down the places of `count` blocks, and of what follows them, to `places`. The first one lies at bit `at`
 * and is the plan's number `first`; the plan reaches as far as they do.
 * `end` is the end of the data in bits; behind it there are zeros for a symbol. Returns the
 * place of the next bit; its complement at a code that no table knows, or behind the end.
 */
export function findBlocks(
  top: usize,
  at: u32,
  end: u32,
  plan: usize,
  period: u32,
  first: u32,
  count: u32,
  places: usize,
): i32 {
  let block = plan + ((<usize>first) << 3);
  const stop = block + ((<usize>count) << 3);
  let next = places + 4;
  let table = firstTable(plan, first, period);
  /** Coefficients of the block that are read; 0 before its DC. */
  let k: u64 = 0;
  let word = bitsAt(top, at);
  store<u32>(places, at);
  while (block < stop) {
    const step: u32 = load<u16>(table + ((<u32>(word >> SHIFT)) << 1));
    const fresh = bitsAt(top, at);
    k += step >> 6;
    at += step & 63;
    // Shifts take their count modulo 64, the low six bits of a step.
    word = fresh << step;
    if (k & FULL) {
      k -= step >> 6;
      at -= step & 63;
      const single = singleStep(block, <u32>k, bitsAt(top, at));
      if (single === 0) return ~at;
      k += single >> 6;
      at += single & 63;
      word = bitsAt(top, at);
    }
    if (at > end) return ~at;
    store<u32>(next, at);
    const ended: u32 = (<u32>k >> 2) & 32;
    table = <u32>(load<u64>(block) >> ended);
    k >>= ended;
    block += ended >> 2;
    next += ended >> 3;
  }
  return at;
}

/**
 * The step over one symbol, where the table has none, or one with which the block becomes full: the symbols
 * behind its last coefficient are the next one's. 0 when there is no such code.
 */
export function singleStep(block: usize, k: u32, word: u64): u32 {
  if (k === 0) {
    const symbol = symbolAt(load<usize>(block, CODES), word);
    const size = symbol & 255;
    return symbol === 0 || size > 16 ? 0 : (1 << 6) | ((symbol >> 8) + size);
  }
  const step = stepAt(load<usize>(block, CODES + 4), word);
  return step !== 0 && k + (step >> 6) >= 64 ? (ENDED << 6) | (step & 63) : step;
}
