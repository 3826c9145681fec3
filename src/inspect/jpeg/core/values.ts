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

/**
 * Reads the DCs of one component in `count` MCUs of `perMcu` blocks, in which its own lie together. `places` begins
 * with the place of the first. The first MCU lies in column `column` of `wide` and in row `row`.
 */
export function keepDcs(
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
  let predictor = load<i32>(component, PREDICTOR);
  for (let mcu = 0; mcu < count; mcu++) {
    const base = column * stepX + row * stepY;
    for (let b: u32 = 0; b < blocks; b++) {
      const word = bitsAt(top, load<u32>(places + ((<usize>b) << 2)));
      const symbol = symbolOf(symbols, codes, word);
      predictor += signedBits(word << (symbol >> 8), symbol & 255);
      const place = base + load<i32>(offsets + ((<usize>b) << 2));
      store<f32>(values + ((<usize>place) << 2), <f32>predictor * scale);
    }
    places += (<usize>perMcu) << 2;
    if (++column === wide) {
      column = 0;
      row++;
    }
  }
  store<i32>(component, predictor, PREDICTOR);
}

/** Likewise the AC coefficients that are kept. */
export function keepAcs(
  top: usize,
  places: usize,
  component: usize,
  perMcu: u32,
  count: i32,
  column: i32,
  row: i32,
  wide: i32,
): void {
  const dcSymbols = load<usize>(component, DC_SYMBOLS);
  const dcCodes = load<usize>(component, DC_CODES);
  const symbols = load<usize>(component, AC_SYMBOLS);
  const codes = load<usize>(component, AC_CODES);
  const values = load<usize>(component, VALUES);
  const mask = load<usize>(component, MASK);
  const kept = load<usize>(component, PLACE);
  const quant = load<usize>(component, QUANT);
  const offsets = load<usize>(component, OFFSETS);
  const blocks = load<u32>(component, BLOCKS);
  const last = load<u32>(component, LIMIT) - 1;
  for (let mcu = 0; mcu < count; mcu++) {
    const base = column * load<i32>(component, STEP_X) + row * load<i32>(component, STEP_Y);
    for (let b: u32 = 0; b < blocks; b++) {
      let at = load<u32>(places + ((<usize>b) << 2));
      const difference = symbolOf(dcSymbols, dcCodes, bitsAt(top, at));
      at += (difference >> 8) + (difference & 255);
      let word = bitsAt(top, at);
      const place = base + load<i32>(offsets + ((<usize>b) << 2));
      let index: u32 = 0;
      // When few are kept, a branch that ends the loop as soon as the last is there would be mispredicted: as many
      // are read as may be needed, and what lies behind the block leads to an index that is not kept.
      for (let i: u32 = 0; i < FEW || index < last; i++) {
        const fresh = bitsAt(top, at);
        let entry: u32 = load<u32>(symbols + ((<usize>(word >> 52)) << 2));
        if (entry === 0) {
          entry = longAcSymbol(codes, fresh);
          word = fresh;
        }
        const bits = entry & 63;
        const size = entry >> 14;
        const value = <f32>signedBits(word << (bits - size), size);
        at += bits;
        // Sooner there than a word read from the new place, and with enough bits for any symbol of the table.
        word = fresh << bits;
        index += (entry >> 6) & 255;
        const field = (<usize>index) << 2;
        const to = (place & load<i32>(mask + field)) + load<i32>(kept + field);
        store<f32>(values + ((<usize>to) << 2), value * load<f32>(quant + field));
      }
    }
    places += (<usize>perMcu) << 2;
    if (++column === wide) {
      column = 0;
      row++;
    }
  }
}
