/** The values that are kept of blocks whose places are known, with quantisation undone. */
import { bitsAt } from './bits';
import {
  AC_CODES,
  AC_SYMBOLS,
  BLOCKS,
  DC_CODES,
  DC_SYMBOLS,
  LIMIT,
  MASK,
  OFFSETS,
  PLACE,
  PREDICTOR,
  QUANT,
  STEP_X,
  STEP_Y,
  VALUES,
} from './component';
import { longAcSymbol, signedBits, symbolOf } from './tables';

/** As many AC coefficients may lead to zigzag index 4, the last one that is kept of the lowest 2 × 2. */
const FEW: u32 = 4;
/** Blocks whose AC coefficients are read together, or some more: an MCU has up to ten. */
const TOGETHER: u32 = 256;
/** Those blocks: where the first AC coefficient of each begins, and the place of its values. */
const list: usize = memory.data(8 * (256 + 10));
/** The zigzag index of all that lies behind a block: its last one, and as much as one symbol adds. */
const BEHIND: u32 = 63 + 128;

/**
 * Reads what is kept of one component in `count` MCUs of `perMcu` blocks, in which its own lie together. `places`
 * begins with the place of the first. The first MCU lies in column `column` of `wide` and in row `row`.
 */
export function keep(
  top: usize,
  places: usize,
  component: usize,
  perMcu: u32,
  count: i32,
  column: i32,
  row: i32,
  wide: i32,
): void {
  const symbols = load<usize>(component, DC_SYMBOLS);
  const codes = load<usize>(component, DC_CODES);
  const values = load<usize>(component, VALUES);
  const offsets = load<usize>(component, OFFSETS);
  const blocks = load<u32>(component, BLOCKS);
  const stepX = load<i32>(component, STEP_X);
  const stepY = load<i32>(component, STEP_Y);
  const scale = load<f32>(load<usize>(component, QUANT));
  const only = load<u32>(component, LIMIT) === 1;
  let predictor = load<i32>(component, PREDICTOR);
  let listed: u32 = 0;
  for (let mcu = 0; mcu < count; mcu++) {
    const base = column * stepX + row * stepY;
    for (let b: u32 = 0; b < blocks; b++) {
      const at = load<u32>(places + ((<usize>b) << 2));
      const word = bitsAt(top, at);
      const symbol = symbolOf(symbols, codes, word);
      const length = symbol >> 8;
      const size = symbol & 255;
      predictor += signedBits(word << length, size);
      const place = base + load<i32>(offsets + ((<usize>b) << 2));
      store<f32>(values + ((<usize>place) << 2), <f32>predictor * scale);
      if (only) continue;
      const entry = list + ((<usize>listed) << 3);
      store<u32>(entry, at + length + size);
      store<i32>(entry, place, 4);
      listed++;
    }
    if (listed >= TOGETHER) {
      keepAcs(top, component, listed);
      listed = 0;
    }
    places += (<usize>perMcu) << 2;
    if (++column === wide) {
      column = 0;
      row++;
    }
  }
  if (listed > 0) keepAcs(top, component, listed);
  store<i32>(component, predictor, PREDICTOR);
}

/**
 * The AC coefficients that are kept of the blocks that are listed; of two blocks at once, as each of them is a chain
 * of look-ups (see ahead.ts). When few are kept, a branch that ends the loop as soon as the last is there would be
 * mispredicted: as many are read as may be needed, and what lies behind a block leads to an index that is not kept.
 */
function keepAcs(top: usize, component: usize, listed: u32): void {
  const symbols = load<usize>(component, AC_SYMBOLS);
  const codes = load<usize>(component, AC_CODES);
  const values = load<usize>(component, VALUES);
  const mask = load<usize>(component, MASK);
  const kept = load<usize>(component, PLACE);
  const quant = load<usize>(component, QUANT);
  const last = load<u32>(component, LIMIT) - 1;
  // Of an odd number, the last one is read twice.
  const odd = list + ((<usize>listed) << 3);
  store<u64>(odd, load<u64>(odd - 8));
  for (let entry = list; entry < odd; entry += 16) {
    let at = load<u32>(entry);
    let atB = load<u32>(entry, 8);
    const place = load<i32>(entry, 4);
    const placeB = load<i32>(entry, 12);
    let word = bitsAt(top, at);
    let wordB = bitsAt(top, atB);
    let index: u32 = 0;
    let indexB: u32 = 0;
    for (let i: u32 = 0; i < FEW || index < last || indexB < last; i++) {
      const fresh = bitsAt(top, at);
      const freshB = bitsAt(top, atB);
      let symbol: u32 = load<u32>(symbols + ((<usize>(word >> 52)) << 2));
      let symbolB: u32 = load<u32>(symbols + ((<usize>(wordB >> 52)) << 2));
      if (symbol === 0) {
        symbol = longAcSymbol(codes, fresh);
        word = fresh;
      }
      if (symbolB === 0) {
        symbolB = longAcSymbol(codes, freshB);
        wordB = freshB;
      }
      const bits = symbol & 63;
      const bitsB = symbolB & 63;
      const size = symbol >> 14;
      const sizeB = symbolB >> 14;
      const value = <f32>signedBits(word << (bits - size), size);
      const valueB = <f32>signedBits(wordB << (bitsB - sizeB), sizeB);
      // Sooner there than a word read from the new place, and with enough bits for any symbol of the table.
      word = fresh << bits;
      wordB = freshB << bitsB;
      at += bits;
      atB += bitsB;
      index = min(index + ((symbol >> 6) & 255), BEHIND);
      indexB = min(indexB + ((symbolB >> 6) & 255), BEHIND);
      const field = (<usize>index) << 2;
      const fieldB = (<usize>indexB) << 2;
      const to = (place & load<i32>(mask + field)) + load<i32>(kept + field);
      const toB = (placeB & load<i32>(mask + fieldB)) + load<i32>(kept + fieldB);
      store<f32>(values + ((<usize>to) << 2), value * load<f32>(quant + field));
      store<f32>(values + ((<usize>toB) << 2), valueB * load<f32>(quant + fieldB));
    }
  }
}
