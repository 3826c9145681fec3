/** The values that are kept of blocks whose places are known, with quantisation undone. */
import { bitsAt } from './bits';
import {
  AC_CODES,
  BLOCKS,
  COEFFICIENTS,
  DC_CODES,
  LIMIT,
  MASK,
  OFFSETS,
  PLACE,
  PREDICTOR,
  QUANT,
  STEP_X,
  STEP_Y,
  SYMBOLS,
  VALUES,
} from './component';
import { coefficientAt, dcSymbol, signedBits } from './tables';

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
  const symbols = load<usize>(component, SYMBOLS);
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
      const symbol = dcSymbol(symbols, codes, word);
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
  const symbols = load<usize>(component, SYMBOLS);
  const dcCodes = load<usize>(component, DC_CODES);
  const coefficients = load<usize>(component, COEFFICIENTS);
  const codes = load<usize>(component, AC_CODES);
  const values = load<usize>(component, VALUES);
  const mask = load<usize>(component, MASK);
  const kept = load<usize>(component, PLACE);
  const quant = load<usize>(component, QUANT);
  const offsets = load<usize>(component, OFFSETS);
  const blocks = load<u32>(component, BLOCKS);
  const limit = load<u32>(component, LIMIT);
  for (let mcu = 0; mcu < count; mcu++) {
    const base = column * load<i32>(component, STEP_X) + row * load<i32>(component, STEP_Y);
    for (let b: u32 = 0; b < blocks; b++) {
      let at = load<u32>(places + ((<usize>b) << 2));
      const symbol = dcSymbol(symbols, dcCodes, bitsAt(top, at));
      at += (symbol >> 8) + (symbol & 255);
      const place = base + load<i32>(offsets + ((<usize>b) << 2));
      for (let k: u32 = 1; k < limit; ) {
        const word = bitsAt(top, at);
        let entry = load<i32>(coefficients + ((<usize>(word >> 52)) << 2));
        if (entry === 0) {
          entry = coefficientAt(codes, word);
          // The blocks were found with the same codes; a loop without end shall not hang on that.
          if (entry === 0) return;
        }
        at += entry & 63;
        k += (entry >> 6) & 255;
        const index = (<usize>(k - 1)) << 2;
        const to = (place & load<i32>(mask + index)) + load<i32>(kept + index);
        store<f32>(values + ((<usize>to) << 2), <f32>(entry >> 14) * load<f32>(quant + index));
      }
    }
    places += (<usize>perMcu) << 2;
    if (++column === wide) {
      column = 0;
      row++;
    }
  }
}
